/**
 * Signed denial made when asked (RFC 9824, compact denial of existence): an NSEC record that covers the one name
 * and lists the types that it has, so that validators can tell "not there" from "taken away".
 */
import { nameToWire, TYPE } from '../../protocol/dnssec/index.ts';
import { SERVER_TYPE } from './zone.ts';

/** The type that marks a name as not existing (RFC 9824, section 3.4). */
const NXNAME = 128;

/** @param types what the name has @param exists `false` if it has neither records nor names below it */
export function denialRdata(name: string, types: readonly number[], exists: boolean): Uint8Array {
  const listed = [...types, TYPE.RRSIG, SERVER_TYPE.NSEC, ...(exists ? [] : [NXNAME])];
  const next = Buffer.concat([Buffer.of(1, 0), nameToWire(name)]);
  return Buffer.concat([next, typeBitmap(listed)]);
}

/** The types as a bitmap (RFC 4034, section 4.1.2); all are below 256, so there is one window. */
function typeBitmap(types: readonly number[]): Buffer {
  const bits = Buffer.alloc((Math.max(...types) >> 3) + 1);
  for (const type of types) bits[type >> 3] = (bits[type >> 3] ?? 0) | (0x80 >> (type & 7));
  return Buffer.concat([Buffer.of(0, bits.length), bits]);
}
