/** One zone of the development tree: its keys, the records at its top, and how its records are signed. */
import { ALGORITHM, canonicalOrder, nameToWire, ROOT, TYPE } from '../../protocol/dnssec/index.ts';
import { createZoneKey, signRrset, type BareRrset, type RrsigFields, type ZoneKey } from './zone-key.ts';

/** Types that only the server needs to know. */
export const SERVER_TYPE = { A: 1, NS: 2, SOA: 6, NSEC: 47 } as const;

export interface ZoneOptions {
  readonly name: string;
  /** DNSSEC algorithm number; ECDSA P-256 unless said otherwise. */
  readonly algorithm?: number;
  /** `false` leaves the zone unsigned, and its parent without a DS record. */
  readonly signed?: boolean;
}

export interface Zone {
  readonly name: string;
  readonly signed: boolean;
  /** What the parent's DS record names; signs the zone's keys only. */
  readonly entryKey: ZoneKey;
  readonly zoneKey: ZoneKey;
}

export function createZone({
  name,
  algorithm = ALGORITHM.ECDSAP256SHA256,
  signed = true,
}: ZoneOptions): Zone {
  return { name, signed, entryKey: createZoneKey(algorithm, true), zoneKey: createZoneKey(algorithm, false) };
}

/** The name of the zone's server. It has an address record, so that the delegation is whole. */
export function serverOf(zone: string): string {
  return zone === ROOT ? 'ns' : `ns.${zone}`;
}

/** What the zone holds at its own name: its start of authority, its server, and its keys. */
export function apexRecords(zone: Zone): Map<number, readonly Uint8Array[]> {
  const server = nameToWire(serverOf(zone.name));
  const timers = new DataView(new ArrayBuffer(20));
  [1, 3600, 600, 86400, 60].forEach((seconds, i) => timers.setUint32(4 * i, seconds));
  const records = new Map<number, readonly Uint8Array[]>([
    [SERVER_TYPE.SOA, [Buffer.concat([server, server, new Uint8Array(timers.buffer)])]],
    [SERVER_TYPE.NS, [server]],
  ]);
  if (zone.signed) records.set(TYPE.DNSKEY, canonicalOrder([zone.entryKey.dnskey, zone.zoneKey.dnskey]));
  return records;
}

/** RRSIG rdata over records of the zone, by the key that is due for their type. */
export function signIn(zone: Zone, rrset: BareRrset, fields: RrsigFields): Uint8Array {
  const key = rrset.type === TYPE.DNSKEY ? zone.entryKey : zone.zoneKey;
  return signRrset(rrset, zone.name, key, fields);
}
