/**
 * Makes inclusion and consistency proofs (RFC 6962, sections 2.1.1 and 2.1.2), and earlier roots, over whatever can
 * read the roots of perfect subtrees. Sizes are plain numbers: our own logs stay far below 2^53 entries.
 */
import type { Sha256 } from '../crypto/suite.ts';
import { hashNode } from './hash.ts';

/** Reads the root of the perfect subtree of 2^height leaves that starts at leaf index * 2^height. */
export type HashReader = (height: number, index: number) => Uint8Array;

/** The hashes that lead from the leaf at `index` to the root of the tree of `size`, bottom up. Needs index < size. */
export function proveInclusion(sha256: Sha256, read: HashReader, index: number, size: number): Uint8Array[] {
  if (!(index >= 0 && index < size)) throw new RangeError(`no leaf ${index} in a tree of ${size}`);
  const path: Uint8Array[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + split(end - start);
    if (index < middle) {
      path.push(rangeRoot(sha256, read, middle, end));
      end = middle;
    } else {
      path.push(rangeRoot(sha256, read, start, middle));
      start = middle;
    }
  }
  return path.reverse();
}

/** The hashes that show the tree of `older` leaves to be a prefix of that of `newer`. Needs 0 < older <= newer. */
export function proveConsistency(
  sha256: Sha256,
  read: HashReader,
  older: number,
  newer: number,
): Uint8Array[] {
  if (!(older > 0 && older <= newer)) throw new RangeError(`no proof from a tree of ${older} to ${newer}`);
  const path: Uint8Array[] = [];
  let start = 0;
  let end = newer;
  while (end !== older) {
    const middle = start + split(end - start);
    if (older <= middle) {
      path.push(rangeRoot(sha256, read, middle, end));
      end = middle;
    } else {
      path.push(rangeRoot(sha256, read, start, middle));
      start = middle;
    }
  }
  // The verifier knows the older root itself, so it is left out when the walk never went right.
  if (start > 0) path.push(rangeRoot(sha256, read, start, end));
  return path.reverse();
}

/** The root of the first `size` leaves: what the tree's root was then. Needs size > 0. */
export function treeRoot(sha256: Sha256, read: HashReader, size: number): Uint8Array {
  if (!(size > 0)) throw new RangeError(`no root of a tree of ${size} here`);
  return rangeRoot(sha256, read, 0, size);
}

/** The hash over leaves start (inclusive) to end (exclusive), as RFC 6962 splits them. */
function rangeRoot(sha256: Sha256, read: HashReader, start: number, end: number): Uint8Array {
  const count = end - start;
  const left = split(count);
  if (count === 1 || count === 2 * left) return read(Math.log2(count), start / count);
  return hashNode(
    sha256,
    rangeRoot(sha256, read, start, start + left),
    rangeRoot(sha256, read, start + left, end),
  );
}

/** The largest power of two smaller than `count`, for which at least 2 is needed. */
function split(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}
