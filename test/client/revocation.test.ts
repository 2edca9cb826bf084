/** On whose word a device destroys what it holds: on its own organisation's, proven and signed, and on nobody else's. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { peerIdOf } from '../../protocol/certificate/index.ts';
import type { Signer } from '../../protocol/crypto/index.ts';
import { signRevocationNotice } from '../../protocol/device/index.ts';
import { ALICE, AT, makeWorld, type World } from '../support/client-world.ts';
import { FakeNode } from '../support/fake-node.ts';
import { makeDevice, makeNode } from '../support/organisation.ts';

const DAY = 86_400;
const REVOKED = { code: 'device.revoked', message: 'this device was revoked' };

function noticeBy(
  signer: Signer,
  world: World,
  change: { domain?: string; device?: string } = {},
): Promise<Uint8Array> {
  const device = peerIdOf(world.alice.signer.publicKey);
  return signRevocationNotice({ domain: 'acme.test', device, revoked: AT * 1000, ...change }, signer);
}

test('a device that its organisation says was revoked destroys its messages, reports it, then its key', async () => {
  const world = await makeWorld();
  world.node.refuseIdentity = REVOKED;
  world.node.notice = await noticeBy(world.acme.statement.signer, world);
  const order: string[] = [];
  await using client = await world.open({
    erasure: {
      contents: async () => Promise.resolve(void order.push(`contents, ${world.node.wipes} reports`)),
      identity: async () => Promise.resolve(void order.push(`identity, ${world.node.wipes} reports`)),
    },
  });
  await assert.rejects(
    client.connect(),
    (error: { facts?: { wiped?: boolean } }) => error.facts?.wiped === true,
  );
  assert.deepEqual(order, ['contents, 0 reports', 'identity, 1 reports']);
  await client.synced();
  await assert.rejects(client.conversations(), { code: 'device.revoked' });
});

test('a device that hears of it amid a session does the same, and tries no further session', async () => {
  const world = await makeWorld();
  await using client = await world.open();
  await client.connect();
  await client.synced();
  const wiped = new Promise((resolve) => client.onWiped(resolve));
  world.node.notice = await noticeBy(world.acme.statement.signer, world);
  world.node.refuseRequest = ({ type }) => (type === 'contacts' || type === 'read' ? REVOKED : undefined);
  world.node.endAll(REVOKED);
  await wiped;
  assert.deepEqual(world.erased, ['contents', 'identity']);
  assert.equal(world.node.wipes, 1);
  assert.equal(world.node.dials, 1);
});

test('a report that nobody takes holds the wipe up no longer than it must', async () => {
  const world = await makeWorld();
  world.node.refuseIdentity = REVOKED;
  world.node.notice = await noticeBy(world.acme.statement.signer, world);
  await using client = await world.open({
    erasure: {
      contents: async () => {
        await Promise.resolve();
        world.node.breakOff();
      },
      identity: async () => Promise.resolve(void world.erased.push('identity')),
    },
  });
  world.node.deafToWipes = true;
  await assert.rejects(client.connect(), { code: 'device.revoked' });
  assert.deepEqual(world.erased, ['identity']);
  assert.equal(world.node.wipes, 0);
});

test('a device whose certificate ran out long ago still learns that it was revoked', async () => {
  const world = await makeWorld();
  world.node.notice = await noticeBy(world.acme.statement.signer, world);
  world.clock.now += 8 * DAY * 1000;
  world.node.rosterIssued = AT + 8 * DAY;
  await using client = await world.open();
  await assert.rejects(client.connect(), { code: 'device.revoked' });
  assert.deepEqual(world.erased, ['contents', 'identity']);
});

test('a forged revocation never wipes: not from a stranger, a rival under the same name, another organisation, nor a thief of less than the statement key', async () => {
  const cases: [string, (world: World) => Promise<FakeNode>][] = [
    [
      'a rival that calls itself acme.test, under another root than is pinned',
      async (world) => {
        world.profile = { ...world.profile, rootId: `y${world.profile.rootId.slice(1)}` };
        const node = new FakeNode(world.acme, world.node.node);
        node.notice = await noticeBy(world.acme.statement.signer, world);
        return node;
      },
    ],
    [
      'another organisation',
      async (world) => {
        const node = new FakeNode(world.globex, await makeNode(world.globex));
        node.notice = await noticeBy(world.globex.statement.signer, world);
        return node;
      },
    ],
    [
      'a colleague’s device that poses as a node',
      async (world) => {
        const bob = await makeDevice(world.acme, 'bob@acme.test');
        const node = new FakeNode(world.acme, { ...bob, peerId: world.node.node.peerId });
        node.notice = await noticeBy(world.acme.statement.signer, world);
        return node;
      },
    ],
    [
      'somebody with a node’s certificate, but not its key',
      async (world) => {
        const node = new FakeNode(world.acme, { ...world.node.node, signer: world.bob.signer });
        node.notice = await noticeBy(world.acme.statement.signer, world);
        return node;
      },
    ],
    [
      'its own node, which refuses and has no word of the organisation to show',
      (world) => Promise.resolve(world.node),
    ],
    ...(['issuer', 'root'] as const).map((key): [string, (world: World) => Promise<FakeNode>] => [
      `its own node, with a word signed by the ${key}`,
      async (world) => {
        world.node.notice = await noticeBy(world.acme[key].signer, world);
        return world.node;
      },
    ]),
    [
      'its own node, with a word that the node signed itself',
      async (world) => {
        world.node.notice = await noticeBy(world.node.node.signer, world);
        return world.node;
      },
    ],
    [
      'its own node, with the word about another device',
      async (world) => {
        const device = peerIdOf(world.bob.signer.publicKey);
        world.node.notice = await noticeBy(world.acme.statement.signer, world, { device });
        return world.node;
      },
    ],
    [
      'its own node, with the word of another domain',
      async (world) => {
        world.node.notice = await noticeBy(world.acme.statement.signer, world, { domain: 'globex.test' });
        return world.node;
      },
    ],
    [
      'its own node, with garbage for a word',
      (world) => {
        world.node.notice = new Uint8Array([1, 2, 3]);
        return Promise.resolve(world.node);
      },
    ],
  ];
  for (const [who, make] of cases) {
    const world = await makeWorld();
    const node = await make(world);
    for (const code of ['device.revoked', 'certificate.revoked']) {
      node.refuseIdentity = { code, message: 'you are revoked' };
      const client = await world.open({ transport: node.transport() });
      await assert.rejects(client.connect(), { code, facts: {} }, who);
      await client.close();
    }
    assert.deepEqual(world.erased, [], who);
    assert.equal(node.wipes, 0, who);
    assert.equal(world.profile.address, ALICE);
  }
});
