/** Attacks by DNSSEC proofs on `proveDomain`: forged, cut, aged, aliased, and made to cost the verifier time. */
import {
  canonicalOrder,
  encodeProof,
  encodeRrsig,
  encodeTxt,
  parseRrsig,
  TYPE,
  type Rrset,
} from '../../protocol/dnssec/index.ts';
import { encodeCbor } from '../../protocol/encoding/index.ts';
import type { Code, Result } from '../../protocol/errors/index.ts';
import { formatRecord, proveDomain } from '../../protocol/identity/index.ts';
import { sodiumSuite } from '../../node/crypto/index.ts';
import { dsOf, signRrset } from '../../scripts/dns/index.ts';
import { attacks, type Attack } from '../support/attack-table.ts';
import {
  AT,
  Chain,
  dnssecCrypto,
  dsSet,
  HOLDS,
  keySet,
  NAME,
  signed,
  testZone,
  txtSet,
  withRdata,
  type Spoiled,
} from '../support/dnssec-chain.ts';

const YEARISH = 400 * 86_400;
const chain = new Chain();
const { root, test: tld, acme } = chain;
const ID = 'A'.repeat(43);
const RECORD = formatRecord({ id: ID, sequence: 7, state: 'current' });

function prove(proof: Uint8Array, domain = 'acme.test', anchors = chain.anchors): Promise<Result<unknown>> {
  return proveDomain(proof, domain, AT, { suite: sodiumSuite, dnssec: dnssecCrypto, anchors });
}

/** The domain's record, spoiled in some way. */
function record(how: Spoiled = {}): Rrset {
  return txtSet(acme, { rdatas: [encodeTxt(RECORD)], ...how });
}

/** A sound proof with some of its sets exchanged. */
function forged(
  attack: string,
  code: Code,
  replaced: () => Readonly<Record<number, Rrset>>,
): Attack<undefined> {
  return { attack, code, attempt: () => prove(chain.proof({ 5: record(), ...replaced() })) };
}

function shown(attack: string, code: Code, sets: () => readonly Rrset[]): Attack<undefined> {
  return { attack, code, attempt: () => prove(encodeProof(sets())) };
}

function texts(...records: readonly string[]): Readonly<Record<number, Rrset>> {
  return { 5: record({ rdatas: records.map(encodeTxt) }) };
}

const sound = (): Rrset[] => chain.sets().with(5, record());
const revoked = (rdata: Uint8Array): number => (rdata[1]! |= 0x80);

/** Swaps two 16 bit words of a key, which leaves its tag as it is: the tag is their sum. */
function twin(at: number): Uint8Array {
  return withRdata(acme.zone, (rdata) => {
    const words = rdata.slice(at, at + 4);
    rdata.set([words[2]!, words[3]!, words[0]!, words[1]!], at);
  }).dnskey;
}

