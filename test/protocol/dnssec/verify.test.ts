import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  ALGORITHM,
  DIGEST,
  encodeProof,
  encodeTxt,
  TYPE,
  verifyDnssecProof,
  type DnssecCrypto,
  type ProvenTxt,
  type Rrset,
  type TrustAnchor,
} from '../../../protocol/dnssec/index.ts';
import { encodeCbor } from '../../../protocol/encoding/index.ts';
import type { Result } from '../../../protocol/errors/index.ts';
import { dsOf, signRrset } from '../../../scripts/dns/index.ts';
import {
  anchorOf,
  AT,
  Chain,
  dnssecCrypto,
  dsSet,
  HOLDS,
  keySet,
  NAME,
  signed,
  testZone,
  TEXT,
  txtSet,
  withRdata,
} from '../../support/dnssec-chain.ts';

const chain = new Chain();
const { root, test: parent, acme } = chain;

interface Asked {
  readonly name?: string;
  readonly at?: number;
  readonly anchors?: readonly TrustAnchor[];
  readonly crypto?: DnssecCrypto;
}

function check(proof: Uint8Array, asked: Asked = {}): Promise<Result<ProvenTxt>> {
  const { name = NAME, at = AT, anchors = chain.anchors, crypto = dnssecCrypto } = asked;
  return verifyDnssecProof(proof, name, at, anchors, crypto);
}

async function accepted(proof: Uint8Array, asked: Asked = {}): Promise<ProvenTxt> {
  const result = await check(proof, asked);
  if (!result.ok) assert.fail(`${result.refusal.code}: ${result.refusal.message}`);
  return result.value;
}

async function refused(code: string, proof: Uint8Array, asked: Asked = {}): Promise<void> {
  const result = await check(proof, asked);
  assert.equal(result.ok ? 'accepted' : result.refusal.code, code);
}

describe('a sound proof', () => {
  test('proves the TXT records, and says through which zones', async () => {
    const proven = await accepted(chain.proof());
    assert.deepEqual(proven.txt, [TEXT]);
    assert.equal(proven.name, NAME);
    assert.deepEqual(
      proven.zones.map(({ zone }) => zone),
      ['.', 'test', 'acme.test'],
    );
    assert.equal(proven.zones[0]!.keyTag, chain.anchors[0]!.keyTag);
    assert.ok(chain.proof().length < 2200);
  });

  for (const [name, algorithm] of Object.entries(ALGORITHM)) {
    test(`may use ${name}`, async () => {
      const other = new Chain(algorithm);
      await accepted(other.proof(), { anchors: other.anchors });
    });
  }

  test('may skip labels that are no zone cut', async () => {
    const name = '_chancery.a.b.co.test';
    const sets = [keySet(root), dsSet(parent, root), keySet(parent), txtSet(parent, {}, name)];
    assert.deepEqual((await accepted(encodeProof(sets), { name })).txt, [TEXT]);
  });

  test('may end in a zone whose top is the name itself', async () => {
    const sets = [keySet(root), dsSet(acme, root), keySet(acme), txtSet(acme, {}, acme.name)];
    await accepted(encodeProof(sets), { name: acme.name });
  });

  test('is found by a name in any case, with a trailing dot', async () => {
    await accepted(chain.proof(), { name: '_Chancery.ACME.test.' });
  });

  test('joins the strings of a long record and keeps several records apart', async () => {
    const texts = ['a'.repeat(700), 'b'];
    const proven = await accepted(chain.proof({ 5: txtSet(acme, { rdatas: texts.map(encodeTxt) }) }));
    assert.deepEqual(new Set(proven.txt), new Set(texts));
  });

  test('holds as long as every signature and the anchor do', async () => {
    const proof = chain.proof({
      1: dsSet(parent, root, { fields: { expiration: AT + 50 } }),
      4: keySet(acme, { fields: { inception: AT - 20 } }),
    });
    assert.deepEqual((await accepted(proof)).window, { from: AT - 20, until: AT + 50 });
    const anchors = [{ ...anchorOf(root), validFrom: AT - 10, validUntil: AT + 40 }];
    assert.deepEqual((await accepted(proof, { anchors })).window, { from: AT - 10, until: AT + 40 });
    await accepted(proof, { at: AT + 50 });
    await refused('dnssec.expired', proof, { at: AT + 51 });
    await accepted(proof, { at: AT - 20 });
    await refused('dnssec.not-yet-valid', proof, { at: AT - 21 });
  });

  test('holds across the wrap of 32 bit times in 2106', async () => {
    const at = 2 ** 32 + 10;
    const fields = { inception: at - 100, expiration: at + 100 };
    const sets = [keySet(root, { fields }), txtSet(root, { fields })];
    assert.deepEqual((await accepted(encodeProof(sets), { at })).window, { from: at - 100, until: at + 100 });
    const early = { at: 2 ** 32 - 50 };
    assert.deepEqual((await accepted(encodeProof(sets), early)).window, { from: at - 100, until: at + 100 });
  });

  test('may carry a SHA-1 digest, a revoked key or a bad signature beside what it rests on', async () => {
    const sha1 = dsOf(acme.name, acme.entry.dnskey).with(3, 1).subarray(0, 24);
    const revoked = withRdata(testZone('x').entry, (rdata) => (rdata[1]! |= 0x80));
    const txt = txtSet(acme);
    const foreign = txtSet(acme, { by: testZone('x').zone });
    const proof = chain.proof({
      3: dsSet(acme, parent, { rdatas: [sha1, dsOf(acme.name, acme.entry.dnskey)] }),
      4: keySet(acme, { rdatas: [acme.entry.dnskey, acme.zone.dnskey, revoked.dnskey] }),
      5: { ...txt, rrsigs: [...foreign.rrsigs, ...txt.rrsigs] },
    });
    await accepted(proof);
  });

  test('may name keys by SHA-384', async () => {
    await accepted(
      chain.proof({
        3: dsSet(acme, parent, { rdatas: [dsOf(acme.name, acme.entry.dnskey, DIGEST.SHA384)] }),
      }),
    );
  });
});

