/** DNSSEC chains made by hand, link by link, so that a test can spoil exactly one of them. */
import { sodiumSuite } from '../../node/crypto/index.ts';
import {
  ALGORITHM,
  canonicalOrder,
  encodeProof,
  encodeTxt,
  parseDs,
  TYPE,
  webCryptoDnssec,
  type DnssecCrypto,
  type Rrset,
  type TrustAnchor,
} from '../../protocol/dnssec/index.ts';
import { createZoneKey, dsOf, signRrset, type ZoneKey } from '../../scripts/dns/index.ts';

/** The time at which the chains hold, in seconds since 1970, and for how long before and after it. */
export const AT = 1_800_000_000;
export const HOLDS = { inception: AT - 3600, expiration: AT + 86_400 };

export const NAME = '_chancery.acme.test';
export const TEXT = 'v=chancery1; k=ed25519; id=abc; seq=1; st=current';

/** The verifier's operations as the node has them. */
export const dnssecCrypto: DnssecCrypto = webCryptoDnssec(
  globalThis.crypto.subtle,
  sodiumSuite.verifyEd25519,
);

export interface TestZone {
  readonly name: string;
  readonly entry: ZoneKey;
  readonly zone: ZoneKey;
}

/** What differs from a sound set. */
export interface Spoiled {
  readonly rdatas?: readonly Uint8Array[];
  readonly by?: ZoneKey;
  readonly fields?: Partial<Parameters<typeof signRrset>[3]>;
}

export function testZone(name: string, algorithm: number = ALGORITHM.ECDSAP256SHA256): TestZone {
  return { name, entry: createZoneKey(algorithm, true), zone: createZoneKey(algorithm, false) };
}

export function signed(
  name: string,
  type: number,
  rdatas: readonly Uint8Array[],
  zone: TestZone,
  how: Spoiled = {},
): Rrset {
  const rrset = { name, type, rdatas: canonicalOrder(how.rdatas ?? rdatas) };
  const key = how.by ?? (type === TYPE.DNSKEY ? zone.entry : zone.zone);
  return { ...rrset, rrsigs: [signRrset(rrset, zone.name, key, { ...HOLDS, ...how.fields })] };
}

export function keySet(zone: TestZone, how: Spoiled = {}): Rrset {
  return signed(zone.name, TYPE.DNSKEY, [zone.entry.dnskey, zone.zone.dnskey], zone, how);
}

export function dsSet(child: TestZone, parent: TestZone, how: Spoiled = {}): Rrset {
  return signed(child.name, TYPE.DS, [dsOf(child.name, child.entry.dnskey)], parent, how);
}

export function txtSet(zone: TestZone, how: Spoiled = {}, name = NAME): Rrset {
  return signed(name, TYPE.TXT, [encodeTxt(TEXT)], zone, how);
}

export function anchorOf(zone: TestZone): TrustAnchor {
  return parseDs(dsOf('.', zone.entry.dnskey))!;
}

/** The key with other DNSKEY rdata, able to sign under them. */
export function withRdata(key: ZoneKey, change: (rdata: Uint8Array) => void): ZoneKey {
  const dnskey = Uint8Array.from(key.dnskey);
  change(dnskey);
  return { ...key, dnskey };
}

/** A sound chain from a root of its own down to {@link NAME}. */
export class Chain {
  readonly root: TestZone;
  readonly test: TestZone;
  readonly acme: TestZone;

  constructor(algorithm?: number) {
    this.root = testZone('.', algorithm);
    this.test = testZone('test', algorithm);
    this.acme = testZone('acme.test', algorithm);
  }

  get anchors(): readonly TrustAnchor[] {
    return [anchorOf(this.root)];
  }

  /** The sound sets in order: root keys, DS and keys of `test`, DS and keys of `acme.test`, TXT. */
  sets(): Rrset[] {
    const { root, test, acme } = this;
    return [keySet(root), dsSet(test, root), keySet(test), dsSet(acme, test), keySet(acme), txtSet(acme)];
  }

  /** The proof with some of its sets replaced, by position. */
  proof(replaced: Readonly<Record<number, Rrset>> = {}): Uint8Array {
    return encodeProof(this.sets().map((set, i) => replaced[i] ?? set));
  }
}
