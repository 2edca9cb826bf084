/** Two organisations that witness each other's logs: at rest, in growth, set back, and forked. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sodiumSuite } from '../../node/crypto/index.ts';
import {
  openCheckpoint,
  openCosignatures,
  originHash,
  witnessName,
} from '../../protocol/checkpoint/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { hashLeaf, tilePath } from '../../protocol/merkle/index.ts';
import { freePort } from '../../scripts/processes/index.ts';
import { TestDevice } from '../support/test-device.ts';
import { copyArchive, putBackArchive } from '../support/archive-copy.ts';
import { WitnessClient } from '../support/witness-client.ts';
import { federate, startDns, startTestNode, type TestDns, type TestNode } from '../support/test-node.ts';
import { until } from '../support/until.ts';

const { sha256 } = sodiumSuite;

let dns: TestDns;
let acme: TestNode;
let partner: TestNode;

before(async () => {
  dns = await startDns('acme.test', 'partner.test');
  // each is found again where it was, after a start
  const listen = async (): Promise<string[]> => [`/ip4/127.0.0.1/tcp/${await freePort()}`];
  acme = await startTestNode(dns, 'acme.test', { listen: await listen() });
  partner = await startTestNode(dns, 'partner.test', { listen: await listen() });
  await federate(acme, partner);
});

after(async () => {
  await acme.stop();
  await partner.stop();
  await dns.server.stop();
});

const keyOf = ({ node }: TestNode): Uint8Array => node.organisation.statementSigner.publicKey;
const sizeOf = (node: TestNode): number => node.node.organisation.log.size;
const cosignedBy = (node: TestNode, by: TestNode): number | undefined =>
  node.node.organisation.witnessing.cosignatures.byPartner(by.settings.domain)?.size;

/** The other organisation of the two. */
const otherThan = (node: TestNode): TestNode => (node.settings.domain === 'acme.test' ? partner : acme);

/** Whatever brings it, a round of ours or one of the node's own: all that has been appended so far is cosigned. */
async function cosign(node: TestNode): Promise<void> {
  const size = sizeOf(node);
  await until(`the cosignature of ${otherThan(node).settings.domain}`, async () => {
    if ((cosignedBy(node, otherThan(node)) ?? 0) >= size) return true;
    await round(node);
    return false;
  });
}

/** One more entry that means something. */
async function grow(node: TestNode): Promise<void> {
  await node.node.organisation.ledger.administer('operator', 'test', 'growth');
}

async function backlogOf({ operations }: TestNode): Promise<number> {
  return (await operations['partner.show']({ domain: 'partner.test' })).partner.backlog;
}

async function round(node: TestNode): Promise<string | undefined> {
  return [...(await node.node.submitter.round()).values()][0];
}

test('each organisation cosigns the other’s log, and gives out a checkpoint that both signed', async () => {
  await grow(acme);
  const size = sizeOf(acme);
  await cosign(acme);
  await cosign(partner);
  const { note, cosignatures } = await acme.node.organisation.witnessing.tree.checkpoint();
  const checkpoint = valueOf(openCheckpoint(note, 'acme.test/chancery', keyOf(acme), sodiumSuite));
  assert.ok(checkpoint.size >= size);
  assert.deepEqual(checkpoint.root, acme.node.organisation.log.rootAt(checkpoint.size));
  const key = { name: witnessName('partner.test'), publicKey: keyOf(partner) };
  assert.equal(valueOf(openCosignatures(note, [key], sodiumSuite)).length, 1);
  assert.deepEqual(
    cosignatures.map(({ domain }) => domain),
    ['partner.test'],
  );
});

test('two idle organisations come to rest', async () => {
  for (let at = 0; at < 3; at += 1) {
    await round(acme);
    await round(partner);
  }
  const sizes = [sizeOf(acme), sizeOf(partner)];
  for (let at = 0; at < 3; at += 1) {
    assert.equal(await round(acme), undefined);
    assert.equal(await round(partner), undefined);
  }
  assert.deepEqual([sizeOf(acme), sizeOf(partner)], sizes);
});