describe('trust anchors', () => {
  test('must be there, match, and be in their own time', async () => {
    const anchor = anchorOf(root);
    await refused('dnssec.no-anchor', chain.proof(), { anchors: [] });
    await refused('dnssec.no-anchor', chain.proof(), { anchors: [anchorOf(testZone('.'))] });
    await refused('dnssec.no-anchor', chain.proof(), {
      anchors: [{ ...anchor, digest: new Uint8Array(32) }],
    });
    await refused('dnssec.no-anchor', chain.proof(), { anchors: [{ ...anchor, validUntil: AT - 1 }] });
    await refused('dnssec.no-anchor', chain.proof(), { anchors: [{ ...anchor, validFrom: AT + 1 }] });
    await accepted(chain.proof(), { anchors: [anchorOf(testZone('.')), anchor] });
  });
});

describe('a forged or broken chain', () => {
  test('with changed records is refused', async () => {
    const other = dsOf(acme.name, testZone(acme.name).entry.dnskey);
    await refused(
      'dnssec.bad-signature',
      chain.proof({ 5: { ...txtSet(acme), rdatas: [encodeTxt('else')] } }),
    );
    await refused('dnssec.bad-signature', chain.proof({ 3: { ...dsSet(acme, parent), rdatas: [other] } }));
    const added = [encodeTxt('a'), encodeTxt(TEXT)];
    await refused('dnssec.bad-signature', chain.proof({ 5: { ...txtSet(acme), rdatas: added } }));
  });

  test('signed by a key that is not the zone’s is refused', async () => {
    const stranger = testZone('acme.test');
    await refused('dnssec.bad-signature', chain.proof({ 5: txtSet(acme, { by: stranger.zone }) }));
    await refused('dnssec.bad-signature', chain.proof({ 4: keySet(stranger), 5: txtSet(stranger) }));
    // the zone's other key may sign records, but does not open the zone
    await refused('dnssec.bad-signature', chain.proof({ 4: keySet(acme, { by: acme.zone }) }));
    await refused('dnssec.bad-signature', chain.proof({ 0: keySet(root, { by: root.zone }) }));
  });

  test('signed in the name of another zone is refused', async () => {
    const sibling = testZone('evil.test');
    await refused(
      'dnssec.wrong-name',
      chain.proof({ 5: txtSet(acme, { fields: { signer: sibling.name } }) }),
    );
    await refused('dnssec.wrong-name', chain.proof({ 5: txtSet(acme, { fields: { signer: parent.name } }) }));
    const sets = [...chain.sets().slice(0, 3), dsSet(sibling, parent), keySet(sibling), txtSet(sibling)];
    await refused('dnssec.wrong-name', encodeProof(sets));
  });

  test('about another name is refused', async () => {
    await refused('dnssec.wrong-name', chain.proof(), { name: '_chancery.other.test' });
    await refused('dnssec.wrong-name', chain.proof(), { name: `sub.${NAME}` });
    await refused('dnssec.wrong-name', chain.proof({ 5: txtSet(acme, {}, 'other.acme.test') }));
    await refused('name.bad-domain', chain.proof(), { name: 'not a name' });
  });

  test('without a signature is refused', async () => {
    await refused('dnssec.unsigned', chain.proof({ 5: { ...txtSet(acme), rrsigs: [] } }));
    await refused('dnssec.unsigned', chain.proof({ 3: { ...dsSet(acme, parent), rrsigs: [] } }));
    await refused('dnssec.unsigned', chain.proof({ 0: { ...keySet(root), rrsigs: [] } }));
  });

  test('out of its time is refused', async () => {
    for (const i of [0, 1, 2, 3, 4, 5]) {
      const set = (fields: object): Rrset => timed(i, fields);
      await refused('dnssec.expired', chain.proof({ [i]: set({ expiration: AT - 1 }) }));
      await refused('dnssec.not-yet-valid', chain.proof({ [i]: set({ inception: AT + 1 }) }));
    }
  });

  test('expanded from a wildcard is refused', async () => {
    const rrset = { name: '*.acme.test', type: TYPE.TXT, rdatas: [encodeTxt(TEXT)] };
    const rrsigs = [signRrset(rrset, acme.name, acme.zone, HOLDS)];
    await refused('dnssec.wildcard', chain.proof({ 5: { ...rrset, name: NAME, rrsigs } }));
  });

  test('that leads through an alias is refused', async () => {
    for (const type of [TYPE.CNAME, TYPE.DNAME]) {
      await refused('dnssec.alias', chain.proof({ 5: signed(NAME, type, [Uint8Array.of(0)], acme) }));
    }
  });

  test('that lacks a link is refused', async () => {
    const sets = chain.sets();
    for (const length of [0, 1, 2, 3, 4, 5]) {
      await refused('dnssec.incomplete', encodeProof(sets.slice(0, length)));
    }
    await refused('dnssec.incomplete', encodeProof(sets.slice(1)));
    await refused('dnssec.incomplete', encodeProof([...sets.slice(0, 3), ...sets.slice(5)]));
    await refused('dnssec.incomplete', encodeProof(sets.toSpliced(4, 1)));
  });

  test('that goes on, turns back or holds other records is refused', async () => {
    const sets = chain.sets();
    await refused('dnssec.malformed', encodeProof([...sets, txtSet(acme)]));
    await refused(
      'dnssec.malformed',
      chain.proof({ 5: signed(NAME, 1, [Uint8Array.of(127, 0, 0, 1)], acme) }),
    );
    await refused('dnssec.wrong-name', encodeProof([...sets.slice(0, 5), dsSet(parent, acme)]));
    await refused('dnssec.wrong-name', encodeProof([...sets.slice(0, 5), dsSet(acme, acme)]));
  });

  test('with records cut short is refused', async () => {
    await refused(
      'dnssec.malformed',
      chain.proof({ 3: dsSet(acme, parent, { rdatas: [Uint8Array.of(1, 2, 3)] }) }),
    );
    const key = [acme.entry.dnskey, acme.zone.dnskey, Uint8Array.of(1, 0, 3)];
    await refused('dnssec.malformed', chain.proof({ 4: keySet(acme, { rdatas: key }) }));
    await refused('dnssec.malformed', chain.proof({ 5: txtSet(acme, { rdatas: [Uint8Array.of(9, 65)] }) }));
    await refused('dnssec.malformed', chain.proof({ 5: txtSet(acme, { rdatas: [new Uint8Array(0)] }) }));
    const txt = txtSet(acme);
    for (const rrsigs of [[new Uint8Array(0)], [txt.rrsigs[0]!.subarray(0, 25)]]) {
      await refused('dnssec.malformed', chain.proof({ 5: { ...txt, rrsigs } }));
    }
  });

  test('with a signature about other records is refused', async () => {
    const rrsigs = dsSet(acme, parent).rrsigs;
    await refused('dnssec.malformed', chain.proof({ 5: { ...txtSet(acme), rrsigs } }));
    await refused('dnssec.malformed', chain.proof({ 5: txtSet(acme, { fields: { labels: 4 } }) }));
  });

  test('with a signer’s name that is not canonical is refused', async () => {
    const txt = txtSet(acme);
    const upper = Uint8Array.from(txt.rrsigs[0]!);
    upper[19] = upper[19]! ^ 0x20;
    await refused('dnssec.malformed', chain.proof({ 5: { ...txt, rrsigs: [upper] } }));
  });
});

