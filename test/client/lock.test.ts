/** The idle lock: when it falls, what it keeps shut, and what opens it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { BOB, makeWorld, signedBy } from '../support/client-world.ts';

const IDLE_MS = 900_000;
const LOCKED = { code: 'device.locked' };

test('a device at which nobody was for as long as the organisation allows locks, and shows and writes nothing', async () => {
  const world = await makeWorld();
  world.node.idleLock = IDLE_MS;
  await using client = await world.open();
  await client.connect();
  await client.synced();
  const { id, sending } = await client.direct(BOB);
  await sending?.sent;
  client.lock.touch();
  const changes: boolean[] = [];
  client.lock.onChange((locked) => changes.push(locked));
  await world.timers.elapse(IDLE_MS, IDLE_MS);
  assert.deepEqual([client.lock.locked, changes], [true, [true]]);
  await assert.rejects(client.send(id, 'hello'), LOCKED);
  await assert.rejects(client.conversations(), LOCKED);
  await assert.rejects(client.history(id), LOCKED);
  await assert.rejects(client.contacts(), LOCKED);
  await assert.rejects(client.devices(), LOCKED);
  const before = client.position;
  const read = Promise.withResolvers<string>();
  void (async () => {
    for await (const event of client.messages(before)) {
      if (event.type === 'message' && event.content.kind === 'text') read.resolve(event.content.text);
    }
  })();
  const conversation = new Uint8Array(Buffer.from(id, 'hex'));
  world.node.archive(await signedBy(world.bob, { kind: 'text', text: 'are you there?' }, { conversation }));
  await client.lock.unlock();
  assert.equal(world.node.shown.length, 2, 'the device proved itself to its organisation anew');
  assert.equal(await read.promise, 'are you there?');
  assert.deepEqual(changes, [true, false]);
});

test('a program that nobody attends never locks, and one that somebody attends counts from the last sign', async () => {
  const world = await makeWorld();
  world.node.idleLock = IDLE_MS;
  await using client = await world.open();
  await client.connect();
  assert.equal(world.timers.count(IDLE_MS), 0);
  client.lock.touch();
  client.lock.touch();
  assert.equal(world.timers.count(IDLE_MS), 1);
  await client.close();
  client.lock.touch();
  assert.equal(world.timers.count(IDLE_MS), 0);
});

test('a locked device stays so where its organisation does not take it any more, or cannot be asked', async () => {
  const world = await makeWorld();
  await using client = await world.open();
  await client.connect();
  client.lock.lock();
  world.node.refuseIdentity = { code: 'member.suspended', message: 'alice is suspended' };
  await assert.rejects(client.lock.unlock(), { code: 'member.suspended' });
  world.node.reachable = false;
  await assert.rejects(client.lock.unlock(), { code: 'node.unreachable' });
  assert.equal(client.lock.locked, true);
  world.node.reachable = true;
  world.node.refuseIdentity = undefined;
  await client.lock.unlock();
  assert.equal(client.lock.locked, false);
});

test('where the key has a passphrase, that unlocks the device, without its organisation', async () => {
  const world = await makeWorld();
  await using client = await world.open({
    checkPassphrase: async (passphrase) => {
      await Promise.resolve();
      if (passphrase !== 'open sesame') throw new ChanceryError('key.malformed', 'it is another passphrase');
    },
  });
  assert.equal(client.lock.needsPassphrase, true);
  client.lock.lock();
  await assert.rejects(client.lock.unlock('sesame'), { code: 'key.malformed' });
  assert.equal(client.lock.locked, true);
  await client.lock.unlock('open sesame');
  assert.equal(client.lock.locked, false);
  assert.equal(world.node.dials, 0);
});
