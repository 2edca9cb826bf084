/** Nodes that hold another policy than the one in force: they would decide by it, once one of them leads. */
import { lastHere, removal, type WatchedReplica } from './copies.ts';
import { affecting, bounded, type Gap } from './gap.ts';

/** Milliseconds that a policy may take to every node: each entry is there within a second. */
const SPREAD_MS = 60_000;

/** The newest policy of the log, of either kind: its entry and when that was made (milliseconds). */
export interface NewestPolicy {
  readonly sequence: number;
  readonly time: number;
}

/** @param now milliseconds since 1970 */
export function policyGaps(
  now: number,
  newest: NewestPolicy | null,
  replicas: readonly WatchedReplica[],
): readonly Gap[] {
  if (newest === null || now - newest.time <= SPREAD_MS) return [];
  return bounded(
    replicas
      .filter(({ size }) => size === null || size <= newest.sequence)
      .map(({ peer, size, lastContact }) => ({
        kind: 'policy-differs',
        subject: peer,
        severity: 'warning',
        since: newest.time,
        ...affecting([`node ${peer}`]),
        text: `node ${peer} does not hold the policy in force, entry ${newest.sequence}; start it, or if it is gone for good, take it off the roster`,
        mend: removal(peer),
        evidence: `${size === null ? 'how much it holds is not known' : `it holds ${size} entries`}; ${lastHere(lastContact)}`,
      })),
  );
}