describe('keys and algorithms that do not count', () => {
  test('algorithms outside 8, 13, 14, 15 are refused', async () => {
    for (const algorithm of [1, 5, 7, 10, 16, 253]) {
      await refused('dnssec.bad-algorithm', chain.proof({ 5: txtSet(acme, { fields: { algorithm } }) }));
    }
    const old = withRdata(acme.entry, (rdata) => (rdata[3] = 5));
    await refused(
      'dnssec.bad-algorithm',
      chain.proof({ 3: dsSet(acme, parent, { rdatas: [dsOf(acme.name, old.dnskey)] }) }),
    );
  });

  test('a delegation by SHA-1 alone is refused', async () => {
    const sha1 = dsOf(acme.name, acme.entry.dnskey).with(3, 1).subarray(0, 24);
    await refused('dnssec.bad-algorithm', chain.proof({ 3: dsSet(acme, parent, { rdatas: [sha1] }) }));
  });

  test('a revoked key neither opens a zone nor signs in it', async () => {
    const entry = withRdata(acme.entry, (rdata) => (rdata[1]! |= 0x80));
    const rdatas = [entry.dnskey, acme.zone.dnskey];
    const ds = dsSet(acme, parent, { rdatas: [dsOf(acme.name, entry.dnskey)] });
    await refused('dnssec.revoked-key', chain.proof({ 3: ds, 4: keySet(acme, { rdatas, by: entry }) }));
    const zone = withRdata(acme.zone, (rdata) => (rdata[1]! |= 0x80));
    const keys = keySet(acme, { rdatas: [acme.entry.dnskey, zone.dnskey] });
    await refused('dnssec.revoked-key', chain.proof({ 4: keys, 5: txtSet(acme, { by: zone }) }));
  });

  test('a key without the zone flag, or of another protocol, does not count', async () => {
    for (const change of [(rdata: Uint8Array) => (rdata[0] = 0), (rdata: Uint8Array) => (rdata[2] = 2)]) {
      const zone = withRdata(acme.zone, change);
      const keys = keySet(acme, { rdatas: [acme.entry.dnskey, zone.dnskey] });
      await refused('dnssec.bad-signature', chain.proof({ 4: keys, 5: txtSet(acme, { by: zone }) }));
    }
  });

  test('bytes that are no key of their algorithm do not verify anything', async () => {
    for (const algorithm of Object.values(ALGORITHM)) {
      for (const length of [1, 3, 32, 64, 96, 140]) {
        const zone = {
          ...acme.zone,
          algorithm,
          dnskey: Uint8Array.from([1, 0, 3, algorithm, ...Array<number>(length).fill(3)]),
        };
        const keys = keySet(acme, { rdatas: [acme.entry.dnskey, zone.dnskey] });
        await refused('dnssec.bad-signature', chain.proof({ 4: keys, 5: txtSet(acme, { by: zone }) }));
      }
    }
  });
});

