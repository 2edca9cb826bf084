/**
 * The right edge of a tree: the roots of its largest perfect subtrees, from left to right.
 * It is all that is needed to append leaves and to know the root; it is never changed in place,
 * so an append that was not stored is forgotten by keeping the older frontier.
 */
import type { Sha256 } from '../crypto/suite.ts';
import { emptyRoot, hashNode } from './hash.ts';

export interface Frontier {
  /** How many leaves the tree has. */
  readonly size: number;
  /** One hash for each set bit of `size`, the largest subtree first. */
  readonly hashes: readonly Uint8Array[];
}

export const EMPTY_FRONTIER: Frontier = { size: 0, hashes: [] };

/** Told of each perfect subtree as it completes: its height (0 for a leaf), its index at that height, its root. */
export type OnSubtree = (height: number, index: number, hash: Uint8Array) => void;

/** The frontier after appending the leaf hashes in order. */
export function extendFrontier(
  sha256: Sha256,
  frontier: Frontier,
  leaves: Iterable<Uint8Array>,
  onSubtree: OnSubtree = () => undefined,
): Frontier {
  const hashes = [...frontier.hashes];
  let size = frontier.size;
  for (const leaf of leaves) {
    let hash = leaf;
    let height = 0;
    let index = size;
    onSubtree(height, index, hash);
    while (index % 2 === 1) {
      hash = hashNode(sha256, hashes.pop() as Uint8Array, hash);
      height += 1;
      index = (index - 1) / 2;
      onSubtree(height, index, hash);
    }
    hashes.push(hash);
    size += 1;
  }
  return { size, hashes };
}

/** The root hash of the tree (RFC 6962, section 2.1). */
export function frontierRoot(sha256: Sha256, frontier: Frontier): Uint8Array {
  const root = frontier.hashes.reduceRight<Uint8Array | undefined>(
    (right, left) => (right === undefined ? left : hashNode(sha256, left, right)),
    undefined,
  );
  return root ?? emptyRoot(sha256);
}
