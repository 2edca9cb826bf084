/** Archive nodes of one organisation: replicas follow, hold what counts, and take over. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Level } from 'level';
import { contentKey } from '../../node/archive/keys.ts';
import { freePort } from '../../scripts/processes/index.ts';
import { TestDevice } from '../support/test-device.ts';
import { startGateway } from '../support/test-gateway.ts';
import { TestReplica } from '../support/test-replica.ts';
import { federate, startDns, startTestNode, type TestDns, type TestNode } from '../support/test-node.ts';
import { until } from '../support/until.ts';
import { readFollowed, type GatewayNode } from '../../node/composition/index.ts';
import { sodiumSuite } from '../../node/crypto/index.ts';
import { decodeMessage } from '../../protocol/message/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { MAX_FRAME_BYTES, primaryFrameShape, readFrame, writeFrame } from '../../protocol/wire/index.ts';

let dns: TestDns;
let acme: TestNode;
let partner: TestNode;
let alice: TestDevice;
let bob: TestDevice;

before(async () => {
  dns = await startDns('acme.test', 'partner.test');
  const listen = [`/ip4/127.0.0.1/tcp/${await freePort()}`];
  acme = await startTestNode(dns, 'acme.test', { listen });
  partner = await startTestNode(dns, 'partner.test');
  await federate(acme, partner);
  alice = await TestDevice.enrol(acme, 'alice@acme.test', 'Alice');
  bob = await TestDevice.enrol(partner, 'bob@partner.test', 'Bob');
});

after(async () => {
  for (const each of [alice, bob, acme, partner]) await each.stop();
  await dns.server.stop();
});

function hex(bytes: Uint8Array | undefined): string | undefined {
  return bytes && Buffer.from(bytes).toString('hex');
}

/** What was said in a conversation, as a node's archive has it. */
async function textsAt({ node }: TestNode, conversation: Uint8Array): Promise<string[]> {
  const { messages } = node.organisation;
  const texts: string[] = [];
  for (const sequence of await messages.timeline(conversation, null, 100)) {
    const { content } = valueOf(
      decodeMessage(messages.rowOf(sequence, () => true).record.envelope, sodiumSuite),
    );
    if (content.kind === 'text') texts.push(content.text);
  }
  return texts;
}

function peerOf(replica: TestReplica): string {
  return replica.replica?.host.peerId ?? '';
}

async function caughtUp(replica: TestReplica): Promise<void> {
  const { log } = acme.node.organisation;
  await until('the replica has caught up', () => {
    const { size, root } = replica.replica?.ledger.log.head ?? { size: 0, root: undefined };
    return size > 0 && size === log.size && hex(root) === hex(log.head.root);
  });
}

test('a replica that joins while messages flow has the same log, is killed, and catches up', async (t) => {
  const id = await alice.create('bob@partner.test');
  await alice.say(id, 'before');
  const replica = await TestReplica.join(acme);
  t.after(async () => {
    await acme.operations['node.remove']({ peer: peerOf(replica), reason: 'a test is over' });
    await replica.remove();
  });
  await alice.say(id, 'during');
  await caughtUp(replica);
  await replica.stop();
  await alice.say(id, 'while it was away');
  await replica.start();
  await caughtUp(replica);
  assert.deepEqual((await replica.replica!.ledger.log.verify()).findings, []);
  // the replica says what it holds a moment after it holds it
  await until('the primary has heard it', () => {
    const [state] = acme.node.organisation.primary.replicas(acme.node.host.peerId);
    return state?.connected === true && state.size === replica.size;
  });
  const wanted = [0, replica.size - 1];
  const fetched = await acme.node.organisation.primary.fetch(wanted);
  for (const sequence of wanted) {
    const [record] = await acme.node.organisation.log.stored(sequence, 1);
    assert.deepEqual(hex(fetched.get(sequence)?.stored), hex(record?.stored));
  }
});

test('a replica whose copy was changed on its disk mends it from the primary', async (t) => {
  const id = await alice.create('bob@partner.test');
  for (const text of ['one', 'two', 'three']) await alice.say(id, text);
  const replica = await TestReplica.join(acme);
  t.after(async () => {
    await acme.operations['node.remove']({ peer: peerOf(replica), reason: 'a test is over' });
    await replica.remove();
  });
  await caughtUp(replica);
  const { log } = acme.node.organisation;
  const changed = log.size - 2;
  await replica.stop();
  const db = new Level<Uint8Array, Uint8Array>(replica.settings.archiveLocation, {
    keyEncoding: 'view',
    valueEncoding: 'view',
  });
  const stored = await db.get(contentKey(changed));
  stored[stored.length - 1]! ^= 1;
  await db.put(contentKey(changed), stored);
  await db.close();

  await replica.start();
  const own = replica.replica!;
  await until('the replica has mended its copy', () => own.ledger.log.findings.length === 0);
  assert.deepEqual(await own.ledger.log.stored(changed, 1), await log.stored(changed, 1));
  assert.deepEqual((await own.ledger.log.verify()).findings, []);
  await alice.say(id, 'four');
  await caughtUp(replica);
});

