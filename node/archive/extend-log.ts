/** The log after a group of appends, and all that is written for it in one batch. */
import type { Sha256 } from '../../protocol/crypto/suite.ts';
import { frontierRoot, growTree } from '../../protocol/merkle/index.ts';
import { encodeHead, type Head } from './head.ts';
import { HEAD_KEY, tileKey } from './keys.ts';
import type { LogState } from './load.ts';
import type { PendingAppend } from './pending-append.ts';
import type { Op } from './store.ts';

export function extendLog(
  sha256: Sha256,
  { head: { origin, time }, tree: before }: LogState,
  group: readonly PendingAppend[],
): { readonly state: LogState; readonly ops: readonly Op[] } {
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
    time: group.at(-1)?.appended.time ?? time,
  };
  const ops = group.flatMap((append) => [...append.logOps, ...append.viewOps]);
  for (const { level, index, hashes } of tiles)
    ops.push({ type: 'put', key: tileKey(level, index), value: hashes });
  ops.push({ type: 'put', key: HEAD_KEY, value: encodeHead(head) });
  return { state: { head, tree }, ops };
}
