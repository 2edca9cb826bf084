/** The policy itself: that there is one, that this node can read it, and that every other would decide by the same. */
import { equals } from 'uint8arrays/equals';
import { lastHere, removal, type WatchedReplica } from './copies.ts';
import { affecting, bounded, shellWord, type Gap } from './gap.ts';

/** Milliseconds that a policy may take to every node: each entry is there within a second. */
const SPREAD_MS = 60_000;

/** What another node said when it was asked by which policy it would decide. */
export interface ToldPolicy {
  /** The number of the one that it has in force; 0 for none. */
  readonly policy: number;
  /** What that says as its program reads it; null where it cannot. */
  readonly hash: Uint8Array | null;
  /** Of its program. */
  readonly version: string;
}

/** Why a node that is here did not tell: it does not know the question, since its program is older, or does not answer. */
export interface SilentNode {
  readonly silent: string;
  readonly isOlder: boolean;
}

/** A replica: what it told; null where it was not asked, since it is not here, and the reason where it did not answer. */
export interface AskedReplica extends WatchedReplica {
  readonly told: ToldPolicy | SilentNode | null;
}

/** Times in milliseconds since 1970. */
export interface PolicyInForce {
  /** The newest policy of the log: its entry, its number and when that was made; null where there never was one. */
  readonly newest: { readonly sequence: number; readonly number: number; readonly time: number } | null;
  /** What it says as this node reads it; null where it cannot, and then why. */
  readonly hash: Uint8Array | null;
  readonly problem: string | null;
  /** The newest one before it that this node can read; null for none. */
  readonly readable: number | null;
  /** Whether only two officers bring another one into force. */
  readonly takesTwo: boolean;
  /** A file of rules to begin with, in the home; null where there is none. */
  readonly draft: string | null;
  /** Of this program. */
  readonly version: string;
  /** When the archive began. */
  readonly began: number;
}

/** @param now milliseconds since 1970 */
export function policyGaps(
  now: number,
  inForce: PolicyInForce,
  replicas: readonly AskedReplica[],
): readonly Gap[] {
  const { newest } = inForce;
  if (newest === null) return [none(inForce)];
  const own = inForce.problem === null ? [] : [unreadable(inForce, inForce.problem, newest.time)];
  if (now - newest.time <= SPREAD_MS) return own;
  const differing = replicas.map((replica): Gap | undefined => {
    const how = difference(newest, inForce, replica);
    return how === undefined
      ? undefined
      : {
          kind: 'policy-differs',
          subject: replica.peer,
          severity: 'warning',
          since: newest.time,
          ...affecting([`node ${replica.peer}`]),
          text: `node ${replica.peer} ${how}; if it is gone for good, take it off the roster`,
          mend: removal(replica.peer),
          evidence: evidenceOf(replica),
        };
  });
  return [...own, ...bounded(differing.filter((gap) => gap !== undefined))];
}

function none({ draft, began }: PolicyInForce): Gap {
  return {
    kind: 'no-policy',
    subject: '',
    severity: 'critical',
    since: began,
    ...affecting(['every message']),
    text: 'no policy is in force: nothing is decided about any message; read the rules to begin with, then apply them',
    mend: `chancery policy apply ${draft === null ? '--profile default' : shellWord(draft)} --by operator --reason ${shellWord('first policy')}`,
    evidence: 'the archive has no policy',
  };
}

function unreadable({ readable, takesTwo, newest }: PolicyInForce, problem: string, since: number): Gap {
  const again = readable === null ? '--profile default' : `--past ${readable}`;
  return {
    kind: 'policy-unreadable',
    subject: String(newest?.number ?? ''),
    severity: 'critical',
    since,
    ...affecting(['every message']),
    text:
      `${problem}; every message is refused: bring the program of this node up to date, or bring a policy into force that it can read` +
      (takesTwo ? ', which two officers do: chancery-chat oversight apply-policy policy.yaml' : ''),
    mend: takesTwo
      ? `chancery policy ${readable === null ? 'profiles default' : `show ${readable}`} --to .`
      : `chancery policy apply ${again} --by operator --reason ${shellWord('the one in force cannot be read')}`,
    evidence: 'it was read and could not be',
  };
}

/** How a node would decide otherwise, as far as can be known; undefined where it would not. */
function difference(
  newest: NonNullable<PolicyInForce['newest']>,
  { hash, version }: PolicyInForce,
  { size, told }: AskedReplica,
): string | undefined {
  if (size === null || size <= newest.sequence)
    return `does not hold the policy in force, entry ${newest.sequence}; start it`;
  if (told === null) return undefined;
  if ('silent' in told)
    return `does not tell by which policy it would decide; ${told.isOlder ? `bring its program to ${version}, which this node runs` : 'see chancery status there'}`;
  if (told.policy !== newest.number)
    return `would decide by policy ${told.policy}, not ${newest.number}; start it anew`;
  if (told.hash === null)
    return `cannot read the policy in force: it runs ${told.version}, this node ${version}; bring its program up to date`;
  return hash === null || equals(told.hash, hash)
    ? undefined
    : `reads the policy in force otherwise: it runs ${told.version}, this node ${version}; bring both to the same`;
}

function evidenceOf({ size, lastContact, told }: AskedReplica): string {
  const holds = size === null ? 'how much it holds is not known' : `it holds ${size} entries`;
  const said =
    told === null
      ? lastHere(lastContact)
      : 'silent' in told
        ? `asked, it answered: ${told.silent}`
        : `asked, it told policy ${told.policy}`;
  return `${holds}; ${said}`;
}
