/**
 * Takes back from a replica what a log lacks that was restored from an older backup. Guarantees: nothing is taken before
 * all that the replica holds beyond our log is known to lead from ours to its root; what is taken is unchanged.
 */
import { equals } from 'uint8arrays/equals';
import type { Sha256 } from '../../protocol/crypto/suite.ts';
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';
import { frontierRoot, growTree, hashLeaf } from '../../protocol/merkle/index.ts';
import { MAX_REPLICATED } from '../../protocol/wire/index.ts';
import type { StoredRecord } from '../archive/index.ts';
import type { Ledger } from '../ledger/index.ts';

export interface RefillOptions {
  readonly ledger: Ledger;
  readonly sha256: Sha256;
  /** What the replica holds of these: null, or fewer, where it cannot say. */
  readonly fetch: (sequences: number[]) => Promise<readonly (StoredRecord | null)[]>;
  /** How far the replica's log goes, and its root. */
  readonly size: number;
  readonly root: Uint8Array;
}

interface Head {
  readonly size: number;
  readonly root: Uint8Array;
}

/** Refuses with `archive.forked` what is no continuation of ours, with `archive.damaged`, or `node.unreachable`. */
export async function refill(options: RefillOptions): Promise<Result<void>> {
  const heads = await survey(options);
  if (!heads.ok) return heads;
  for (const head of heads.value) {
    const records: StoredRecord[] = [];
    for (const first = options.ledger.log.size; first + records.length < head.size;) {
      const more = await fetchFrom(options, first + records.length, head.size);
      if (!more.ok) return more;
      records.push(...more.value);
    }
    const adopted = await options.ledger.adopt(records, head);
    if (!adopted.ok) return adopted;
  }
  return accept(undefined);
}

/** The heads that the replica's records lead to, a run of records at a time; the last is the replica's own. */
async function survey(options: RefillOptions): Promise<Result<Head[]>> {
  const { ledger, sha256, size, root } = options;
  let { tree } = ledger.log.durable.state;
  const heads: Head[] = [];
  while (tree.frontier.size < size) {
    const records = await fetchFrom(options, tree.frontier.size, size);
    if (!records.ok) return records;
    const leaves = records.value.map(({ entry }) => hashLeaf(sha256, entry));
    ({ tree } = growTree(sha256, tree, leaves));
    heads.push({ size: tree.frontier.size, root: frontierRoot(sha256, tree.frontier) });
  }
  if (equals(heads.at(-1)?.root ?? ledger.log.head.root, root)) return accept(heads);
  const what = `the replica’s ${size} entries do not go on from the ${ledger.log.size} of this log`;
  return refuse('archive.forked', `${what}; put the archive of one of the two aside`);
}

/** At least one record, as many as the replica gives at a time. */
async function fetchFrom(
  { fetch }: RefillOptions,
  from: number,
  to: number,
): Promise<Result<readonly StoredRecord[]>> {
  const count = Math.min(MAX_REPLICATED, to - from);
  const given = await fetch(Array.from({ length: count }, (_, at) => from + at));
  const end = given.findIndex((record) => record === null);
  const records = given.slice(0, end < 0 ? count : end).filter((record) => record !== null);
  return records.length > 0
    ? accept(records)
    : refuse('node.unreachable', `the replica did not give back entry ${from}; start it again`);
}
