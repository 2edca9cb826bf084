/** What a certificate's key may do (RFC 5280, section 4.2.1.3): a list of named bits, in order. */
import { equals } from 'uint8arrays/equals';
import { bitString, TAG } from './der.ts';
import type { DerReader } from './der-reader.ts';
import { malformed } from './rejected.ts';

const BITS = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;

export type KeyUsage = (typeof BITS)[number];

/** The BIT STRING without trailing zeros, as DER wants named bits (X.690, 11.2.2). */
export function encodeKeyUsage(usages: readonly KeyUsage[]): Uint8Array {
  const last = BITS.findLastIndex((name) => usages.includes(name));
  const bytes = new Uint8Array((last >> 3) + 1);
  BITS.forEach((name, i) => {
    if (usages.includes(name)) bytes[i >> 3] = (bytes[i >> 3] ?? 0) | (0x80 >> (i & 7));
  });
  return bitString(bytes, 7 - (last & 7));
}

export function readKeyUsage(reader: DerReader): readonly KeyUsage[] {
  const { der, content } = reader.next(TAG.BIT_STRING);
  const usages = BITS.filter((_name, i) => ((content[1 + (i >> 3)] ?? 0) & (0x80 >> (i & 7))) !== 0);
  if (usages.length === 0 || !equals(encodeKeyUsage(usages), der)) {
    throw malformed('the key usage is empty, unknown or not in DER');
  }
  return usages;
}
