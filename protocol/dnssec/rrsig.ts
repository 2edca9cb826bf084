/** RRSIG records (RFC 4034, section 3): parsing, encoding, what they sign, and when they hold. */
import { concat } from 'uint8arrays/concat';
import { nameToWire, readName } from './name.ts';
import { CLASS_IN, type Rrset } from './rrset.ts';
import type { TimeWindow } from './time-window.ts';

const FIXED_BYTES = 18;

export interface Rrsig {
  readonly typeCovered: number;
  readonly algorithm: number;
  /** Labels of the owner name as it stands in the zone: fewer than the owner has means a wildcard. */
  readonly labels: number;
  readonly originalTtl: number;
  /** 32 bit serial time, in seconds (RFC 4034, section 3.1.5). */
  readonly expiration: number;
  readonly inception: number;
  readonly keyTag: number;
  /** The zone that signed: a canonical name. */
  readonly signer: string;
  readonly signature: Uint8Array;
}

/** Parses RRSIG rdata; `undefined` if it is cut short or its signer's name is not usable. */
export function parseRrsig(rdata: Uint8Array): Rrsig | undefined {
  const signer = readName(rdata, FIXED_BYTES);
  if (signer === undefined || signer.end >= rdata.length) return undefined;
  const view = new DataView(rdata.buffer, rdata.byteOffset, rdata.length);
  return {
    typeCovered: view.getUint16(0),
    algorithm: view.getUint8(2),
    labels: view.getUint8(3),
    originalTtl: view.getUint32(4),
    expiration: view.getUint32(8),
    inception: view.getUint32(12),
    keyTag: view.getUint16(16),
    signer: signer.name,
    signature: rdata.subarray(signer.end),
  };
}

/** The rdata, with the signer's name in canonical form. */
export function encodeRrsig(rrsig: Rrsig): Uint8Array {
  const fixed = new Uint8Array(FIXED_BYTES);
  const view = new DataView(fixed.buffer);
  view.setUint16(0, rrsig.typeCovered);
  view.setUint8(2, rrsig.algorithm);
  view.setUint8(3, rrsig.labels);
  view.setUint32(4, rrsig.originalTtl);
  view.setUint32(8, rrsig.expiration);
  view.setUint32(12, rrsig.inception);
  view.setUint16(16, rrsig.keyTag);
  return concat([fixed, nameToWire(rrsig.signer), rrsig.signature]);
}

/**
 * The bytes that the signature is made over (RFC 4034, section 3.1.8.1): the RRSIG without its signature, then
 * each record in canonical form and order, with the original TTL.
 */
export function signedBytes(rrsig: Rrsig, rrset: Pick<Rrset, 'name' | 'type' | 'rdatas'>): Uint8Array {
  const parts = [encodeRrsig({ ...rrsig, signature: new Uint8Array(0) })];
  const owner = nameToWire(rrset.name);
  for (const rdata of rrset.rdatas) {
    const header = new Uint8Array(10);
    const view = new DataView(header.buffer);
    view.setUint16(0, rrset.type);
    view.setUint16(2, CLASS_IN);
    view.setUint32(4, rrsig.originalTtl);
    view.setUint16(8, rdata.length);
    parts.push(owner, header, rdata);
  }
  return concat(parts);
}

/**
 * When the signature holds, in seconds since 1970. Its times have 32 bits and wrap: each is the one nearest to `at`,
 * which is the comparison of RFC 1982 that RFC 4034, section 3.1.5, asks for.
 */
export function validityOf(rrsig: Rrsig, at: number): TimeWindow {
  const nearest = (serial: number): number => at + ((serial - (at % 2 ** 32)) | 0);
  return { from: nearest(rrsig.inception), until: nearest(rrsig.expiration) };
}
