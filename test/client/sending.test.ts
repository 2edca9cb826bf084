/** What happens to what a member writes: it waits, goes out once, in order, and its fate is told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { Client, Outcome } from '../../client/index.ts';
import { nodeSuite } from '../../client/adapters/node-crypto.ts';
import { valueOf, type ChanceryError } from '../../protocol/errors/index.ts';
import { decodeMessage } from '../../protocol/message/index.ts';
import { ALICE, BOB, makeWorld, type World } from '../support/client-world.ts';

async function talkWithBob(client: Client): Promise<string> {
  const { id, sending } = await client.direct(BOB);
  assert.equal((await sending?.sent)?.state, 'archived');
  return id;
}

async function sendAll(client: Client, conversation: string, texts: string[]): Promise<Outcome[]> {
  const sendings = await Promise.all(texts.map((text) => client.send(conversation, text)));
  return Promise.all(sendings.map(({ sent }) => sent));
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `message ${index}`);
}

function submits(world: World): number[] {
  return world.node.requests.flatMap((request) =>
    request.type === 'submit' ? [request.envelopes.length] : [],
  );
}

test('many messages go out together, in the order they were written', async () => {
  const world = await makeWorld();
  await using client = await world.open();
  await client.connect();
  const conversation = await talkWithBob(client);
  const texts = numbered(500);
  const queued = Promise.withResolvers<undefined>();
  world.node.beforeSubmit = () => queued.promise;
  const sendings = await Promise.all(texts.map((text) => client.send(conversation, text)));
  queued.resolve(undefined);
  const outcomes = await Promise.all(sendings.map(({ sent }) => sent));
  assert.ok(outcomes.every(({ state }) => state === 'archived'));
  assert.deepEqual(world.node.texts, texts);
  const frames = submits(world);
  assert.ok(frames.every((size) => size <= 64));
  assert.ok(frames.length < 30, `${frames.length} frames`);
  assert.equal(client.queued, 0);
});

test('no more than the window is under way while the node is slow', async () => {
  const world = await makeWorld();
  await using client = await world.open();
  await client.connect();
  const conversation = await talkWithBob(client);
  let underWay = 0;
  let most = 0;
  world.node.beforeSubmit = async ({ envelopes }) => {
    underWay += envelopes.length;
    most = Math.max(most, underWay);
    await setImmediate();
    underWay -= envelopes.length;
  };
  await sendAll(client, conversation, numbered(1_000));
  assert.equal(world.node.texts.length, 1_000);
  assert.ok(most <= 256, `${most} under way`);
});

test('writing many messages takes few writes to disk, every one durable before it is sent', async () => {
  const world = await makeWorld();
  await using client = await world.open();
  await client.connect();
  const conversation = await talkWithBob(client);
  const before = world.store.batches.length;
  world.node.beforeSubmit = ({ envelopes }) => {
    const kept = [...world.store.values]
      .filter(([key]) => key.startsWith('outbox!'))
      .map(([, value]) => value);
    for (const envelope of envelopes) assert.ok(kept.some((value) => Buffer.compare(value, envelope) === 0));
  };
  await sendAll(client, conversation, numbered(200));
  const durable = world.store.batches.slice(before).filter((batch) => batch.durable);
  assert.ok(durable.length > 0 && durable.length < 20, `${durable.length} durable batches for 200 messages`);
});

test('a message that was archived as the connection broke is not archived twice', async () => {
  const world = await makeWorld();
  await using client = await world.open();
  await client.connect();
  const conversation = await talkWithBob(client);
  let broken = false;
  world.node.afterSubmit = () => {
    if (broken) return;
    broken = true;
    world.node.breakOff();
  };
  const outcomes = await sendAll(client, conversation, numbered(10));
  assert.ok(broken);
  assert.ok(outcomes.every(({ state }) => state === 'archived'));
  assert.deepEqual(world.node.texts, numbered(10));
});

test('what was written offline survives the end of the process and goes out next time, with the same ids', async () => {
  const world = await makeWorld();
  const first = await world.open();
  const { id: conversation, sending } = await first.direct(BOB);
  const { id } = await first.send(conversation, 'written on the train');
  assert.equal(first.queued, 2);
  // the first client is never closed: its process was killed
  await using second = await world.open();
  assert.equal(second.queued, 2);
  const settled = new Map<string, string>();
  const both = Promise.withResolvers<undefined>();
  second.onSettled((event) => {
    settled.set(event.id, event.outcome.state);
    if (settled.size === 2) both.resolve(undefined);
  });
  await second.connect();
  await both.promise;
  assert.deepEqual(
    [...settled],
    [
      [sending?.id, 'archived'],
      [id, 'archived'],
    ],
  );
  assert.deepEqual(world.node.texts, ['written on the train']);
});

test('what is in the outbox when the client closes is said to wait, not lost', async () => {
  const world = await makeWorld();
  const client = await world.open();
  const { sending } = await client.direct(BOB);
  await client.close();
  assert.deepEqual(await sending?.sent, { state: 'queued' });
  await assert.rejects(client.send(sending?.id ?? '', 'too late'), { code: 'request.invalid' });
});

test('a refused message is told with its reason, and is no parent of the next', async () => {
  const world = await makeWorld();
  await using client = await world.open();
  await client.connect();
  const conversation = await talkWithBob(client);
  world.node.refuse = (text) =>
    text.includes('secret') ? { code: 'policy.blocked', text: 'not to be said' } : undefined;
  const [first] = await sendAll(client, conversation, ['hello']);
  assert.equal(first?.state, 'archived');
  const refused = await (await client.send(conversation, 'the secret')).sent;
  assert.deepEqual(refused, { state: 'refused', code: 'policy.blocked', text: 'not to be said' });
  await sendAll(client, conversation, ['goodbye']);
  const messages = world.node.items.flatMap((item) =>
    item.type === 'message' ? [valueOf(decodeMessage(item.envelope, nodeSuite))] : [],
  );
  const [, hello, goodbye] = messages;
  assert.deepEqual(goodbye?.parents, [hello?.id]);
});

test('a refused conversation is forgotten, with its reason told', async () => {
  const world = await makeWorld();
  await using client = await world.open();
  await client.connect();
  world.node.refuse = () => ({ code: 'message.unknown-receiver', text: 'no such person' });
  const { sending } = await client.direct(BOB);
  assert.equal((await sending?.sent)?.state, 'refused');
  await assert.rejects(client.send(sending?.id ?? '', 'hello'), { code: 'message.unknown-conversation' });
  assert.deepEqual(await client.conversations(), []);
});

for (const code of ['archive.unavailable', 'archive.rolled-back', 'archive.deposed', 'archive.damaged'])
  test(`while the archive cannot take messages (${code}) they wait, and go out in order once it can`, async () => {
    const world = await makeWorld();
    await using client = await world.open();
    await client.connect();
    const conversation = await talkWithBob(client);
    const stalled = Promise.withResolvers<ChanceryError>();
    client.onStall(stalled.resolve);
    let working = false;
    world.node.refuse = (text) =>
      working || text === 'message 2'
        ? undefined
        : text === 'message 1'
          ? { code, text: 'the archive is away' }
          : { code: 'message.unknown-conversation', text: 'what comes after it is not understood' };
    const sent = sendAll(client, conversation, ['message 1', 'message 2', 'message 3']);
    assert.equal((await stalled.promise).facts['code'], code);
    assert.equal(client.queued, 2);
    working = true;
    await world.timers.elapse(2_000, 2_000);
    assert.ok((await sent).every(({ state }) => state === 'archived'));
    assert.deepEqual(world.node.texts, ['message 2', 'message 1', 'message 3']);
  });

test('a device that is refused keeps its messages and says why', async () => {
  const world = await makeWorld();
  await using client = await world.open();
  await client.connect();
  const conversation = await talkWithBob(client);
  const told = Promise.withResolvers<ChanceryError>();
  client.onStall(told.resolve);
  world.node.refuseRequest = ({ type }) =>
    type === 'submit' ? { code: 'device.revoked', message: 'this device was revoked' } : undefined;
  await client.send(conversation, 'hello');
  assert.equal((await told.promise).code, 'device.revoked');
  assert.equal(client.queued, 1);
});

test('an answer about other messages than were sent settles nothing: they are sent again', async () => {
  const world = await makeWorld();
  await using client = await world.open();
  const { id: conversation, sending } = await client.direct(BOB);
  const said = await client.send(conversation, 'hello');
  const lost = Promise.withResolvers<string>();
  client.onState((state) => {
    if (state.state === 'offline') lost.resolve(state.error.code);
  });
  world.node.beforeSubmit = ({ envelopes }) => {
    envelopes.reverse();
    world.node.beforeSubmit = () => undefined;
  };
  await client.connect();
  assert.equal(await lost.promise, 'encoding.malformed');
  assert.equal((await sending?.sent)?.state, 'archived');
  assert.equal((await said.sent).state, 'archived');
  assert.equal(world.node.items.length, 2);
});

test('a message that cannot be kept on the device is not sent', async () => {
  const world = await makeWorld();
  await using client = await world.open();
  const { id } = await client.direct(BOB);
  world.store.failNext(new Error('no space left on device'));
  await assert.rejects(client.send(id, 'hello'), { code: 'internal' });
  assert.equal(client.queued, 1);
  await client.send(id, 'hello again');
  await client.connect();
  await client.synced();
  assert.deepEqual(world.node.texts, ['hello again']);
});

test('texts nobody could receive are refused before they are kept', async () => {
  const world = await makeWorld();
  await using client = await world.open();
  const { id } = await client.direct(BOB);
  await assert.rejects(client.send(id, 'é'.repeat(20_000)), { code: 'message.too-large' });
  await assert.rejects(client.send(id, '\ud800'), { code: 'message.malformed' });
  await assert.rejects(client.send(id, ''), { code: 'request.invalid' });
  await assert.rejects(client.send('00'.repeat(32), 'hello'), { code: 'message.unknown-conversation' });
  await assert.rejects(client.direct('not an address'), { code: 'name.bad-address' });
  assert.equal(client.queued, 1);
});

test('the clock of the device going back does not date a message before the one it follows', async () => {
  const world = await makeWorld();
  await using client = await world.open();
  await client.connect();
  const conversation = await talkWithBob(client);
  world.clock.now -= 3_600_000;
  await sendAll(client, conversation, ['after the clock went back']);
  const times = world.node.items.flatMap((item) =>
    item.type === 'message' ? [valueOf(decodeMessage(item.envelope, nodeSuite)).time] : [],
  );
  assert.equal(times[1], times[0]);
});

test('only the owner changes who is in a group, and each change follows the last', async () => {
  const world = await makeWorld();
  await using client = await world.open();
  await client.connect();
  const created = await client.createConversation({ type: 'group', title: 'Launch', members: [BOB] });
  await created.sent;
  await client.synced();
  const events = client.messages();
  const changed = await client.changeMembers(created.id, { members: [ALICE] });
  assert.equal((await changed.sent).state, 'archived');
  for await (const event of events) if (event.type === 'message' && event.id === changed.id) break;
  const info = await client.conversation(created.id);
  assert.deepEqual([info?.revision, info?.members, info?.title], [1, [ALICE], 'Launch']);
});