test('what is stored is given to archive nodes on the roster alone, by the primary and by a replica', async (t) => {
  const replica = await TestReplica.join(acme);
  const gateway = await startGateway(acme);
  t.after(async () => {
    await gateway.stop();
    await acme.operations['node.remove']({ peer: peerOf(replica), reason: 'a test is over' });
    await replica.remove();
  });
  await caughtUp(replica);
  const primary = { peerId: acme.node.host.peerId, addresses: acme.settings.listen };
  const follower = { peerId: peerOf(replica), addresses: replica.settings.listen };
  const ask = async (host: GatewayNode['host'], to: typeof primary) => {
    const { channel } = await host.open('replication', to);
    await writeFrame(channel, { type: 'fetch', id: 1, sequences: [0] });
    return valueOf(await readFrame(channel, primaryFrameShape, MAX_FRAME_BYTES, 'records'));
  };
  const [first] = await acme.node.organisation.log.stored(0, 1);
  const record = [first!.entry, first!.stored].map((bytes) => new Uint8Array(bytes));
  const given = { type: 'fetched', id: 1, records: [record] };
  assert.deepEqual(await ask(replica.replica!.host, primary), given);
  assert.deepEqual(await ask(acme.node.host, follower), given);
  for (const to of [primary, follower]) assert.equal((await ask(gateway.host, to)).type, 'refused');
});

test('with two copies nothing counts that the replica lacks; the replica takes over, and the old primary is fenced', async (t) => {
  const replica = await TestReplica.join(acme);
  t.after(() => replica.remove());
  await caughtUp(replica);
  await alice.stop();
  acme = await acme.restart({ archiveCopies: 2 });
  alice = await TestDevice.connect(acme, alice.key, alice.address, alice.bundle);
  const id = await alice.create('bob@partner.test');
  assert.equal((await alice.say(id, 'held by both')).state, 'archived');
  assert.equal(replica.size, acme.node.organisation.log.size);

  await replica.stop();
  const alone = await alice.sign({ kind: 'text', text: 'held by one' }, { conversation: id });
  const [refused] = await alice.submit(alone);
  assert.equal(refused?.state === 'refused' && refused.code, 'archive.not-replicated');
  await replica.start();
  await until('it is archived', async () => (await alice.submit(alone))[0]?.state === 'archived');
  await caughtUp(replica);

  const gateway = await startGateway(acme);
  t.after(() => gateway.stop());
  await caughtUp(replica);
  const { size } = acme.node.organisation.log;
  await alice.stop();
  await acme.node.stop();
  const promoted = await replica.replica!.promote('test', 'the other machine burned', false);
  assert.ok(promoted.epoch === 1 && promoted.size >= size);
  await replica.stop();
  await replica.start();
  const primary = replica.primary;
  assert.ok(primary);
  assert.ok(primary.organisation.log.size > size);
  assert.match(await primary.organisation.checkpoint(), /^epoch 1$/m);
  const there = { ...acme, settings: replica.settings, node: primary };
  alice = await TestDevice.connect(there, alice.key, alice.address, alice.bundle);
  assert.equal((await alice.say(id, 'at the new primary')).state, 'archived');
  await until('the gateway has found the new primary', () =>
    gateway.host.peers.some((peer) => peer.id === primary.host.peerId),
  );
  await until('the partner has it', async () => (await textsAt(partner, id)).includes('at the new primary'));

  acme = await acme.restart({ archiveCopies: 1 });
  await until('it is to follow from its next start on', async () => {
    const followed = await readFollowed(acme.settings.archiveLocation);
    return followed?.peer === primary.host.peerId && followed.deposed;
  });
  // a partner may have shown before that the log went on elsewhere
  const { code } = acme.node.organisation.log.stopped ?? {};
  assert.ok(code === 'archive.deposed' || code === 'archive.rolled-back');
  await assert.rejects(acme.node.organisation.ledger.administer('test', 'try', ''), { code });
});
