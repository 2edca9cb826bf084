/** A block of one of LevelDB's tables: its checksum, and the keys and values in it. */
import { Bytes } from './bytes.ts';
import { crc32c, masked } from './crc32c.ts';
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
