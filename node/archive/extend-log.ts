/** The log after a group of appends, and what is put into the store for it, at once. */
import type { Sha256 } from '../../protocol/crypto/suite.ts';
import { frontierRoot, growTree } from '../../protocol/merkle/index.ts';
import { encodeHead, type Head } from './head.ts';
import type { LogState } from './load.ts';
import type { PendingAppend } from './pending-append.ts';
import type { HeadChange, Segment } from './store.ts';

export function extendLog(
  sha256: Sha256,
  { head: { origin, size, time }, tree: before, stored: from }: LogState,
  group: readonly PendingAppend[],
): { readonly state: LogState; readonly segment: Segment; readonly change: HeadChange } {
  const { tree, tiles } = growTree(
    sha256,
    before,
    group.flatMap((append) => append.leafHashes),
  );
  const { frontier } = tree;
  const head: Head = {
    v: 1,
    origin,
    size: frontier.size,
    root: frontierRoot(sha256, frontier),
    time: group.findLast(({ count }) => count > 0)?.appended.time ?? time,
  };
  const to = encodeHead(head);
  const segment = {
    first: size,
    records: group.flatMap(({ records }) => records),
    tiles,
    views: group.flatMap(({ viewOps }) => viewOps),
    keeps: group.flatMap(({ keeps }) => keeps),
  };
  return { state: { head, tree, stored: to }, segment, change: { from, to } };
}
