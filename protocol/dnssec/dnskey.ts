/** DNSKEY records (RFC 4034, section 2): parsing, the key tag, and which keys may sign a zone. */
import { isAcceptedAlgorithm } from './rrset.ts';

const ZONE_FLAG = 0x0100;
const REVOKE_FLAG = 0x0080;
const SEP_FLAG = 0x0001;
const PROTOCOL = 3;
const HEADER_BYTES = 4;

export interface Dnskey {
  readonly flags: number;
  readonly protocol: number;
  readonly algorithm: number;
  readonly publicKey: Uint8Array;
  readonly keyTag: number;
  /** The whole rdata, which a DS record digests. */
  readonly rdata: Uint8Array;
}

/** Parses DNSKEY rdata; `undefined` if it is cut short. */
export function parseDnskey(rdata: Uint8Array): Dnskey | undefined {
  if (rdata.length <= HEADER_BYTES) return undefined;
  const view = new DataView(rdata.buffer, rdata.byteOffset, rdata.length);
  return {
    flags: view.getUint16(0),
    protocol: view.getUint8(2),
    algorithm: view.getUint8(3),
    publicKey: rdata.subarray(HEADER_BYTES),
    keyTag: keyTagOf(rdata),
    rdata,
  };
}

/** Rdata of a zone key; `entry` marks the key that the parent's DS record names (SEP, RFC 4034, section 2.1.1). */
export function encodeDnskey(algorithm: number, publicKey: Uint8Array, entry: boolean): Uint8Array {
  const rdata = new Uint8Array(HEADER_BYTES + publicKey.length);
  const view = new DataView(rdata.buffer);
  view.setUint16(0, ZONE_FLAG | (entry ? SEP_FLAG : 0));
  view.setUint8(2, PROTOCOL);
  view.setUint8(3, algorithm);
  rdata.set(publicKey, HEADER_BYTES);
  return rdata;
}

/** Whether the key may sign zone data at all, its REVOKE flag aside. */
export function isZoneKey(key: Dnskey): boolean {
  return (key.flags & ZONE_FLAG) !== 0 && key.protocol === PROTOCOL && isAcceptedAlgorithm(key.algorithm);
}

/** Whether the key's owner withdrew it (RFC 5011, section 2.1). */
export function isRevoked(key: Dnskey): boolean {
  return (key.flags & REVOKE_FLAG) !== 0;
}

/** Whether the rdata mark a key that opens the zone (SEP) and is not revoked. A hint only, not a permission. */
export function isEntryKey(rdata: Uint8Array): boolean {
  const key = parseDnskey(rdata);
  return key !== undefined && (key.flags & SEP_FLAG) !== 0 && !isRevoked(key);
}

/** The key tag of RFC 4034, appendix B. A hint only: different keys may share one. */
export function keyTagOf(rdata: Uint8Array): number {
  let sum = 0;
  rdata.forEach((byte, i) => (sum += i % 2 === 0 ? byte << 8 : byte));
  return (sum + (sum >>> 16)) & 0xffff;
}
