/**
 * A handover: the new root's key, certified by the root before it (RFC 4210, 4.4: newWithOld). It is self-issued, so
 * openssl accepts a path through it without counting it as one more CA (RFC 5280, 6.1.4 h).
 * Guarantees: from the root that is known to the one that is shown, each step is signed by the root before it, for the
 * same domain, with a sequence number that rises. What a thief of an old root can do with that is for trust to bound:
 * a handover says who followed whom, not whom to believe.
 */
import { equals } from 'uint8arrays/equals';
import type { CryptoSuite } from '../crypto/suite.ts';
import { accept, refuse, type Result } from '../errors/index.ts';
import { parseCertificate, type Certificate } from './certificate.ts';
import { rootIdOf } from './key.ts';
import { AUTHORITY_USAGE, ROOT_PATH_LEN } from './profile.ts';

/** A root that took over from the one before. */
export interface Handover {
  readonly rootId: string;
  /** As in the domain's record: rises with every rotation. */
  readonly sequence: number;
  /** Seconds since 1970: from when on it took over. */
  readonly from: number;
}

/** The one name of a handover: says which root of the domain takes over. */
export function handoverUri(domain: string, sequence: number): string {
  return `chancery://${domain}/root/${sequence}`;
}

/**
 * Walks from the root `from` to the root `to` (root ids) of a domain and returns the steps between, oldest first.
 * `handovers` are DER: the oldest root, then each successor certified by its predecessor. They count as of their own
 * time, so that a verifier that was away while a root expired still finds its way.
 * Refuses with `certificate.*`, or `identity.root-mismatch` where no way leads from one to the other.
 */
export function verifyHandovers(
  handovers: readonly Uint8Array[],
  { domain, from, to }: { readonly domain: string; readonly from: string; readonly to: string },
  suite: CryptoSuite,
): Result<readonly Handover[]> {
  const steps: Handover[] = [];
  let before: Certificate | undefined;
  let begun = false;
  for (const der of handovers) {
    const parsed = parseCertificate(der);
    if (!parsed.ok) return parsed;
    const certificate = parsed.value;
    const checked = checkRoot(certificate, before ?? certificate, domain, suite);
    if (!checked.ok) return checked;
    const rootId = rootIdOf(certificate.publicKey, suite.sha256);
    if (before !== undefined) {
      const sequence = sequenceOf(certificate, domain);
      const last = steps.at(-1)?.sequence ?? 0;
      if (sequence === undefined || sequence <= last) {
        return refuse('certificate.wrong-name', `a handover of ${domain} does not raise the sequence number`);
      }
      if (begun) steps.push({ rootId, sequence, from: certificate.notBefore });
    }
    begun ||= rootId === from;
    before = certificate;
  }
  return begun && steps.at(-1)?.rootId === to
    ? accept(steps)
    : refuse(
        'identity.root-mismatch',
        `no handover leads from the root of ${domain} that is known here to the one shown; have an operator compare fingerprints`,
      );
}

/** Verifies that a certificate (DER) is a root of the domain, by its own key. Refuses with `certificate.*`. */
export function verifyRoot(der: Uint8Array, domain: string, suite: CryptoSuite): Result<Certificate> {
  const parsed = parseCertificate(der);
  return parsed.ok ? checkRoot(parsed.value, parsed.value, domain, suite) : parsed;
}

/** A root of the domain, or one in all but its signature, which is of `signer`'s key. */
function checkRoot(
  certificate: Certificate,
  signer: Certificate,
  domain: string,
  suite: CryptoSuite,
): Result<Certificate> {
  const { subject, issuer, isCa, pathLen, keyUsage, nameConstraints } = certificate;
  if (subject.commonName !== domain || issuer.commonName !== domain) {
    return refuse('certificate.wrong-domain', `a handover is not from ${domain} to ${domain}`);
  }
  if (!isCa || pathLen !== ROOT_PATH_LEN || nameConstraints !== null) {
    return refuse('certificate.wrong-kind', `a handover of ${domain} is not to a root`);
  }
  if (keyUsage.length !== AUTHORITY_USAGE.length || !AUTHORITY_USAGE.every((use) => keyUsage.includes(use))) {
    return refuse('certificate.key-usage', `the key in a handover of ${domain} is not for certifying only`);
  }
  if (certificate.aki === null || signer.ski === null || !equals(certificate.aki, signer.ski)) {
    return refuse('certificate.broken-chain', `a handover of ${domain} was not made by the root before it`);
  }
  return suite.verifyEd25519(signer.publicKey, certificate.tbs, certificate.signature)
    ? accept(certificate)
    : refuse('certificate.bad-signature', `a handover of ${domain} is not signed by the root before it`);
}

function sequenceOf({ sans }: Certificate, domain: string): number | undefined {
  const [uri = ''] = sans.uri;
  const sequence = Number(/\/root\/([1-9][0-9]{0,14})$/.exec(uri)?.[1]);
  const exact = sans.uri.length === 1 && sans.dns.length + sans.email.length === 0;
  return exact && uri === handoverUri(domain, sequence) ? sequence : undefined;
}
