/**
 * Every key of the archive's database, and how it is encoded: one byte that says what it is, then big-endian
 * numbers, so that LevelDB's byte order is the order of the numbers. Prefixes below 0x10 are the log itself and
 * are written by it alone; the rest are views over the log.
 */
import type { Range } from './pairs.ts';

/** First bytes of the keys of the log and of its store. Never reuse or renumber one: they are in every archive. */
const PREFIX = {
  head: 0x00,
  entry: 0x01,
  content: 0x02,
  tile: 0x03,
  retention: 0x04,
  hold: 0x05,
  keptUntil: 0x06,
  heldFor: 0x07,
} as const;

/** First bytes of the rows of `retention.ts`. */
export const RETENTION_PREFIX: number = PREFIX.retention;
export const HOLD_PREFIX: number = PREFIX.hold;
export const HELD_FOR_PREFIX: number = PREFIX.heldFor;

/** The date until which one content is kept, as it was given when it was archived. */
export function keptUntilKey(sequence: number): Uint8Array {
  return sequenceKey(PREFIX.keptUntil, sequence);
}

/** Those dates from (inclusive) to (exclusive). */
export function keptUntilRange(from: number, to = Number.MAX_SAFE_INTEGER): Range {
  return { gte: keptUntilKey(from), lt: keptUntilKey(to) };
}

/** A matter for which one content is held. */
export function heldForKey(sequence: number, matter: Uint8Array): Uint8Array {
  const key = new Uint8Array(SEQUENCE_KEY_BYTES + matter.length);
  key.set(sequenceKey(PREFIX.heldFor, sequence));
  key.set(matter, SEQUENCE_KEY_BYTES);
  return key;
}

/** The matters for which contents from (inclusive) to (exclusive) are held. */
export function heldForRange(from: number, to: number): Range {
  return { gte: sequenceKey(PREFIX.heldFor, from), lt: sequenceKey(PREFIX.heldFor, to) };
}

/** The view that leads from what was disposed of to its certificate: the one view that the log itself reads. */
export const DISPOSED_PREFIX = 0x4a;

export function disposedKey(sequence: number): Uint8Array {
  return sequenceKey(DISPOSED_PREFIX, sequence);
}

export function disposedRange(): Range {
  return { gte: disposedKey(0), lt: disposedKey(Number.MAX_SAFE_INTEGER) };
}

/** A number as a value: 8 bytes, big-endian. */
export function numberValue(number: number): Uint8Array {
  return sequenceKey(0, number).slice(1);
}

/** Undefined for what is no such value. */
export function numberIn(value: Uint8Array): number | undefined {
  if (value.length !== 8) return undefined;
  const number = Number(new DataView(value.buffer, value.byteOffset).getBigUint64(0));
  return Number.isSafeInteger(number) ? number : undefined;
}

/** The lowest first byte that a view's keys may have. */
const FIRST_VIEW_PREFIX = 0x10;

/** Every view. */
export const VIEWS = { gte: Uint8Array.of(FIRST_VIEW_PREFIX), lt: Uint8Array.of(0xff) } as const;

/** What the key of an entry or a content takes. */
export const SEQUENCE_KEY_BYTES: number = 1 + 8;

/** The log's head: one record. */
export const HEAD_KEY: Uint8Array = Uint8Array.of(PREFIX.head);

/** The entry with a sequence number. */
export function entryKey(sequence: number): Uint8Array {
  return sequenceKey(PREFIX.entry, sequence);
}

/** The salt and content that an entry commits to. */
export function contentKey(sequence: number): Uint8Array {
  return sequenceKey(PREFIX.content, sequence);
}

/** A tile of the Merkle tree. */
export function tileKey(level: number, index: number): Uint8Array {
  const key = new Uint8Array(2 + 8);
  key[0] = PREFIX.tile;
  key[1] = level;
  new DataView(key.buffer).setBigUint64(2, BigInt(index));
  return key;
}

/** Entries from (inclusive) to (exclusive). */
export function entryRange(from: number, to = Number.MAX_SAFE_INTEGER): Range {
  return { gte: entryKey(from), lt: entryKey(to) };
}

/** Contents from (inclusive) to (exclusive). */
export function contentRange(from: number, to = Number.MAX_SAFE_INTEGER): Range {
  return { gte: contentKey(from), lt: contentKey(to) };
}

/** The sequence number at the end of an entry's or a content's key. */
export function sequenceOf(key: Uint8Array): number {
  return Number(new DataView(key.buffer, key.byteOffset).getBigUint64(1));
}

/** Whether a key is an entry's. */
export function isEntryKey(key: Uint8Array): boolean {
  return key[0] === PREFIX.entry && key.length === SEQUENCE_KEY_BYTES;
}

/** Whether a key is a content's. */
export function isContentKey(key: Uint8Array): boolean {
  return key[0] === PREFIX.content && key.length === SEQUENCE_KEY_BYTES;
}

/** A part of what lies between two keys: of entries and contents the first and, where it is known, the last. */
export interface KeyPart {
  readonly what: 'head' | 'entries' | 'contents' | 'tiles' | 'retention' | 'views';
  readonly first?: number;
  readonly last?: number;
}

/** What lies from a key to another. The keys may be cut short, as those in the index of a table are. */
export function partsBetween(from: Uint8Array, to: Uint8Array): KeyPart[] {
  const [low, high] = [from[0] ?? 0, to[0] ?? 0];
  const parts: KeyPart[] = [];
  if (low <= PREFIX.head) parts.push({ what: 'head' });
  for (const what of ['entries', 'contents'] as const) {
    const prefix = what === 'entries' ? PREFIX.entry : PREFIX.content;
    if (low > prefix || high < prefix) continue;
    const first = low === prefix ? sequenceOf(padded(from)) : 0;
    parts.push(high === prefix ? { what, first, last: sequenceOf(padded(to)) } : { what, first });
  }
  if (low <= PREFIX.tile && high >= PREFIX.tile) parts.push({ what: 'tiles' });
  if (low <= PREFIX.heldFor && high >= PREFIX.retention) parts.push({ what: 'retention' });
  if (high >= FIRST_VIEW_PREFIX) parts.push({ what: 'views' });
  return parts;
}

function padded(key: Uint8Array): Uint8Array {
  const whole = new Uint8Array(SEQUENCE_KEY_BYTES);
  whole.set(key.subarray(0, SEQUENCE_KEY_BYTES));
  return whole;
}

/** Whether a key is of what the tree proves: the head, an entry, a content, a tile. */
export function isLogKey(key: Uint8Array): boolean {
  return (key[0] ?? Infinity) <= PREFIX.tile;
}

/** Whether a key is a view's, and not the log's own. */
export function isViewKey(key: Uint8Array): boolean {
  return (key[0] ?? 0) >= FIRST_VIEW_PREFIX;
}

/** One prefix byte and one number. Numbers are halves of 32 bits: a bigint for each key would cost more than the rest. */
function sequenceKey(prefix: number, sequence: number): Uint8Array {
  const key = new Uint8Array(SEQUENCE_KEY_BYTES);
  key[0] = prefix;
  const view = new DataView(key.buffer);
  view.setUint32(1, Math.floor(sequence / 2 ** 32));
  view.setUint32(5, sequence % 2 ** 32);
  return key;
}
