/**
 * The hashes of an RFC 6962 tree (section 2.1; the same in RFC 9162, section 2.1.1).
 * Leaves and nodes are hashed under different first bytes, so that neither can pass for the other.
 */
import type { Sha256 } from '../crypto/suite.ts';

/** The length of every hash in a tree, in bytes. */
export const HASH_BYTES = 32;

const LEAF_PREFIX = 0x00;
const NODE_PREFIX = 0x01;

/** The leaf hash of an entry's bytes: SHA-256(0x00 || data). */
export function hashLeaf(sha256: Sha256, data: Uint8Array): Uint8Array {
  const input = new Uint8Array(1 + data.length);
  input[0] = LEAF_PREFIX;
  input.set(data, 1);
  return sha256(input);
}

/** The hash of an inner node: SHA-256(0x01 || left || right). Both halves are 32 bytes. */
export function hashNode(sha256: Sha256, left: Uint8Array, right: Uint8Array): Uint8Array {
  const input = new Uint8Array(1 + 2 * HASH_BYTES);
  input[0] = NODE_PREFIX;
  input.set(left, 1);
  input.set(right, 1 + HASH_BYTES);
  return sha256(input);
}

/** The root of a tree without leaves: SHA-256 of nothing. */
export function emptyRoot(sha256: Sha256): Uint8Array {
  return sha256(new Uint8Array(0));
}
