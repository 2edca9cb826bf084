/**
 * All gaps there are now. Guarantees: a family of controls that cannot be looked at is a gap itself, and keeps none of the others
 * from being looked at; nothing is changed by looking.
 */
import type { ScannerHealth } from '../inspection/index.ts';
import { auditGaps, type AuditReading } from './audit.ts';
import { backupGaps, type Backups } from './backups.ts';
import { certificateGaps, type OwnCertificates } from './certificates.ts';
import { copyGaps, type Copied } from './copies.ts';
import { ruleGaps, type WatchedRule } from './detectors.ts';
import { deviceGaps, type WatchedDevice } from './devices.ts';
import { affecting, worstFirst, type Gap } from './gap.ts';
import { memberGaps, type WatchedMember } from './members.ts';
import { partnerGaps, type WatchedPartner } from './partners.ts';
import { policyGaps, type NewestPolicy } from './policy.ts';
import { dispositionGaps, type Due } from './retention.ts';
import { scannerGaps } from './scanners.ts';

/** People with their devices. */
export interface WatchedPeople {
  readonly members: readonly WatchedMember[];
  readonly devices: readonly WatchedDevice[];
}

/** What each family of controls is told from: asked for at each look, each of them in bounded steps. */
export interface GapSources {
  readonly certificates: () => OwnCertificates;
  readonly people: () => Promise<WatchedPeople>;
  readonly partners: () => Promise<readonly WatchedPartner[]>;
  readonly due: () => Promise<Due>;
  readonly rules: () => Promise<{ readonly rules: readonly WatchedRule[]; readonly passed: number | null }>;
  readonly copies: () => Copied;
  readonly policy: () => Promise<NewestPolicy | null>;
  readonly scanners: () => Promise<readonly ScannerHealth[]>;
  readonly backups: () => Promise<Backups>;
  readonly audit: () => Promise<AuditReading>;
}

type Family = readonly [name: string, look: () => Promise<readonly Gap[]> | readonly Gap[]];

/** The worst first. @param now milliseconds since 1970 */
export async function findGaps(now: number, sources: GapSources): Promise<readonly Gap[]> {
  const found: Gap[] = [];
  for (const [name, look] of familiesOf(now, sources)) {
    try {
      found.push(...(await look()));
    } catch (error) {
      found.push(notLookedAt(name, error));
    }
  }
  return worstFirst(found);
}

function familiesOf(now: number, sources: GapSources): readonly Family[] {
  return [
    ['certificates', () => certificateGaps(now, sources.certificates())],
    [
      'members and devices',
      async () => {
        const { members, devices } = await sources.people();
        return [...memberGaps(members), ...deviceGaps(now, devices)];
      },
    ],
    ['partners', async () => partnerGaps(now, await sources.partners())],
    ['retention', async () => dispositionGaps(now, await sources.due())],
    [
      'policy',
      async () => {
        const { rules, passed } = await sources.rules();
        return ruleGaps(now, rules, passed);
      },
    ],
    ['copies', () => copyGaps(now, sources.copies())],
    ['nodes', async () => policyGaps(now, await sources.policy(), sources.copies().replicas)],
    ['scanners', async () => scannerGaps(await sources.scanners())],
    ['backups', async () => backupGaps(now, await sources.backups())],
    ['audit', async () => auditGaps(now, await sources.audit())],
  ];
}

function notLookedAt(name: string, error: unknown): Gap {
  const message = error instanceof Error ? error.message : String(error);
  return {
    kind: 'not-looked-at',
    subject: name,
    severity: 'critical',
    since: null,
    ...affecting([name]),
    text: `${name} could not be looked at: ${message}`,
    mend: 'chancery archive verify',
    evidence: 'the look failed',
  };
}
