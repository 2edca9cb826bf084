/**
 * Writes the DER (ITU-T X.690, section 10) that certificates need. Tags are one byte, lengths definite and minimal.
 * Written by hand because asn1js cannot encode again what it decodes of an object identifier under 2.25, and
 * because a certificate that is read must be the one encoding of its content: see {@link DerReader}.
 */
import { concat } from 'uint8arrays/concat';
import { fromString } from 'uint8arrays/from-string';

export const TAG = {
  BOOLEAN: 0x01,
  INTEGER: 0x02,
  BIT_STRING: 0x03,
  OCTET_STRING: 0x04,
  NULL: 0x05,
  OBJECT_IDENTIFIER: 0x06,
  ENUMERATED: 0x0a,
  UTF8_STRING: 0x0c,
  UTC_TIME: 0x17,
  GENERALIZED_TIME: 0x18,
  SEQUENCE: 0x30,
  SET: 0x31,
} as const;

/** The tag of a context-specific field: `[number]`. */
export function contextTag(number: number, constructed: boolean): number {
  return (constructed ? 0xa0 : 0x80) | number;
}

/** One element: tag, length and the contents, one after the other. */
export function element(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const content = concat([...contents]);
  return concat([Uint8Array.of(tag), lengthOf(content.length), content]);
}

function lengthOf(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  if (length < 0x100) return Uint8Array.of(0x81, length);
  if (length < 0x10000) return Uint8Array.of(0x82, length >> 8, length & 0xff);
  if (length < 0x1000000) return Uint8Array.of(0x83, length >> 16, (length >> 8) & 0xff, length & 0xff);
  throw new RangeError(`a DER element of ${length} bytes is beyond what a certificate or list holds`);
}

export function sequence(...contents: readonly Uint8Array[]): Uint8Array {
  return element(TAG.SEQUENCE, ...contents);
}

export function octetString(content: Uint8Array): Uint8Array {
  return element(TAG.OCTET_STRING, content);
}

/** A BIT STRING of whole bytes, or with `unused` bits at the end of the last one. */
export function bitString(content: Uint8Array, unused = 0): Uint8Array {
  return element(TAG.BIT_STRING, Uint8Array.of(unused), content);
}

export function utf8String(text: string): Uint8Array {
  return element(TAG.UTF8_STRING, fromString(text));
}

/** The non-negative INTEGER of a big-endian magnitude. */
export function integer(magnitude: Uint8Array): Uint8Array {
  const first = magnitude.findIndex((byte) => byte !== 0);
  const bytes = first < 0 ? Uint8Array.of(0) : magnitude.subarray(first);
  const padding = (bytes[0] ?? 0) >= 0x80 ? Uint8Array.of(0) : new Uint8Array();
  return element(TAG.INTEGER, padding, bytes);
}

/** An OBJECT IDENTIFIER in dotted decimal, arcs of any size (X.690, 8.19). */
export function objectIdentifier(dotted: string): Uint8Array {
  const [first = 0n, second = 0n, ...others] = dotted.split('.').map(BigInt);
  const arcs = [first * 40n + second, ...others];
  return element(TAG.OBJECT_IDENTIFIER, Uint8Array.from(arcs.flatMap(base128)));
}

function base128(arc: bigint): number[] {
  const bytes = [Number(arc & 0x7fn)];
  for (let rest = arc >> 7n; rest > 0n; rest >>= 7n) bytes.unshift(Number(rest & 0x7fn) | 0x80);
  return bytes;
}

/** The first moment of a GeneralizedTime in a certificate: the year 2050 (RFC 5280, 4.1.2.5). */
const GENERALIZED_FROM = Date.UTC(2050) / 1000;

/** A Time of RFC 5280, 4.1.2.5, from seconds since 1970; up to the year 9999. */
export function time(seconds: number): Uint8Array {
  const digits = `${new Date(seconds * 1000).toISOString().slice(0, 19).replaceAll(/[-T:]/g, '')}Z`;
  return seconds < GENERALIZED_FROM
    ? element(TAG.UTC_TIME, fromString(digits.slice(2)))
    : element(TAG.GENERALIZED_TIME, fromString(digits));
}
