/** Byte strings one after the other, each behind its length as a big-endian number of a fixed width. */

/** Throws a RangeError for a part that is longer than its length can say. */
export function joinFramed(parts: readonly Uint8Array[], lengthBytes: 2 | 4): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + lengthBytes + length, 0));
  const view = new DataView(joined.buffer);
  let at = 0;
  for (const part of parts) {
    if (part.length >= 2 ** (8 * lengthBytes)) throw new RangeError(`a part has ${part.length} bytes`);
    if (lengthBytes === 2) view.setUint16(at, part.length);
    else view.setUint32(at, part.length);
    joined.set(part, at + lengthBytes);
    at += lengthBytes + part.length;
  }
  return joined;
}

/** The parts that are whole, at most `count`, and whether nothing else follows them. Lengths are not trusted. */
export function splitFramed(
  joined: Uint8Array,
  lengthBytes: 2 | 4,
  count: number,
): { readonly parts: readonly Uint8Array[]; readonly whole: boolean } {
  const view = new DataView(joined.buffer, joined.byteOffset, joined.length);
  const parts: Uint8Array[] = [];
  let at = 0;
  while (at + lengthBytes <= joined.length && parts.length < count) {
    const start = at + lengthBytes;
    const end = start + (lengthBytes === 2 ? view.getUint16(at) : view.getUint32(at));
    if (end > joined.length) break;
    parts.push(joined.subarray(start, end));
    at = end;
  }
  return { parts, whole: at === joined.length };
}