test('growth is submitted by itself', async () => {
  await grow(acme);
  const size = sizeOf(acme);
  const { log } = acme.node.organisation;
  await new Promise<void>((resolve) => {
    const stop = log.onCommit(() => {
      if ((cosignedBy(acme, partner) ?? 0) < size) return;
      stop();
      resolve();
    });
  });
});

test('a partner reads tiles and checkpoints, no entries, and nothing about other logs', async () => {
  const client = await WitnessClient.connect(acme, partner);
  const checkpoint = await client.get('checkpoint');
  assert.equal(checkpoint.status, 200);
  const { size } = valueOf(openCheckpoint(checkpoint.text, 'acme.test/chancery', keyOf(acme), sodiumSuite));
  const { log } = acme.node.organisation;
  const tile = await client.get(tilePath({ level: 0, index: 0, width: size }));
  assert.equal(tile.status, 200);
  assert.deepEqual(tile.body.slice(-32), hashLeaf(sha256, log.entryBytes(size - 1)!));
  const own = await client.get(`${originHash(sha256, 'partner.test/chancery')}/checkpoint`);
  assert.equal(own.status, 200);
  assert.ok(openCheckpoint(own.text, 'partner.test/chancery', keyOf(partner), sodiumSuite).ok);
  for (const [path, status] of [
    [tilePath({ level: null, index: 0, width: size }), 403],
    [tilePath({ level: 0, index: 9, width: 256 }), 404],
    [`${originHash(sha256, 'acme.test/chancery')}/checkpoint`, 404],
    ['../keys', 404],
    ['', 404],
  ] as const)
    assert.equal((await client.get(path)).status, status, path);
  await client.stop();
});

test('a frame that is no request ends the stream with its code', async () => {
  const client = await WitnessClient.connect(acme, partner);
  assert.equal(await client.refusal({ type: 'sign-subtree', body: '' }), 'encoding.malformed');
  await client.stop();
});

test('a partner that claims to know more of a log, without that log’s signature, stops nothing', async () => {
  const { ownLog } = acme.node.organisation.witnessing;
  const { statementSigner } = partner.node.organisation;
  const forged = await WitnessClient.forgedCheckpoint('acme.test', 10 ** 6, statementSigner);
  assert.equal(await ownLog.confront('partner.test', forged), 'unproven');
  assert.equal(acme.node.organisation.log.stopped, undefined);
});

test('a node started on an older copy of its archive appends nothing, says what is wrong, and goes on once restored', async () => {
  await acme.node.stop();
  const older = await copyArchive(acme, 'older');
  acme = await acme.restart();
  await grow(acme);
  await cosign(acme);
  const cosigned = cosignedBy(acme, partner)!;
  await acme.node.stop();
  const newer = await copyArchive(acme, 'newer');

  await putBackArchive(acme, older);
  acme = await acme.restart();
  const { log } = acme.node.organisation;
  const size = log.size;
  assert.ok(size < cosigned);
  assert.equal(log.stopped?.code, 'archive.rolled-back');
  assert.match(
    log.stopped.message,
    new RegExp(`${size} entries, but partner.test holds its checkpoint of ${cosigned}`),
  );
  await assert.rejects(grow(acme), { code: 'archive.rolled-back' });
  await assert.rejects(acme.node.organisation.checkpoint(), { code: 'archive.rolled-back' });
  assert.equal(await round(acme), undefined);
  const { alarms } = await acme.operations.status({});
  assert.deepEqual(
    alarms.map(({ code }) => code),
    ['archive.rolled-back'],
  );
  const { checks } = await acme.operations['doctor.node']({});
  const [archive, ...others] = checks.filter(({ name }) => name === 'archive');
  assert.deepEqual([archive?.state, archive?.message, others], ['failed', log.stopped.message, []]);
  const verified = await acme.operations['archive.verify']({});
  assert.deepEqual([verified.faults, verified.checkpoint], [[], null]);
  const { entries } = await acme.operations['archive.list']({ limit: 1 });
  assert.equal(entries[0]?.sequence, size - 1, 'it is still read');
  assert.equal(log.size, size);

  await partner.node.stop(); // it stays stopped, whoever is away
  acme = await acme.restart();
  assert.equal(acme.node.organisation.log.stopped?.code, 'archive.rolled-back');
  assert.equal(sizeOf(acme), size);
  partner = await partner.restart();

  await acme.node.stop();
  await putBackArchive(acme, newer);
  acme = await acme.restart();
  assert.equal(acme.node.organisation.log.stopped, undefined);
  await grow(acme);
  await cosign(acme);
  acme = await acme.restart();
  assert.equal(acme.node.organisation.log.stopped, undefined);
});

