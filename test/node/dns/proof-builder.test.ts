import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { buildDnssecProof, createDnsClient, lookupTxt, type DnsClient } from '../../../node/dns/index.ts';
import { ALGORITHM, MAX_PROOF_BYTES, verifyDnssecProof } from '../../../protocol/dnssec/index.ts';
import { DnsTree, type NameServer } from '../../../scripts/dns/index.ts';
import { AT, dnssecCrypto } from '../../support/dnssec-chain.ts';

const tree = new DnsTree({
  zones: [
    'test',
    'acme.test',
    'direct.co.test',
    { name: 'rsa.test', algorithm: ALGORITHM.RSASHA256 },
    { name: 'open.test', signed: false },
  ],
  now: () => AT,
});
let server: NameServer;
let client: DnsClient;

before(async () => {
  server = await tree.serve();
  client = createDnsClient({ servers: [server.address] });
});
after(() => server.stop());

/** The proven texts, or the code with which fetching or verifying ends. */
async function proven(name: string, at = AT): Promise<readonly string[] | string> {
  const proof = await buildDnssecProof(name, client);
  if (!proof.ok) return proof.refusal.code;
  assert.ok(proof.value.length <= MAX_PROOF_BYTES);
  const result = await verifyDnssecProof(proof.value, name, at, tree.anchors, dnssecCrypto);
  return result.ok ? result.value.txt : result.refusal.code;
}

async function looked(name: string): Promise<readonly string[] | string> {
  const result = await lookupTxt(name, client);
  return result.ok ? result.value : result.refusal.code;
}

describe('a proof fetched from name servers', () => {
  test('verifies, whatever the zone cuts', async () => {
    for (const name of [
      '_chancery.acme.test',
      '_chancery.no.cut.acme.test',
      '_chancery.direct.co.test',
      'top',
      'acme.test',
    ]) {
      tree.setTxt(name, [`at ${name}`]);
      assert.deepEqual(await proven(name), [`at ${name}`]);
    }
  });

  test('is asked for by a name in any case', async () => {
    tree.setTxt('_chancery.acme.test', ['text']);
    assert.deepEqual(await proven('_Chancery.Acme.TEST.'), ['text']);
  });

  test('comes over TCP when it does not fit a datagram', async () => {
    tree.setTxt('_chancery.rsa.test', ['x'.repeat(3000)]);
    assert.deepEqual(await proven('_chancery.rsa.test'), ['x'.repeat(3000)]);
    assert.deepEqual(await looked('_chancery.rsa.test'), ['x'.repeat(3000)]);
  });

  test('follows a change of the records', async () => {
    tree.setTxt('change.acme.test', ['one']);
    assert.deepEqual(await proven('change.acme.test'), ['one']);
    tree.setTxt('change.acme.test', ['one', 'two']);
    assert.deepEqual(await proven('change.acme.test'), ['one', 'two']);
    tree.setTxt('change.acme.test', []);
    assert.equal(await proven('change.acme.test'), 'dns.no-record');
  });

  test('is fetched but does not verify when the zone is wrong', async () => {
    tree.setTxt('expired.acme.test', ['x'], 'expired');
    tree.setTxt('future.acme.test', ['x'], 'not-yet-valid');
    tree.setTxt('tampered.acme.test', ['x'], 'tampered');
    assert.equal(await proven('expired.acme.test'), 'dnssec.expired');
    assert.equal(await proven('future.acme.test'), 'dnssec.not-yet-valid');
    assert.equal(await proven('tampered.acme.test'), 'dnssec.bad-signature');
    tree.setTxt('_chancery.acme.test', ['text']);
    assert.equal(await proven('_chancery.acme.test', AT + 30 * 86_400), 'dnssec.expired');
  });
});

describe('fetching a proof ends early', () => {
  test('where nothing is signed, and a plain look-up still works', async () => {
    tree.setTxt('_chancery.open.test', ['plain']);
    assert.equal(await proven('_chancery.open.test'), 'dnssec.unsigned');
    assert.deepEqual(await looked('_chancery.open.test'), ['plain']);
    tree.setTxt('bare.acme.test', ['plain'], 'unsigned');
    assert.equal(await proven('bare.acme.test'), 'dnssec.unsigned');
  });

  test('at an alias, which a plain look-up does not follow either', async () => {
    tree.setTxt('_chancery.acme.test', ['text']);
    tree.setCname('alias.acme.test', '_chancery.acme.test');
    assert.equal(await proven('alias.acme.test'), 'dnssec.alias');
    assert.equal(await looked('alias.acme.test'), 'dnssec.alias');
  });

  test('at a wildcard', async () => {
    tree.setTxt('wild.acme.test', ['x'], 'wildcard');
    assert.equal(await proven('wild.acme.test'), 'dnssec.wildcard');
  });

  test('where there is no record, or no usable name', async () => {
    for (const name of ['nothing.acme.test', 'acme.nowhere', 'co.test']) {
      assert.equal(await proven(name), 'dns.no-record');
      assert.equal(await looked(name), 'dns.no-record');
    }
    assert.equal(await proven('no name'), 'name.bad-domain');
    assert.equal(await looked('no name'), 'name.bad-domain');
  });

  test('when the proof would be larger than anyone accepts', async () => {
    tree.setTxt('huge.acme.test', ['x'.repeat(8000)]);
    assert.equal(await proven('huge.acme.test'), 'encoding.too-large');
  });
});
