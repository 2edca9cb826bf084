/** What a member is shown: verified messages with who wrote them, once each; never what failed its checks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toString } from 'uint8arrays/to-string';
import type { Client, FeedEvent, MessageEvent } from '../../client/index.ts';
import { nodeSuite } from '../../client/adapters/node-crypto.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { decodeMessage, type Content, type CreateContent } from '../../protocol/message/index.ts';
import { ALICE, AT, BOB, CAROL, makeWorld, signedBy, type World } from '../support/client-world.ts';

/** What is on the device once everything was read. */
async function shown(client: Client, after = ''): Promise<FeedEvent[]> {
  await client.connect();
  await client.synced();
  const events: FeedEvent[] = [];
  for await (const event of client.stored(after)) events.push(event);
  return events;
}

const withEveryone: CreateContent = {
  kind: 'create',
  type: 'group',
  title: 'All',
  members: [ALICE, BOB, CAROL],
};

/** A group that bob started, in the feed; its id. */
async function group(world: World): Promise<Uint8Array> {
  const envelope = await signedBy(world.bob, withEveryone);
  world.node.archive(envelope);
  return valueOf(decodeMessage(envelope, nodeSuite)).id;
}

function text(value: string): Content {
  return { kind: 'text', text: value };
}

test('a message shows who wrote it as their organisation certified it, and outsiders as such', async () => {
  const world = await makeWorld();
  const conversation = await group(world);
  world.node.archive(await signedBy(world.carol, text('hello from outside'), { conversation }));
  await using client = await world.open();
  const [, event] = await shown(client);
  assert.equal(event?.type, 'message');
  const { sender, own, content } = event;
  assert.deepEqual(sender, {
    address: CAROL,
    name: 'Carol Globex',
    roles: ['member'],
    domain: 'globex.test',
    level: 'dnssec',
    since: 1,
    external: true,
  });
  assert.deepEqual([own, content], [false, text('hello from outside')]);
});

test('what cannot be verified is reported with its code and never shown as anyone’s words', async () => {
  const cases: [string, (world: World, conversation: Uint8Array) => Promise<Uint8Array>][] = [
    [
      'signature.invalid',
      async (world, conversation) => {
        const envelope = await signedBy(world.carol, text('forged'), { conversation });
        envelope.set([(envelope.at(-1) ?? 0) ^ 1], envelope.length - 1);
        return envelope;
      },
    ],
    [
      'message.sender-mismatch',
      (world, conversation) => signedBy(world.carol, text('as bob'), { conversation, sender: BOB }),
    ],
    [
      'certificate.not-yet-known',
      (world, conversation) =>
        signedBy(world.carol, text('who?'), { conversation, device: new Uint8Array(32) }),
    ],
    [
      'identity.root-mismatch',
      (world, conversation) => {
        world.node.knows(world.carol, {}, world.acme.rootId);
        return signedBy(world.carol, text('other root'), { conversation });
      },
    ],
    [
      'identity.downgrade',
      (world, conversation) => {
        world.node.knows(world.carol, { level: 'own' }, world.globex.rootId);
        return signedBy(world.carol, text('not ours'), { conversation });
      },
    ],
    [
      'certificate.expired',
      (world, conversation) =>
        signedBy(world.carol, text('too late'), { conversation, time: (AT + 30 * 86_400) * 1000 }),
    ],
    [
      'certificate.not-yet-valid',
      (world, conversation) =>
        signedBy(world.carol, text('too early'), { conversation, time: (AT - 30 * 86_400) * 1000 }),
    ],
    [
      'message.clock-skew',
      (world, conversation) =>
        signedBy(world.carol, text('tomorrow'), { conversation, time: (AT + 86_400) * 1000 }),
    ],
    [
      'message.unknown-conversation',
      (world) => signedBy(world.carol, text('nowhere'), { conversation: new Uint8Array(32) }),
    ],
    ['encoding.malformed', async () => Promise.resolve(Uint8Array.of(1, 2, 3))],
  ];
  for (const [code, make] of cases) {
    const world = await makeWorld();
    const conversation = await group(world);
    const sequence = world.node.archive(await make(world, conversation));
    await using client = await world.open();
    const [, event] = await shown(client);
    assert.deepEqual([event?.type, event?.sequence], ['unverified', sequence], code);
    assert.equal(event?.type === 'unverified' && event.code, code);
    const history = await client.history(toString(conversation, 'hex'));
    // in history only membership is not checked again: the archive holds what was admitted at its time
    if (code !== 'message.unknown-conversation') assert.equal(history.unverified.length, 1, code);
  }
});

test('someone who is no member of a conversation is not listened to', async () => {
  const world = await makeWorld();
  const envelope = await signedBy(world.bob, { ...withEveryone, members: [ALICE, BOB] });
  world.node.archive(envelope);
  const conversation = valueOf(decodeMessage(envelope, nodeSuite)).id;
  world.node.archive(await signedBy(world.carol, text('let me in'), { conversation }));
  await using client = await world.open();
  const [, event] = await shown(client);
  assert.equal(event?.type === 'unverified' && event.code, 'message.not-a-member');
});

