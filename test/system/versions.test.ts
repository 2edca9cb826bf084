/** Messages that are edited and recalled: readers are shown the newest, on both sides the same, and the archive keeps each version. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { FakeTerminal } from '../support/fake-terminal.ts';
import { openNodeClient } from '../../client/adapters/index.ts';
import { runProgram } from '../../client/chat/program.ts';
import type { Client, ShownMessage } from '../../client/index.ts';
import type { Content } from '../../protocol/message/index.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { joinClient, type TestClient } from '../support/test-client.ts';
import { TestDevice } from '../support/test-device.ts';
import { startPartners } from '../support/partners.ts';
import type { TestDns, TestNode } from '../support/test-node.ts';
import { until } from '../support/until.ts';

/** Histories of edits and recalls that are recreated. */
const HISTORIES = Number(process.env['CHANCERY_HISTORIES'] ?? 150);

const MAX_EDITS = 6;

let dns: TestDns;
let acme: TestNode;
let partner: TestNode;
let alice: TestDevice;
let bob: TestDevice;
let conversation: Uint8Array;

before(async () => {
  ({ dns, acme, partner } = await startPartners());
  alice = await TestDevice.enrol(acme, 'alice@acme.test', 'Alice');
  bob = await TestDevice.enrol(partner, 'bob@partner.test', 'Bob');
  conversation = await alice.create('bob@partner.test');
});

after(async () => {
  for (const each of [alice, bob, acme, partner]) await each.stop();
  await dns.server.stop();
});

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** Signs and hands in; the id, or the code it was refused with, and the envelope. */
async function put(
  device: TestDevice,
  content: Content,
  within = conversation,
): Promise<{ id: Uint8Array; code: string; envelope: Uint8Array }> {
  const envelope = await device.sign(content, { conversation: within });
  const [result] = await device.submit(envelope);
  const code = result?.state === 'refused' ? result.code : 'archived';
  return { id: result?.message ?? new Uint8Array(), code, envelope };
}

/** The envelopes of every version of a message, as a node's archive has them. */
async function versionsAt({ node }: TestNode, id: Uint8Array): Promise<string[]> {
  const { messages, ledger } = node.organisation;
  const later = (await messages.versions(id, null, 100)).reverse();
  const first = messages.position(id);
  const all = first === undefined ? later : [first, ...later];
  return all.map((sequence) => hex(ledger.record('message', sequence)!.envelope));
}

test(`C1: every interim version of ${HISTORIES} edit and recall histories is recreated byte for byte, in both archives`, async (t) => {
  const random = seededRandom(t);
  const written = new Map<string, { id: Uint8Array; envelopes: string[] }>();
  for (let at = 0; at < HISTORIES; at += 1) {
    const first = await put(alice, { kind: 'text', text: `${at} as it was` });
    const envelopes = [hex(first.envelope)];
    const edits = random.between(0, MAX_EDITS);
    for (let edit = 0; edit < edits; edit += 1) {
      const text = `${at}: ${'x'.repeat(random.between(1, 400))}`;
      const { envelope, code } = await put(alice, { kind: 'edit', target: first.id, text });
      assert.equal(code, 'archived');
      envelopes.push(hex(envelope));
    }
    if (random.between(0, 2) === 0) {
      const { envelope, code } = await put(alice, { kind: 'recall', target: first.id });
      assert.equal(code, 'archived');
      envelopes.push(hex(envelope));
    }
    written.set(hex(first.id), { id: first.id, envelopes });
  }
  const last = await put(alice, { kind: 'text', text: 'the end' });
  await until(
    'the partner has them',
    () => partner.node.organisation.messages.position(last.id) !== undefined,
  );
  for (const { id, envelopes } of written.values()) {
    assert.deepEqual(await versionsAt(acme, id), envelopes);
    assert.deepEqual(await versionsAt(partner, id), envelopes);
  }
  assert.deepEqual((await acme.operations['archive.verify']({})).faults, []);
});

