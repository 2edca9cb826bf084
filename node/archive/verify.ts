/**
 * Walks the whole log and names what is wrong with it by sequence number. Runs beside appends, on the log as it was
 * when the walk began, and lets other work go on between two windows.
 */
import { equals } from 'uint8arrays/equals';
import type { Sha256 } from '../../protocol/crypto/suite.ts';
import { frontierRoot, TILE_WIDTH } from '../../protocol/merkle/index.ts';
import { checkUpperTiles, checkWindow, type Finding } from './check.ts';
import type { Disposals } from './disposals.ts';
import type { Head } from './head.ts';
import { rebuildTree } from './stored-tree.ts';
import type { ReadablePairs } from './pairs.ts';

/** More findings than this are not listed: the archive is then beyond a repair by hand. */
const FINDINGS_MAX = 1000;

export interface VerifyOptions {
  /** Told after each window of 256 entries how many were checked, of how many. */
  readonly onProgress?: (checked: number, size: number) => void;
  /** Waited for after each window, and told the share of the log that was walked: so the walk keeps its pace. */
  readonly pause?: (share: number) => Promise<void>;
  /** The walk ends once so many findings are listed. */
  readonly findingsMax?: number;
}

export interface Verification {
  /** How many entries were looked at, from the first; less than `size` where the walk ended early. */
  readonly checked: number;
  readonly size: number;
  /** The root of the head that was verified. */
  readonly root: Uint8Array;
  /** What is wrong, by rising sequence number; empty for a log in order. */
  readonly findings: readonly Finding[];
}

/** Checks each entry, content and tile of the log that `head` counts, and its root. */
export async function verifyLog(
  store: ReadablePairs,
  sha256: Sha256,
  head: Head,
  { onProgress, pause, findingsMax = FINDINGS_MAX }: VerifyOptions = {},
  disposals?: Disposals,
): Promise<Verification> {
  const { size, root } = head;
  const findings: Finding[] = [];
  let openLeaves: readonly (Uint8Array | undefined)[] = [];
  let checked = 0;
  while (checked < size && findings.length < findingsMax) {
    const window = await checkWindow(store, sha256, checked / TILE_WIDTH, size, disposals);
    findings.push(...window.findings);
    checked += window.leaves.length;
    if (window.leaves.length < TILE_WIDTH) openLeaves = window.leaves;
    onProgress?.(checked, size);
    await pause?.(checked / size);
  }
  if (checked === size) findings.push(...checkUpperTiles(store, sha256, size));
  if (size > 0 && findings.length === 0) {
    const tree = rebuildTree(store, sha256, size, openLeaves);
    if (tree === undefined || !equals(frontierRoot(sha256, tree.frontier), root)) {
      const sequence = size - (size % TILE_WIDTH);
      findings.push({ sequence, problem: 'the head has another root than the tree' });
    }
  }
  findings.sort((a, b) => a.sequence - b.sequence);
  return { checked, size, root, findings: findings.slice(0, findingsMax) };
}