test('a client that comes back reads on where it stopped: nothing twice, nothing missed', async () => {
  const world = await makeWorld();
  const conversation = await group(world);
  for (let index = 0; index < 150; index += 1) {
    world.node.archive(
      await signedBy(world.bob, text(`${index}`), { conversation, time: AT * 1000 + index }),
    );
  }
  const first = await world.open();
  const before = await shown(first);
  await first.close();
  world.node.archive(await signedBy(world.bob, text('while away'), { conversation }));
  await using second = await world.open();
  const after = await shown(second);
  assert.equal(before.length, 151);
  assert.deepEqual(after.slice(0, 151), before);
  assert.equal(after.length, 152);
  const reads = world.node.requests.filter((request) => request.type === 'read');
  assert.equal(reads.filter((request) => request.cursor === 0).length, 1);
});

test('a new message arrives at once, and after a lost connection too', async () => {
  const world = await makeWorld();
  const conversation = await group(world);
  await using client = await world.open();
  await shown(client);
  const events = client.messages();
  world.node.archive(await signedBy(world.bob, text('one'), { conversation }));
  const first = await events.next();
  world.node.breakOff();
  world.node.archive(
    await signedBy(world.bob, text('two'), { conversation, salt: new Uint8Array(16).fill(1) }),
  );
  const second = await events.next();
  const texts = [first, second].map(
    ({ value }) => ((value as MessageEvent).content as { text: string }).text,
  );
  assert.deepEqual(texts, ['one', 'two']);
});

test('a reply names what the device has seen as its parents', async () => {
  const world = await makeWorld();
  const conversation = await group(world);
  const envelopes = await Promise.all([
    signedBy(world.bob, text('left'), { conversation, parents: [conversation] }),
    signedBy(world.carol, text('right'), { conversation, parents: [conversation] }),
  ]);
  for (const envelope of envelopes) world.node.archive(envelope);
  await using client = await world.open();
  await shown(client);
  const own = client.messages();
  const { sent, id } = await client.send(toString(conversation, 'hex'), 'both');
  await sent;
  const { value } = await own.next();
  const tips = envelopes.map((envelope) => toString(valueOf(decodeMessage(envelope, nodeSuite)).id, 'hex'));
  assert.equal((value as MessageEvent).id, id);
  assert.deepEqual((value as MessageEvent).parents, tips);
  assert.equal((value as MessageEvent).own, true);
});

test('what partners said of a message can be asked for', async () => {
  const world = await makeWorld();
  const conversation = await group(world);
  await using client = await world.open();
  await shown(client);
  const { id, sent } = await client.send(toString(conversation, 'hex'), 'for globex');
  await sent;
  const message = Uint8Array.from(Buffer.from(id, 'hex'));
  const events = client.messages();
  world.node.deliver(message, 'globex.test', { state: 'refused', code: 'policy.blocked', text: 'no' });
  world.node.deliver(message, 'globex.test', { state: 'archived', position: 7 });
  for await (const event of events) {
    if (event.type === 'delivery' && event.outcome.state === 'archived') break;
  }
  const [delivery, ...rest] = await client.deliveries(id);
  assert.deepEqual(
    [delivery?.domain, delivery?.outcome, rest],
    ['globex.test', { state: 'archived', position: 7 }, []],
  );
});

test('history comes from the archive while connected and from the device while not, in the same order', async () => {
  const world = await makeWorld();
  const conversation = await group(world);
  const late = await signedBy(world.bob, text('second'), { conversation, time: AT * 1000 + 5 });
  const early = await signedBy(world.carol, text('first'), { conversation, time: AT * 1000 + 1 });
  world.node.archive(late);
  world.node.archive(early);
  const id = toString(conversation, 'hex');
  const online = await world.open();
  await shown(online);
  const fromArchive = await online.history(id);
  await online.close();
  await using offline = await world.open();
  const fromDevice = await offline.history(id);
  const texts = (messages: readonly MessageEvent[]): unknown[] => messages.map(({ id: name }) => name);
  assert.deepEqual(texts(fromDevice.messages), texts(fromArchive.messages));
  const said = fromDevice.messages.map(({ content }) =>
    content.kind === 'text' ? content.text : content.kind,
  );
  assert.deepEqual(said, ['create', 'first', 'second']);
  const newest = await offline.history(id, { limit: 1 });
  assert.equal(newest.messages.length, 1);
  const rest = await offline.history(id, { before: newest.before, limit: 10 });
  assert.equal(rest.messages.length, 2);
  assert.equal(rest.before, null);
});

test('a member who was away while a group changed follows it when added again', async () => {
  const world = await makeWorld();
  const conversation = await group(world);
  const { payload } = valueOf(
    decodeMessage((world.node.items[0] as { envelope: Uint8Array }).envelope, nodeSuite),
  );
  const change = (revision: number, members: string[]): Promise<Uint8Array> =>
    signedBy(
      world.bob,
      { kind: 'membership', origin: payload, revision, title: 'All', members },
      { conversation },
    );
  world.node.archive(await change(1, [BOB, CAROL]));
  world.node.archive(await change(4, [ALICE, BOB]));
  await using client = await world.open();
  const events = await shown(client);
  assert.ok(events.every(({ type }) => type === 'message'));
  const info = await client.conversation(toString(conversation, 'hex'));
  assert.deepEqual([info?.revision, info?.members], [4, [ALICE, BOB]]);
});

test('how far was read is kept on the device', async () => {
  const world = await makeWorld();
  await group(world);
  const first = await world.open();
  await shown(first);
  assert.equal(await first.seen(), '');
  await first.setSeen(first.position);
  await first.close();
  await using second = await world.open();
  assert.equal(await second.seen(), second.position);
  assert.deepEqual(await shown(second, await second.seen()), []);
});
