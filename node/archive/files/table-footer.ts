/** The end of one of LevelDB's tables: where its index lies, and the list of its filters (leveldb, doc/table_format.md). */
import { concat } from 'uint8arrays/concat';
import { equals } from 'uint8arrays/equals';
import { BLOCK_TRAILER_BYTES } from './block.ts';
import { Bytes, varint } from './bytes.ts';

export const FOOTER_BYTES = 48;
const MAGIC = Uint8Array.of(0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb);

/** Where a block lies in its file; `size` is without its trailer. */
export interface Place {
  readonly offset: number;
  readonly size: number;
}

export interface Footer {
  readonly metaindex: Place;
  readonly index: Place;
}

/** Undefined where the bytes are no footer of a table. */
export function decodeFooter(bytes: Uint8Array): Footer | undefined {
  if (!MAGIC.every((byte, at) => bytes[FOOTER_BYTES - MAGIC.length + at] === byte)) return undefined;
  const input = new Bytes(bytes.subarray(0, FOOTER_BYTES - MAGIC.length));
  const metaindex = decodePlace(input);
  const index = decodePlace(input);
  return metaindex === undefined || index === undefined ? undefined : { metaindex, index };
}

export function encodeFooter({ metaindex, index }: Footer): Uint8Array {
  const places = concat([encodePlace(metaindex), encodePlace(index)]);
  return concat([places, new Uint8Array(FOOTER_BYTES - MAGIC.length - places.length), MAGIC]);
}

/**
 * Whether a footer is as it was written. It has no checksum: but its blocks lie one behind the other, right before it, and
 * there is one way to write that down.
 */
export function isIntactFooter(bytes: Uint8Array, fileSize: number): boolean {
  const footer = decodeFooter(bytes);
  if (footer === undefined) return false;
  return (
    endOf(footer.metaindex) === footer.index.offset &&
    endOf(footer.index) === fileSize - FOOTER_BYTES &&
    equals(encodeFooter(footer), bytes)
  );
}

/** Where the next block begins. */
export function endOf({ offset, size }: Place): number {
  return offset + size + BLOCK_TRAILER_BYTES;
}

export function decodePlace(input: Bytes): Place | undefined {
  const [offset, size] = [input.varint(), input.varint()];
  return offset === undefined || size === undefined ? undefined : { offset, size };
}

export function encodePlace({ offset, size }: Place): Uint8Array {
  return concat([varint(offset), varint(size)]);
}
