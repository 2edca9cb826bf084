/**
 * Whether bytes are one CBOR item in the core deterministic encoding (RFC 8949, 4.2.1), of the types that Chancery
 * uses: integers within 2^53, byte and text strings, arrays, maps with text keys, booleans, null.
 * One pass, nothing built: several times cheaper than encoding the decoded value again to compare.
 */

import { equals } from 'uint8arrays/equals';
import { fromString } from 'uint8arrays/from-string';
import { toString } from 'uint8arrays/to-string';

/** How deep arrays and maps may nest: the deepest format has five levels. */
const MAX_DEPTH = 16;

const UNSIGNED = 0;
const NEGATIVE = 1;
const BYTES = 2;
const TEXT = 3;
const ARRAY = 4;
const MAP = 5;
const SIMPLE = 7;

/** Whether the bytes are exactly one item in its one form. */
export function isCanonical(bytes: Uint8Array): boolean {
  return itemEnd(bytes, 0, 0) === bytes.length;
}

/** Where the item at `at` ends; -1 where it is not canonical. */
function itemEnd(bytes: Uint8Array, at: number, depth: number): number {
  const first = bytes[at];
  if (first === undefined || depth > MAX_DEPTH) return -1;
  const major = first >> 5;
  if (major === SIMPLE) return first >= 0xf4 && first <= 0xf6 ? at + 1 : -1;
  const argument = readArgument(bytes, at, first & 0x1f);
  if (argument === -1) return -1;
  const next = at + argumentBytes(first & 0x1f);
  switch (major) {
    case UNSIGNED:
    case NEGATIVE:
      return next;
    case BYTES:
      return next + argument <= bytes.length ? next + argument : -1;
    case TEXT:
      return next + argument <= bytes.length && isUtf8(bytes, next, next + argument) ? next + argument : -1;
    case ARRAY:
      return arrayEnd(bytes, next, argument, depth);
    case MAP:
      return mapEnd(bytes, next, argument, depth);
    default:
      return -1; // tags
  }
}

/** A decoder puts replacement characters for bytes that are no UTF-8, and so would read two texts as the same. */
function isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end && (bytes[at] ?? 0) < 0x80) at += 1;
  if (at === end) return true;
  const text = bytes.subarray(at, end);
  return equals(fromString(toString(text)), text);
}

function arrayEnd(bytes: Uint8Array, start: number, count: number, depth: number): number {
  let at = start;
  for (let index = 0; index < count && at !== -1; index += 1) at = itemEnd(bytes, at, depth + 1);
  return at;
}

/** Keys are text, each after the one before in the order of their encodings, so none comes twice. */
function mapEnd(bytes: Uint8Array, start: number, count: number, depth: number): number {
  let at = start;
  let previous = -1;
  let previousEnd = -1;
  for (let index = 0; index < count; index += 1) {
    if ((bytes[at] ?? 0) >> 5 !== TEXT) return -1;
    const keyEnd = itemEnd(bytes, at, depth + 1);
    if (keyEnd === -1) return -1;
    if (previous !== -1 && !isBefore(bytes, previous, previousEnd, at, keyEnd)) return -1;
    [previous, previousEnd] = [at, keyEnd];
    at = itemEnd(bytes, keyEnd, depth + 1);
    if (at === -1) return -1;
  }
  return at;
}

function isBefore(bytes: Uint8Array, a: number, aEnd: number, b: number, bEnd: number): boolean {
  const length = Math.min(aEnd - a, bEnd - b);
  for (let index = 0; index < length; index += 1) {
    const [left = 0, right = 0] = [bytes[a + index], bytes[b + index]];
    if (left !== right) return left < right;
  }
  return aEnd - a < bEnd - b;
}

/** Bytes of the head: the first byte and the argument behind it. */
function argumentBytes(info: number): number {
  return info < 24 ? 1 : 1 + (1 << (info - 24));
}

/** The argument; -1 where it is cut off, indefinite, above 2^53 - 1, or not in its shortest form. */
function readArgument(bytes: Uint8Array, at: number, info: number): number {
  if (info < 24) return info;
  if (info > 27) return -1;
  const size = 1 << (info - 24);
  if (at + 1 + size > bytes.length) return -1;
  let value = 0;
  for (let index = 1; index <= size; index += 1) value = value * 256 + (bytes[at + index] ?? 0);
  const shortest = info === 24 ? value >= 24 : value >= 2 ** (4 * size);
  return shortest && value <= Number.MAX_SAFE_INTEGER ? value : -1;
}
