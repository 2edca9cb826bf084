/**
 * Verifies inclusion and consistency proofs of anyone's log (RFC 9162, sections 2.1.3.2 and 2.1.4.2).
 * Sizes may be bigints, since other logs may pass 2^53. A proof with one hash too many or too few is refused.
 */
import { equals } from 'uint8arrays/equals';
import type { Sha256 } from '../crypto/suite.ts';
import { accept, refuse, type Result } from '../errors/index.ts';
import { HASH_BYTES, hashNode } from './hash.ts';

export interface InclusionClaim {
  readonly index: number | bigint;
  readonly size: number | bigint;
  readonly leafHash: Uint8Array;
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
}

export interface ConsistencyClaim {
  readonly olderSize: number | bigint;
  readonly newerSize: number | bigint;
  readonly olderRoot: Uint8Array;
  readonly newerRoot: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** Whether the leaf is at its index in the tree of that size and root. Refuses with `proof.invalid`. */
export function verifyInclusion(sha256: Sha256, claim: InclusionClaim): Result<void> {
  const index = BigInt(claim.index);
  const size = BigInt(claim.size);
  if (index < 0n || index >= size) return invalid('inclusion', 'its leaf lies outside the tree');
  if (!areHashes([claim.leafHash, claim.root, ...claim.proof])) {
    return invalid('inclusion', 'it holds something that is not a hash');
  }
  let fn = index;
  let sn = size - 1n;
  let hash = claim.leafHash;
  for (const sibling of claim.proof) {
    if (sn === 0n) return invalid('inclusion', 'it has too many hashes');
    if (isOdd(fn) || fn === sn) {
      hash = hashNode(sha256, sibling, hash);
      [fn, sn] = skipLoneLevels(fn, sn);
    } else {
      hash = hashNode(sha256, hash, sibling);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  if (sn !== 0n) return invalid('inclusion', 'it has too few hashes');
  return equals(hash, claim.root) ? accept(undefined) : invalid('inclusion', 'it leads to another root');
}

/**
 * Whether the older tree is a prefix of the newer. Refuses with `proof.invalid`.
 * An empty older tree is refused: it is a prefix of everything, so its proof would show nothing.
 */
export function verifyConsistency(sha256: Sha256, claim: ConsistencyClaim): Result<void> {
  const older = BigInt(claim.olderSize);
  const newer = BigInt(claim.newerSize);
  if (older <= 0n) return invalid('consistency', 'the older tree is empty');
  if (older > newer) return invalid('consistency', 'the older tree is the larger one');
  if (older === newer) {
    if (claim.proof.length > 0) return invalid('consistency', 'it has too many hashes');
    return equals(claim.olderRoot, claim.newerRoot)
      ? accept(undefined)
      : invalid('consistency', 'two trees of one size have different roots');
  }
  if (!areHashes([claim.olderRoot, claim.newerRoot, ...claim.proof])) {
    return invalid('consistency', 'it holds something that is not a hash');
  }
  let fn = older - 1n;
  let sn = newer - 1n;
  while (isOdd(fn)) {
    fn >>= 1n;
    sn >>= 1n;
  }
  // Where the older tree is perfect its root is the starting hash, and is not sent.
  const path = fn === 0n ? [claim.olderRoot, ...claim.proof] : claim.proof;
  const [start, ...siblings] = path;
  if (start === undefined) return invalid('consistency', 'it has too few hashes');
  let olderHash = start;
  let newerHash = start;
  for (const sibling of siblings) {
    if (sn === 0n) return invalid('consistency', 'it has too many hashes');
    if (isOdd(fn) || fn === sn) {
      olderHash = hashNode(sha256, sibling, olderHash);
      newerHash = hashNode(sha256, sibling, newerHash);
      [fn, sn] = skipLoneLevels(fn, sn);
    } else {
      newerHash = hashNode(sha256, newerHash, sibling);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  if (sn !== 0n) return invalid('consistency', 'it has too few hashes');
  if (!equals(olderHash, claim.olderRoot)) return invalid('consistency', 'it leads to another older root');
  return equals(newerHash, claim.newerRoot)
    ? accept(undefined)
    : invalid('consistency', 'it leads to another newer root');
}

/** A node without a right neighbour has no sibling on the levels up to where it becomes a right child itself. */
function skipLoneLevels(fn: bigint, sn: bigint): [bigint, bigint] {
  while (!isOdd(fn) && fn !== 0n) {
    fn >>= 1n;
    sn >>= 1n;
  }
  return [fn, sn];
}

function isOdd(value: bigint): boolean {
  return (value & 1n) === 1n;
}

function areHashes(values: readonly Uint8Array[]): boolean {
  return values.every((value) => value.length === HASH_BYTES);
}

function invalid(kind: 'inclusion' | 'consistency', why: string): ReturnType<typeof refuse> {
  return refuse('proof.invalid', `the ${kind} proof does not verify: ${why}; ask the log for it again`);
}