test('who wrote a text edits and recalls it; nobody else does, nor anything that is no text, nor what was recalled', async () => {
  const { id } = await put(alice, { kind: 'text', text: 'mine' });
  await until('bob has it', () => partner.node.organisation.messages.position(id) !== undefined);
  const codes = {
    other: (await put(bob, { kind: 'edit', target: id, text: 'yours' })).code,
    unknown: (await put(alice, { kind: 'edit', target: new Uint8Array(32), text: 'x' })).code,
    create: (await put(alice, { kind: 'recall', target: conversation })).code,
  };
  assert.deepEqual(codes, {
    other: 'message.not-author',
    unknown: 'message.unknown-target',
    create: 'message.malformed',
  });
  const edited = await put(alice, { kind: 'edit', target: id, text: 'mine, and better' });
  assert.equal((await put(alice, { kind: 'recall', target: edited.id })).code, 'message.malformed');
  assert.equal((await put(alice, { kind: 'recall', target: id })).code, 'archived');
  assert.equal((await put(alice, { kind: 'edit', target: id, text: 'again' })).code, 'message.recalled');
  assert.equal((await put(alice, { kind: 'recall', target: id })).code, 'message.recalled');
  const elsewhere = await alice.create('bob@partner.test');
  const strange = await put(alice, { kind: 'edit', target: id, text: 'x' }, elsewhere);
  assert.equal(strange.code, 'message.unknown-target');
});

test('a recall and an edit of one batch count in their order', async () => {
  const { id } = await put(alice, { kind: 'text', text: 'hasty' });
  const envelopes = [
    await alice.sign({ kind: 'recall', target: id }, { conversation }),
    await alice.sign({ kind: 'edit', target: id, text: 'too late' }, { conversation }),
  ];
  const results = await alice.submit(...envelopes);
  assert.deepEqual(
    results.map((result) => (result.state === 'refused' ? result.code : result.state)),
    ['archived', 'message.recalled'],
  );
});

test('a partner that edits what one of ours wrote is refused by us too', async () => {
  const { id } = await put(alice, { kind: 'text', text: 'said at acme' });
  await until('bob has it', () => partner.node.organisation.messages.position(id) !== undefined);
  // the partner's own check is passed over: as if its node were changed to let it through
  const { messages } = partner.node.organisation;
  const asked = messages.target.bind(messages);
  messages.target = (target) => {
    const known = asked(target);
    return known === undefined ? undefined : { ...known, sender: 'bob@partner.test' };
  };
  const { code } = await put(bob, { kind: 'edit', target: id, text: 'said otherwise' });
  messages.target = asked;
  assert.equal(code, 'archived');
  await until('the refusal is there', async () => {
    const { entries } = await acme.operations['archive.list']({ limit: 5 });
    return entries.some(({ kind, summary }) => kind === 'refusal' && summary.includes('message.not-author'));
  });
  assert.equal((await versionsAt(acme, id)).length, 1);
});

test('operators see each version, and what it is a version of', async () => {
  const first = await put(alice, { kind: 'text', text: 'one' });
  const second = await put(alice, { kind: 'edit', target: first.id, text: 'two' });
  const third = await put(alice, { kind: 'recall', target: first.id });
  const { messages } = acme.node.organisation;
  const sequences = [first, second, third].map(({ id }) => messages.position(id)!);
  for (const sequence of sequences) {
    const { versions, entry } = await acme.operations['archive.show']({ sequence });
    assert.deepEqual(
      versions,
      ['text', 'edit', 'recall'].map((kind, at) => ({ sequence: sequences[at], kind })),
    );
    assert.equal(entry.message?.target, sequence === sequences[0] ? null : hex(first.id));
  }
});

test('the archive is searched for what an edit says, and for edits', async () => {
  const first = await put(alice, { kind: 'text', text: 'plover' });
  const second = await put(alice, { kind: 'edit', target: first.id, text: 'lapwing' });
  const found = async (query: string): Promise<(string | undefined)[]> => {
    const answer = await acme.operations['archive.search']({ query, limit: 10, count: false, text: false });
    return answer.found.map(({ message }) => message?.id);
  };
  assert.deepEqual(await found('lapwing'), [hex(second.id)]);
  assert.deepEqual(await found('lapwing edited:yes'), [hex(second.id)]);
  assert.deepEqual(await found('plover edited:yes'), []);
});