test('what a partner was shown with a message, and has not yet cosigned, cannot be taken back either', async () => {
  await round(acme);
  const alice = await TestDevice.enrol(acme, 'alice@acme.test', 'Alice');
  await TestDevice.enrol(partner, 'bob@partner.test', 'Bob').then((bob) => bob.stop());
  const conversation = await alice.create('bob@partner.test');
  await alice.stop();
  await acme.node.stop();
  const older = await copyArchive(acme, 'unsaid');
  acme = await acme.restart();
  await acme.node.submitter.stop();
  const again = await TestDevice.connect(acme, alice.key, alice.address, alice.bundle);
  await again.say(conversation, 'said before the archive was set back');
  await until(
    'the receipt',
    () =>
      acme.node.links.state('partner.test')?.connected === true &&
      backlogOf(acme).then((backlog) => backlog === 0),
  );
  await again.stop();
  assert.ok(sizeOf(acme) > (cosignedBy(acme, partner) ?? 0), 'not yet cosigned');
  await acme.node.stop();
  const newer = await copyArchive(acme, 'said');
  await putBackArchive(acme, older);
  acme = await acme.restart();
  assert.equal(acme.node.organisation.log.stopped?.code, 'archive.rolled-back');
  await acme.node.stop();
  await putBackArchive(acme, newer);
  acme = await acme.restart();
  assert.equal(acme.node.organisation.log.stopped, undefined);
});

test('a node that forked its log while its partner was away is stopped, and the partner has the evidence', async () => {
  await round(acme);
  await acme.node.stop();
  const older = await copyArchive(acme, 'before');
  acme = await acme.restart();
  for (let at = 0; at < 3; at += 1) await grow(acme);
  await cosign(acme);
  const cosigned = cosignedBy(acme, partner)!;

  await acme.node.stop();
  await partner.node.stop();
  await putBackArchive(acme, older);
  acme = await acme.restart(); // nobody is there to tell it
  assert.equal(acme.node.organisation.log.stopped, undefined);
  while (sizeOf(acme) <= cosigned) await grow(acme);
  partner = await partner.restart();
  acme.node.submitter.returned();
  const outcome = await round(acme);
  assert.ok(outcome === 'stopped' || outcome === 'late' || outcome === undefined, outcome);
  const { log } = acme.node.organisation;
  assert.equal(log.stopped?.code, 'archive.forked');
  await assert.rejects(grow(acme), { code: 'archive.forked' });
  const evidence = await partner.node.organisation.witnessing.evidence.all();
  const [{ evidence: kept } = assert.fail('no evidence')] = evidence;
  assert.deepEqual([kept.domain, kept.kind, kept.first.size], ['acme.test', 'unproven', cosigned]);
  for (const { note, chain } of [kept.first, kept.second]) {
    assert.ok(openCheckpoint(note, 'acme.test/chancery', keyOf(acme), sodiumSuite).ok);
    assert.equal(chain.length, 3);
  }
  assert.deepEqual((await partner.operations['archive.verify']({})).faults, []);
});