describe('limits', () => {
  test('more than 64 records or 16 signatures are refused', async () => {
    const rdatas = Array.from({ length: 64 }, (_, i) => encodeTxt(`${i}`));
    await refused('dnssec.too-many-records', chain.proof({ 5: txtSet(acme, { rdatas }) }));
    const txt = txtSet(acme);
    const rrsigs = Array<Uint8Array>(12).fill(txt.rrsigs[0]!);
    await refused('dnssec.too-many-records', chain.proof({ 5: { ...txt, rrsigs } }));
  });

  test('keys made to share a tag do not multiply the work', async () => {
    const twins = [6, 8].map((at) => withRdata(acme.zone, (rdata) => swapWords(rdata, at)));
    const bad = { ...txtSet(acme), rdatas: [encodeTxt('else')] };
    let checks = 0;
    const counting: DnssecCrypto = {
      digest: (...given) => dnssecCrypto.digest(...given),
      verify(...given) {
        checks += 1;
        return dnssecCrypto.verify(...given);
      },
    };
    const two = keySet(acme, { rdatas: [acme.entry.dnskey, acme.zone.dnskey, twins[0]!.dnskey] });
    await accepted(chain.proof({ 4: two }));
    const many = { ...bad, rrsigs: Array<Uint8Array>(10).fill(bad.rrsigs[0]!) };
    await refused('dnssec.too-many-records', chain.proof({ 4: two, 5: many }), { crypto: counting });
    assert.equal(checks, 16);
    const three = keySet(acme, {
      rdatas: [acme.entry.dnskey, acme.zone.dnskey, ...twins.map(({ dnskey }) => dnskey)],
    });
    await refused('dnssec.too-many-records', chain.proof({ 4: three }));
  });

  test('digests made to match by tag alone are not computed without end', async () => {
    const ds = dsOf(acme.name, acme.entry.dnskey);
    const rdatas = Array.from({ length: 20 }, (_, i) => ds.with(-1, i));
    await refused('dnssec.too-many-records', chain.proof({ 3: dsSet(acme, parent, { rdatas }) }));
  });
});