function shownTexts(messages: readonly ShownMessage[]): string[] {
  return messages.flatMap(({ content, revision }) => {
    if (content.kind !== 'text') return [];
    if (revision?.state === 'recalled') return ['(recalled)'];
    return [revision === null ? content.text : `${revision.text} (edited)`];
  });
}

test('members are shown the newest version on every device, connected or not, and can have each of them', async () => {
  await using carol: TestClient = await joinClient(acme, 'carol@acme.test', 'Carol');
  await using dave: TestClient = await joinClient(partner, 'dave@partner.test', 'Dave');
  const { id, sending } = await carol.client.direct('dave@partner.test');
  await sending?.sent;
  const say = async (text: string): Promise<string> => {
    const said = await carol.client.send(id, text);
    assert.equal((await said.sent).state, 'archived');
    return said.id;
  };
  const [one, two] = [await say('first'), await say('second')];
  await say('third');
  await (
    await carol.client.edit(id, one, 'the first')
  ).sent;
  await (
    await carol.client.edit(id, one, 'the very first')
  ).sent;
  await (
    await carol.client.recall(id, two)
  ).sent;
  const last = await say('fourth');
  const has = async (client: Client): Promise<boolean> =>
    (await client.history(id)).messages.some((message) => message.id === last);
  for (const { client } of [carol, dave]) {
    await until('the last one is there', () => has(client));
    const page = await client.history(id);
    assert.deepEqual(shownTexts(page.messages), ['the very first (edited)', '(recalled)', 'third', 'fourth']);
    // the page that has the first alone knows what came of it later
    const early = await client.history(id, { before: page.messages[3]!.sequence });
    assert.deepEqual(shownTexts(early.messages), ['the very first (edited)', '(recalled)']);
    const versions = await client.versions(one);
    assert.deepEqual(
      versions.map((event) => event.type === 'message' && 'text' in event.content && event.content.text),
      ['first', 'the first', 'the very first'],
    );
  }
  await assert.rejects(dave.client.versions(hex(conversation)), { code: 'message.unknown-target' });
  await dave.client.close();
  const offline = await openNodeClient({ home: dave.home });
  const stored = await offline.history(id);
  assert.deepEqual(shownTexts(stored.messages), ['the very first (edited)', '(recalled)', 'third', 'fourth']);
  await offline.close();
});

test('at the command line a member edits and recalls, by id or the last message', async () => {
  await using carol: TestClient = await joinClient(acme, 'erin@acme.test', 'Erin');
  await carol.client.acknowledgeRecording();
  await carol.client.close();
  const chat = async (...args: string[]): Promise<{ code: number; out: string; err: string }> => {
    const terminal = new FakeTerminal();
    const code = await runProgram(args, {
      ...{ terminal, env: {}, version: '1.2.3', defaultHome: carol.home, hostname: 'laptop' },
      open: (home) => openNodeClient({ home }),
      enrol: () => Promise.reject(new Error('not in this test')),
    });
    return { code, out: terminal.out, err: terminal.err };
  };
  for (const text of ['one', 'two']) assert.equal((await chat('send', 'alice@acme.test', text)).code, 0);
  const edited = await chat('edit', 'alice@acme.test', 'two,', 'and', 'a', 'half');
  assert.deepEqual([edited.code, edited.err], [0, '']);
  const listed = await chat('history', 'alice@acme.test', '--ids');
  const [, , first] =
    /^([0-9a-f]{8}) .*started|^([0-9a-f]{8}) .*: one$/m.exec(listed.out.split('\n').slice(1).join('\n')) ??
    [];
  assert.match(listed.out, /you: two, and a half \(edited /);
  const recalled = await chat('recall', 'alice@acme.test', '--message', first!);
  assert.deepEqual([recalled.code, recalled.err], [0, '']);
  const after = await chat('history', 'alice@acme.test');
  assert.match(after.out, /you: \(recalled /);
  assert.doesNotMatch(after.out, /: one$/m);
  const versions = await chat('versions', 'alice@acme.test', first!);
  assert.match(versions.out, /you: one\n.*you recalled/);
  const unknown = await chat('edit', 'alice@acme.test', 'x', '--message', 'ffffffff');
  assert.match(
    unknown.err,
    /no message "ffffffff" among the last 1000 of this conversation.*\[message\.unknown-target\]/,
  );
});
