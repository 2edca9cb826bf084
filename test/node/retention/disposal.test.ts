/** What a schedule's ceiling takes away is gone from every file, and everything that was proven still is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDisposed } from '../../../node/archive/index.ts';
import { DAY, policyOf, RetainingWorld, SECOND } from '../../support/retaining.ts';

const POLICY = policyOf(30, 30);

test('C7: a message is kept until the last second of its schedule, and goes the second after', async (t) => {
  const world = await RetainingWorld.start(t, POLICY);
  const conversation = await world.create(['alice@acme.test', 'bob@acme.test']);
  const { sequence } = await world.say(conversation, 'the plover egg');
  await world.live(30 * DAY - SECOND);
  assert.equal((await world.retaining.retention.look()).disposed, 0);
  assert.ok(world.log.content(sequence));
  await world.live(2 * SECOND);
  assert.equal((await world.retaining.retention.look()).disposed, 2);
  assert.throws(() => world.log.content(sequence), isDisposed);
});

test('C5: an archive whose first entry was disposed of opens, and under its own key alone', async (t) => {
  const world = await RetainingWorld.start(t, POLICY);
  const conversation = await world.create(['alice@acme.test', 'bob@acme.test']);
  await world.say(conversation, 'the plover egg');
  await world.live(31 * DAY);
  await world.retaining.retention.look();
  assert.ok(world.ledger.isDisposed(0));
  await world.reopen(POLICY);
  assert.deepEqual((await world.log.verify()).findings, []);
});

test('C11: after disposal no file holds what was stored, its key is gone, and every proof verifies', async (t) => {
  const world = await RetainingWorld.start(t, POLICY);
  await world.member('alice@acme.test');
  const conversation = await world.create(['alice@acme.test', 'bob@acme.test']);
  const { sequence, id } = await world.say(conversation, 'the plover egg');
  const [keyId] = await world.dataKeys.ofMonth('2026-01');
  assert.ok(keyId);
  const wrapped = world.dataKeys.record(keyId)?.window;
  assert.ok(wrapped);
  const stored = await world.stored(sequence);
  await world.live(DAY);
  await world.log.settle();
  assert.ok((await world.filesWith(stored.subarray(-32))).length > 0);
  await world.live(30 * DAY);
  const proof = world.log.inclusionProof(sequence);
  const looked = await world.retaining.retention.look();
  assert.deepEqual([looked.disposed, looked.keysDestroyed], [2, 1]);
  assert.deepEqual(await world.filesWith(stored.subarray(-32)), []);
  assert.equal(world.dataKeys.record(keyId), undefined);
  assert.deepEqual(world.log.inclusionProof(sequence, world.log.size).length >= proof.length, true);
  assert.deepEqual((await world.log.verify()).findings, []);
  assert.deepEqual(await world.messages.timeline(conversation, null, 10), []);
  assert.deepEqual(await world.messages.feed('alice@acme.test', 0, 10), []);
  assert.equal(world.messages.position(id), sequence);
  await world.reopen(POLICY);
  assert.deepEqual(world.log.findings, []);
  assert.deepEqual((await world.log.verify()).findings, []);
  assert.deepEqual(world.messages.conversation(conversation)?.members, ['alice@acme.test', 'bob@acme.test']);
});