describe('bytes that are no proof', () => {
  test('are refused by their form', async () => {
    const proof = chain.proof();
    await refused('encoding.malformed', new Uint8Array(0));
    await refused('encoding.malformed', proof.subarray(0, -1));
    await refused('encoding.malformed', Buffer.concat([proof, Buffer.of(0)]));
    await refused('encoding.too-large', new Uint8Array(8193));
    await refused('encoding.unknown-version', encodeCbor({ v: 2, sets: [] }));
    await refused('encoding.malformed', encodeCbor({ v: 1, sets: [], more: true }));
  });

  test('are refused when names or records are not in canonical form', async () => {
    const txt = txtSet(acme);
    await refused('encoding.malformed', chain.proof({ 5: { ...txt, name: '_Chancery.acme.test' } }));
    await refused('encoding.malformed', chain.proof({ 5: { ...txt, name: `${NAME}.` } }));
    await refused('encoding.malformed', chain.proof({ 5: { ...txt, rdatas: [] } }));
    await refused(
      'encoding.malformed',
      chain.proof({ 5: { ...txt, rdatas: [...txt.rdatas, ...txt.rdatas] } }),
    );
    const unordered = [encodeTxt('bb'), encodeTxt('a')];
    await refused('encoding.malformed', chain.proof({ 5: { ...txt, rdatas: unordered } }));
  });
});

/** One of the chain's sets, by position, signed for another time. */
function timed(position: number, fields: object): Rrset {
  const sets = [
    keySet(root, { fields }),
    dsSet(parent, root, { fields }),
    keySet(parent, { fields }),
    dsSet(acme, parent, { fields }),
    keySet(acme, { fields }),
    txtSet(acme, { fields }),
  ];
  return sets[position]!;
}

/** Swaps two 16 bit words, which leaves a key tag as it is: the tag is their sum. */
function swapWords(rdata: Uint8Array, at: number): void {
  const words = rdata.slice(at, at + 4);
  rdata.set([words[2]!, words[3]!, words[0]!, words[1]!], at);
}
