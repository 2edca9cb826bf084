/**
 * One key of a view: how its parts are written. One byte says which view; for texts (addresses, domains, serials, peer ids)
 * stand keyed names of one length, so nobody reads in a key who we are; numbers are big-endian, so that byte order is
 * their order. A range of one text's rows is a range of keys; the order of texts among each other is lost.
 */
import { PREFIX } from './prefixes.ts';

const SEQUENCE_BYTES = 8;

type View = keyof typeof PREFIX;
type Part = string | number | Uint8Array;

/** Stands for a text in a key: 16 bytes that tell nothing of it to who has no key of the archive. */
export type NameOf = (text: string) => Uint8Array;

/** Writes 8 bytes, big-endian, by halves: a BigInt for each number would cost more than the rest of the key. */
function writeSequence(bytes: Uint8Array, at: number, sequence: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, SEQUENCE_BYTES);
  view.setUint32(0, Math.floor(sequence / 2 ** 32));
  view.setUint32(4, sequence % 2 ** 32);
  return at + SEQUENCE_BYTES;
}

export function encodeSequence(sequence: number): Uint8Array {
  const bytes = new Uint8Array(SEQUENCE_BYTES);
  writeSequence(bytes, 0, sequence);
  return bytes;
}

/** The sequence number that a key ends in, or that a value is. */
export function decodeSequence(bytes: Uint8Array): number {
  return Number(new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 8).getBigUint64(0));
}

/** Writes the keys of views. */
export abstract class KeyWriter {
  readonly #nameOf: NameOf;

  constructor(nameOf: NameOf) {
    this.#nameOf = nameOf;
  }

  /** The whole of a view, or of one part of it. */
  within(view: View, ...parts: readonly Part[]): { gte: Uint8Array; lt: Uint8Array } {
    const from = this.key(view, ...parts);
    return { gte: from, lt: successor(from) };
  }

  /** A key from its parts: names of texts (16 bytes), sequence numbers (8 bytes), hashes (as they are). */
  protected key(view: View, ...parts: readonly Part[]): Uint8Array {
    const written: (number | Uint8Array)[] = [];
    let length = 1;
    for (const part of parts) {
      const named = typeof part === 'string' ? this.#nameOf(part) : part;
      written.push(named);
      length += typeof named === 'number' ? SEQUENCE_BYTES : named.length;
    }
    const bytes = new Uint8Array(length);
    bytes[0] = PREFIX[view];
    let at = 1;
    for (const part of written) {
      if (typeof part === 'number') at = writeSequence(bytes, at, part);
      else {
        bytes.set(part, at);
        at += part.length;
      }
    }
    return bytes;
  }
}

/** The first key after every key that starts with `prefix`. Every prefix starts below 0xff, so there is one. */
function successor(prefix: Uint8Array): Uint8Array {
  let end = prefix.length;
  while (prefix[end - 1] === 0xff) end -= 1;
  const next = prefix.slice(0, end);
  next[end - 1] = (next[end - 1] ?? 0) + 1;
  return next;
}
