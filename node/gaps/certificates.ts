/** Certificates of the organisation itself that run out: each of its chain, and what puts another in its place. */
import { affecting, DAY_MS, dayOf, type Gap } from './gap.ts';

/** Share of its life that a certificate has left when it is a gap: what renews itself has done so by then. */
const WARN_LEFT = 1 / 3;

/** And when it is a critical one. */
const CRITICAL_LEFT = 1 / 10;

/** A certificate of our own; seconds since 1970. */
export interface OwnCertificate {
  readonly name: 'root' | 'issuer' | 'statement';
  readonly notBefore: number;
  readonly notAfter: number;
}

export interface OwnCertificates {
  readonly domain: string;
  readonly certificates: readonly OwnCertificate[];
  /** Whether the root that takes over is prepared: then it is to be published and put in force. */
  readonly nextRoot: boolean;
}

/** @param now milliseconds since 1970 */
export function certificateGaps(now: number, own: OwnCertificates): Gap[] {
  return own.certificates.flatMap((certificate): Gap[] => {
    const { name, notBefore, notAfter } = certificate;
    const life = notAfter - notBefore;
    const left = (notAfter - now / 1000) / life;
    if (left >= WARN_LEFT) return [];
    const days = Math.floor((notAfter * 1000 - now) / DAY_MS);
    return [
      {
        kind: 'certificate-expiring',
        subject: name,
        severity: left < CRITICAL_LEFT ? 'critical' : 'warning',
        since: Math.round((notAfter - life * WARN_LEFT) * 1000),
        ...affecting([own.domain]),
        text:
          left <= 0
            ? `the ${name} certificate has expired`
            : `the ${name} certificate holds for ${days} days`,
        mend: mendOf(name, own.nextRoot),
        evidence: `valid until ${dayOf(notAfter * 1000)}`,
      },
    ];
  });
}

/** Another issuer comes with another statement certificate under it. */
function mendOf(name: OwnCertificate['name'], nextRoot: boolean): string {
  if (name !== 'root') return 'chancery identity rotate-issuer';
  return nextRoot ? 'chancery identity rotate-root --complete' : 'chancery identity rotate-root --prepare';
}
