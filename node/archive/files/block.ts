/** A block of one of LevelDB's tables: its checksum, and the keys and values in it (leveldb, doc/table_format.md). */
import { concat } from 'uint8arrays/concat';
import { Bytes, flipBit, varint } from './bytes.ts';
import { crc32c, flippedBit, masked, unmasked } from './crc32c.ts';
import { unpackSnappy } from './snappy.ts';

/** A type byte and a checksum follow each block. */
export const BLOCK_TRAILER_BYTES = 5;

const TYPES: Readonly<Record<number, (bytes: Uint8Array) => Uint8Array | undefined>> = {
  0: (bytes) => bytes,
  1: unpackSnappy,
};

/** Whether a block, with its trailer, has its checksum. */
export function hasChecksum(block: Uint8Array): boolean {
  if (block.length < BLOCK_TRAILER_BYTES) return false;
  const view = new DataView(block.buffer, block.byteOffset, block.length);
  return view.getUint32(block.length - 4, true) === masked(crc32c(block.subarray(0, -4)));
}

/**
 * Puts right, in place, a block with its trailer of which a single bit flipped: its checksum tells which.
 * Returns whether the block has its checksum now.
 */
export function correctBlock(block: Uint8Array): boolean {
  if (hasChecksum(block)) return true;
  if (block.length < BLOCK_TRAILER_BYTES) return false;
  const body = block.subarray(0, -4);
  const view = new DataView(block.buffer, block.byteOffset, block.length);
  const stored = view.getUint32(block.length - 4, true);
  const wanted = masked(crc32c(body));
  const bit = flippedBit(body, unmasked(stored));
  if (bit !== undefined) flipBit(body, bit);
  else if (isPowerOfTwo((stored ^ wanted) >>> 0)) view.setUint32(block.length - 4, wanted, true);
  else return false;
  return true;
}

function isPowerOfTwo(number: number): boolean {
  return number !== 0 && (number & (number - 1)) === 0;
}

/** The pairs of a block with its trailer, in order; undefined where it is not one. */
export function pairsOfBlock(block: Uint8Array): (readonly [Uint8Array, Uint8Array])[] | undefined {
  const unpack = TYPES[block[block.length - BLOCK_TRAILER_BYTES] ?? 255];
  const content = unpack?.(block.subarray(0, -BLOCK_TRAILER_BYTES));
  if (content === undefined || content.length < 4) return undefined;
  const view = new DataView(content.buffer, content.byteOffset, content.length);
  const end = content.length - 4 - 4 * view.getUint32(content.length - 4, true);
  if (end < 0) return undefined;
  const input = new Bytes(content.subarray(0, end));
  const pairs: (readonly [Uint8Array, Uint8Array])[] = [];
  let key = new Uint8Array(0);
  while (input.left > 0) {
    const [shared, own, length] = [input.varint(), input.varint(), input.varint()];
    const rest = input.take(own);
    const value = input.take(length);
    if (shared === undefined || shared > key.length || rest === undefined || value === undefined)
      return undefined;
    const next = new Uint8Array(shared + rest.length);
    next.set(key.subarray(0, shared));
    next.set(rest, shared);
    pairs.push([next, value]);
    key = next;
  }
  return pairs;
}

/** A block with its trailer that holds these pairs, not packed, each to be found on its own. */
export function encodeBlock(pairs: readonly (readonly [Uint8Array, Uint8Array])[]): Uint8Array {
  const starts: number[] = [];
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const [key, value] of pairs) {
    const part = concat([Uint8Array.of(0), varint(key.length), varint(value.length), key, value]);
    starts.push(at);
    parts.push(part);
    at += part.length;
  }
  if (starts.length === 0) starts.push(0);
  const numbers = new DataView(new ArrayBuffer(4 * (starts.length + 1)));
  for (const [index, start] of [...starts, starts.length].entries())
    numbers.setUint32(4 * index, start, true);
  const body = concat([...parts, new Uint8Array(numbers.buffer), Uint8Array.of(0)]);
  const checksum = new DataView(new ArrayBuffer(4));
  checksum.setUint32(0, masked(crc32c(body)), true);
  return concat([body, new Uint8Array(checksum.buffer)]);
}
