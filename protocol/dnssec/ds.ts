/** DS records (RFC 4034, section 5): the parent's statement which key opens the child zone. */
import { concat } from 'uint8arrays/concat';
import { nameToWire } from './name.ts';

const HEADER_BYTES = 4;

export interface Ds {
  readonly keyTag: number;
  readonly algorithm: number;
  readonly digestType: number;
  readonly digest: Uint8Array;
}

/** Parses DS rdata; `undefined` if it is cut short. */
export function parseDs(rdata: Uint8Array): Ds | undefined {
  if (rdata.length <= HEADER_BYTES) return undefined;
  const view = new DataView(rdata.buffer, rdata.byteOffset, rdata.length);
  return {
    keyTag: view.getUint16(0),
    algorithm: view.getUint8(2),
    digestType: view.getUint8(3),
    digest: rdata.subarray(HEADER_BYTES),
  };
}

export function encodeDs(ds: Ds): Uint8Array {
  return concat([Uint8Array.of(ds.keyTag >> 8, ds.keyTag & 0xff, ds.algorithm, ds.digestType), ds.digest]);
}

/** What a DS record's digest is computed over: the zone's name and the key's rdata (RFC 4034, section 5.1.4). */
export function digestedBytes(zone: string, dnskeyRdata: Uint8Array): Uint8Array {
  return concat([nameToWire(zone), dnskeyRdata]);
}
