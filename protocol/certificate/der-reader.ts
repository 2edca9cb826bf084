/**
 * Reads DER strictly: definite, minimal lengths within their element, one-byte tags, one encoding a value.
 * Whatever else is found is thrown as `Rejected`; nothing is copied, and nothing read past the end.
 */
import { equals } from 'uint8arrays/equals';
import { toString } from 'uint8arrays/to-string';
import { fromString } from 'uint8arrays/from-string';
import { TAG, time } from './der.ts';
import { malformed } from './rejected.ts';

interface DerElement {
  /** The whole element, and what it holds. */
  readonly der: Uint8Array;
  readonly content: Uint8Array;
}

/** Arcs of 160 bits in all suffice for a UUID under 2.25; longer identifiers are nobody's. */
const MAX_OID_BYTES = 32;

export class DerReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Whether an element with this tag comes next. */
  has(tag: number): boolean {
    return this.#bytes[this.#at] === tag;
  }

  /** Whether nothing comes next. */
  get done(): boolean {
    return this.#at === this.#bytes.length;
  }

  next(tag: number): DerElement {
    const bytes = this.#bytes;
    const start = this.#at;
    if (bytes[start] !== tag) throw malformed(`expected tag ${tag} at offset ${start} of a DER element`);
    let begin = start + 2;
    let length = bytes[start + 1] ?? 0;
    if (length >= 0x80) {
      const width = length - 0x80;
      const long = bytes.subarray(begin, begin + width);
      if (width < 1 || width > 2 || long.length < width) throw malformed('a DER length is not usable');
      length = long.reduce((value, byte) => value * 256 + byte, 0);
      if (length < (width === 1 ? 0x80 : 0x100)) throw malformed('a DER length is not minimal');
      begin += width;
    }
    const end = begin + length;
    if (end > bytes.length) throw malformed('a DER element reaches past its end');
    this.#at = end;
    return { der: bytes.subarray(start, end), content: bytes.subarray(begin, end) };
  }

  /** A reader of what the next element holds. */
  enter(tag: number = TAG.SEQUENCE): DerReader {
    return new DerReader(this.next(tag).content);
  }

  /** Refuses anything that is left over. */
  end(): void {
    if (!this.done) throw malformed('bytes are left over after a DER element');
  }

  /** The magnitude of a non-negative INTEGER, without leading zeros: empty for zero. */
  integer(): Uint8Array {
    const { content } = this.next(TAG.INTEGER);
    const [first, second] = content;
    if (first === undefined || first >= 0x80) throw malformed('an integer is empty or negative');
    if (first !== 0) return content;
    if (second !== undefined && second < 0x80) throw malformed('an integer is not minimal');
    return content.subarray(1);
  }

  /** The TRUE of a field whose default is FALSE; false where the field is left out. */
  defaultFalse(): boolean {
    if (!this.has(TAG.BOOLEAN)) return false;
    if (!equals(this.next(TAG.BOOLEAN).content, TRUE)) throw malformed('a boolean is not in DER');
    return true;
  }

  /** The bytes of a BIT STRING without unused bits. */
  wholeBits(): Uint8Array {
    const { content } = this.next(TAG.BIT_STRING);
    if (content[0] !== 0) throw malformed('a bit string does not consist of whole bytes');
    return content.subarray(1);
  }

  utf8(): string {
    const { content } = this.next(TAG.UTF8_STRING);
    const text = toString(content);
    if (!equals(fromString(text), content)) throw malformed('a text is not UTF-8');
    return text;
  }

  /** An OBJECT IDENTIFIER in dotted decimal. */
  objectIdentifier(): string {
    const { content } = this.next(TAG.OBJECT_IDENTIFIER);
    const last = content.at(-1);
    if (last === undefined || last >= 0x80 || content.length > MAX_OID_BYTES) {
      throw malformed('an object identifier is empty, cut off or too long');
    }
    const arcs: bigint[] = [];
    let arc = 0n;
    let begins = true;
    for (const byte of content) {
      if (begins && byte === 0x80) throw malformed('an object identifier is not minimal');
      arc = (arc << 7n) | BigInt(byte & 0x7f);
      begins = byte < 0x80;
      if (!begins) continue;
      arcs.push(arc);
      arc = 0n;
    }
    const [head = 0n, ...others] = arcs;
    const root = head < 80n ? head / 40n : 2n;
    return [root, head - root * 40n, ...others].join('.');
  }

  /** A Time in seconds since 1970: UTCTime until 2049, GeneralizedTime from 2050 (RFC 5280, 4.1.2.5). */
  time(): number {
    const tag = this.has(TAG.GENERALIZED_TIME) ? TAG.GENERALIZED_TIME : TAG.UTC_TIME;
    const { der, content } = this.next(tag);
    const text = toString(content);
    const century = Number(text.slice(0, 2)) < 50 ? '20' : '19';
    const digits = tag === TAG.UTC_TIME ? century + text : text;
    const [, ...parts] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(digits) ?? [];
    if (parts.length === 0) throw malformed('a time is not in its one form');
    const [year = 0, month = 0, day, hour, minute, second] = parts.map(Number);
    const seconds = Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
    if (seconds < EARLIEST || seconds > LATEST || !equals(time(seconds), der)) {
      throw malformed('a time does not exist or is not in its one form');
    }
    return seconds;
  }
}

const TRUE = Uint8Array.of(0xff);
const EARLIEST = 0;
const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59) / 1000;