const FORGED: readonly Attack<undefined>[] = [
  forged('another record under the old signature', 'dnssec.bad-signature', () => ({
    5: { ...record(), rdatas: [encodeTxt(RECORD.replace('seq=7', 'seq=9'))] },
  })),
  forged('a record beside the signed one', 'dnssec.bad-signature', () => ({
    5: { ...record(), rdatas: canonicalOrder([encodeTxt(RECORD), encodeTxt('v=chancery1')]) },
  })),
  forged('a record signed by a stranger in the zone’s name', 'dnssec.bad-signature', () => ({
    5: record({ by: testZone('acme.test').zone }),
  })),
  forged('keys of a stranger under the real delegation', 'dnssec.bad-signature', () => {
    const stranger = testZone('acme.test');
    return { 4: keySet(stranger), 5: txtSet(stranger, { rdatas: [encodeTxt(RECORD)] }) };
  }),
  forged('keys that the zone’s lesser key signed', 'dnssec.bad-signature', () => ({
    4: keySet(acme, { by: acme.zone }),
  })),
  forged('a delegation to a stranger under the old signature', 'dnssec.bad-signature', () => ({
    3: { ...dsSet(acme, tld), rdatas: [dsOf('acme.test', testZone('acme.test').entry.dnskey)] },
  })),
  forged('a delegation that the child signed for itself', 'dnssec.wrong-name', () => ({
    3: dsSet(acme, acme),
  })),
  forged('a record signed by a sibling domain', 'dnssec.wrong-name', () => ({
    5: record({ fields: { signer: 'evil.test' } }),
  })),
  forged('a record signed by the zone above', 'dnssec.wrong-name', () => ({
    5: record({ fields: { signer: 'test' } }),
  })),
  forged('a record of a deeper zone that the proof never opens', 'dnssec.incomplete', () => ({
    5: record({ fields: { signer: NAME } }),
  })),
  forged('an unsigned record', 'dnssec.unsigned', () => ({ 5: { ...record(), rrsigs: [] } })),
  forged('an unsigned delegation', 'dnssec.unsigned', () => ({ 3: { ...dsSet(acme, tld), rrsigs: [] } })),
  forged('unsigned root keys', 'dnssec.unsigned', () => ({ 0: { ...keySet(root), rrsigs: [] } })),
  forged('a record out of a wildcard', 'dnssec.wildcard', () => {
    const bare = { name: '*.acme.test', type: TYPE.TXT, rdatas: [encodeTxt(RECORD)] };
    return { 5: { ...bare, name: NAME, rrsigs: [signRrset(bare, acme.name, acme.zone, HOLDS)] } };
  }),
  forged('an alias in the place of the record: CNAME', 'dnssec.alias', () => ({
    5: signed(NAME, TYPE.CNAME, [Uint8Array.of(0)], acme),
  })),
  forged('an alias in the place of the record: DNAME', 'dnssec.alias', () => ({
    5: signed('acme.test', TYPE.DNAME, [Uint8Array.of(0)], acme),
  })),
  forged('an alias in the place of the delegation', 'dnssec.alias', () => ({
    3: signed('acme.test', TYPE.CNAME, [Uint8Array.of(0)], tld),
  })),
  forged('a withdrawn key that opens the zone: REVOKE', 'dnssec.revoked-key', () => {
    const entry = withRdata(acme.entry, revoked);
    const rdatas = [entry.dnskey, acme.zone.dnskey];
    return {
      3: dsSet(acme, tld, { rdatas: [dsOf('acme.test', entry.dnskey)] }),
      4: keySet(acme, { rdatas, by: entry }),
    };
  }),
  forged('a withdrawn key that signs the record: REVOKE', 'dnssec.revoked-key', () => {
    const zone = withRdata(acme.zone, revoked);
    return { 4: keySet(acme, { rdatas: [acme.entry.dnskey, zone.dnskey] }), 5: record({ by: zone }) };
  }),
  forged('a delegation by SHA-1', 'dnssec.bad-algorithm', () => {
    const sha1 = dsOf('acme.test', acme.entry.dnskey).with(3, 1).subarray(0, 24);
    return { 3: dsSet(acme, tld, { rdatas: [sha1] }) };
  }),
  forged('a signature by RSA with SHA-1', 'dnssec.bad-algorithm', () => ({
    5: record({ fields: { algorithm: 5 } }),
  })),
  forged('a signature by an algorithm that keeps no secret', 'dnssec.bad-algorithm', () => ({
    5: record({ fields: { algorithm: 253 } }),
  })),
  forged('a signature of one algorithm under the number of another', 'dnssec.bad-signature', () => ({
    5: record({ fields: { algorithm: 15 } }),
  })),
  forged('a key that is not one of the zone’s', 'dnssec.bad-signature', () => {
    const zone = withRdata(acme.zone, (rdata) => (rdata[0] = 0));
    return { 4: keySet(acme, { rdatas: [acme.entry.dnskey, zone.dnskey] }), 5: record({ by: zone }) };
  }),
  forged('a record whose signature ended 400 days ago', 'dnssec.expired', () => ({
    5: record({ fields: { inception: HOLDS.inception - YEARISH, expiration: HOLDS.expiration - YEARISH } }),
  })),
  forged('a record whose signature begins in 400 days', 'dnssec.not-yet-valid', () => ({
    5: record({ fields: { inception: HOLDS.inception + YEARISH, expiration: HOLDS.expiration + YEARISH } }),
  })),
  forged('a delegation whose signature ended 400 days ago', 'dnssec.expired', () => ({
    3: dsSet(acme, tld, { fields: { expiration: HOLDS.expiration - YEARISH } }),
  })),
  forged('root keys whose signature begins in 400 days', 'dnssec.not-yet-valid', () => ({
    0: keySet(root, { fields: { inception: HOLDS.inception + YEARISH } }),
  })),
  forged('a signature that ends before it begins', 'dnssec.expired', () => ({
    5: record({ fields: { inception: AT - 10, expiration: AT - 20 } }),
  })),
  forged('a signature’s end moved, its bytes as before', 'dnssec.bad-signature', () => {
    const set = record({ fields: { expiration: AT - 1 } });
    const late = encodeRrsig({ ...parseRrsig(set.rrsigs[0]!)!, expiration: AT + YEARISH });
    return { 5: { ...set, rrsigs: [late] } };
  }),
];

const SHAPED: readonly Attack<undefined>[] = [
  {
    attack: 'a sound proof under another anchor',
    code: 'dnssec.no-anchor',
    attempt: () => prove(encodeProof(sound()), 'acme.test', new Chain().anchors),
  },
  {
    attack: 'a sound proof without any anchor',
    code: 'dnssec.no-anchor',
    attempt: () => prove(encodeProof(sound()), 'acme.test', []),
  },
  {
    attack: 'a sound proof of another domain',
    code: 'dnssec.wrong-name',
    attempt: () => prove(encodeProof(sound()), 'evil.test'),
  },
  {
    attack: 'a sound proof of the domain above',
    code: 'dnssec.wrong-name',
    attempt: () => prove(encodeProof(sound()), 'sub.acme.test'),
  },
  shown('a proof that is cut after each link but the last', 'dnssec.incomplete', () => sound().slice(0, 5)),
  shown('a proof without its root', 'dnssec.incomplete', () => sound().slice(1)),
  shown('a proof that jumps over a zone', 'dnssec.incomplete', () => sound().toSpliced(1, 2)),
  shown('a proof in reverse', 'dnssec.incomplete', () => sound().reverse()),
  shown('a proof with delegation and keys exchanged', 'dnssec.malformed', () => {
    const [a, ds, keys, ...rest] = sound();
    return [a!, keys!, ds!, ...rest];
  }),
  shown('a proof that goes on after its record', 'dnssec.malformed', () => [...sound(), record()]),
  shown('a proof that turns back to the zone above', 'dnssec.wrong-name', () => [
    ...sound().slice(0, 5),
    dsSet(tld, acme),
    keySet(tld),
    record(),
  ]),
  shown('a proof that runs in a circle', 'dnssec.wrong-name', () => [
    ...sound().slice(0, 3),
    ...sound().slice(1, 3),
    ...sound().slice(3),
  ]),
  {
    attack: 'a proof of 8,193 bytes',
    code: 'encoding.too-large',
    attempt: () => prove(new Uint8Array(8_193)),
  },
  {
    attack: 'a proof cut in the midst of a signature',
    code: 'encoding.malformed',
    attempt: () => prove(encodeProof(sound()).subarray(0, -40)),
  },
  {
    attack: 'a proof of a version to come',
    code: 'encoding.unknown-version',
    attempt: () => prove(encodeCbor({ v: 2, sets: [] })),
  },
  shown('names in upper case, which are signed otherwise', 'encoding.malformed', () =>
    sound().with(5, { ...record(), name: '_Chancery.acme.test' }),
  ),
];

const COSTLY: readonly Attack<undefined>[] = [
  forged('KeyTrap: three keys that share a tag', 'dnssec.too-many-records', () => ({
    4: keySet(acme, { rdatas: [acme.entry.dnskey, acme.zone.dnskey, twin(6), twin(8)] }),
  })),
  forged(
    'KeyTrap: two keys that share a tag, and ten wrong signatures by it',
    'dnssec.too-many-records',
    () => {
      const wrong = { ...record(), rdatas: [encodeTxt('x')] };
      return {
        4: keySet(acme, { rdatas: [acme.entry.dnskey, acme.zone.dnskey, twin(6)] }),
        5: { ...wrong, rrsigs: Array<Uint8Array>(10).fill(wrong.rrsigs[0]!) },
      };
    },
  ),
  forged('seventeen signatures', 'dnssec.too-many-records', () => ({
    5: { ...record(), rrsigs: Array<Uint8Array>(12).fill(record().rrsigs[0]!) },
  })),
  forged('sixty-five records', 'dnssec.too-many-records', () =>
    texts(...Array.from({ length: 64 }, (_, i) => `${i}`)),
  ),
  forged('twenty delegations that differ in their digest alone', 'dnssec.too-many-records', () => {
    const ds = dsOf('acme.test', acme.entry.dnskey);
    return { 3: dsSet(acme, tld, { rdatas: Array.from({ length: 20 }, (_, i) => ds.with(-1, i)) }) };
  }),
  forged('an RSA key with an exponent that takes minutes', 'dnssec.bad-signature', () => {
    const bytes = [1, 0, 3, 8, 200, ...Array<number>(200).fill(0xff), ...Array<number>(256).fill(0xff)];
    const zone = { ...acme.zone, algorithm: 8, dnskey: Uint8Array.from(bytes) };
    return { 4: keySet(acme, { rdatas: [acme.entry.dnskey, zone.dnskey] }), 5: record({ by: zone }) };
  }),
];

const RECORDS: readonly Attack<undefined>[] = [
  forged('two current records, to be chosen from', 'dns.bad-record', () =>
    texts(RECORD, formatRecord({ id: 'B'.repeat(43), sequence: 8, state: 'current' })),
  ),
  forged('only a next record: the takeover before its time', 'dns.no-record', () =>
    texts(formatRecord({ id: ID, sequence: 8, state: 'next' })),
  ),
  forged('a record with a field of its own', 'dns.bad-record', () => texts(`${RECORD}; lvl=dnssec`)),
  forged('a record of another kind of key', 'dns.bad-record', () => texts(RECORD.replace('ed25519', 'rsa'))),
  forged('a record with a seq beyond any number', 'dns.bad-record', () =>
    texts(RECORD.replace('seq=7', `seq=${'9'.repeat(20)}`)),
  ),
  forged('a record with a negative seq', 'dns.bad-record', () => texts(RECORD.replace('seq=7', 'seq=-7'))),
  forged('no record of ours among others', 'dns.no-record', () => texts('v=spf1 -all')),
  forged('a record of no strings at all', 'dnssec.malformed', () => ({
    5: record({ rdatas: [new Uint8Array(0)] }),
  })),
];

attacks('a proof that is forged', FORGED);
attacks('a proof of the wrong shape', SHAPED);
attacks('a proof that is made to cost', COSTLY);
attacks('records that are signed, and wrong', RECORDS);
