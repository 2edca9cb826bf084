/** What officers review on their own devices: found by rule and place, opened on record, decided by who has no part in it. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { runProgram } from '../../client/chat/program.ts';
import { openNodeClient } from '../../client/adapters/index.ts';
import { FakeTerminal } from '../support/fake-terminal.ts';
import { applyPolicy, flush, messagesOf, NO_POLICY, say, textsOf } from '../support/policing.ts';
import { joinClient, type TestClient } from '../support/test-client.ts';
import { startDns, startTestNode, type TestDns, type TestNode } from '../support/test-node.ts';
import { until } from '../support/until.ts';

const OFF_CHANNEL = `version: 1
rules:
  - id: off-channel
    reason: Business is talked about here alone.
    law: FINRA 3110.06
    when: { direction: out, contains: [{ lexicon: off-channel }] }
    then: flag
  - id: guarantees
    reason: Nobody promises a profit.
    when: { direction: out, contains: [{ lexicon: promises }] }
    then: hold
lexicons:
  off-channel: { version: 7, words: [call my cell, take this to whatsapp] }
  promises: { version: 2, words: [guaranteed] }
`;

let dns: TestDns;
let acme: TestNode;
let alice: TestClient;
let bob: TestClient;
let olive: TestClient;
let oscar: TestClient;
let group = '';

before(async () => {
  dns = await startDns('acme.test');
  acme = await startTestNode(dns, 'acme.test');
  alice = await joinClient(acme, 'alice@acme.test', 'Alice');
  bob = await joinClient(acme, 'bob@acme.test', 'Bob');
  const roles = ['member', 'compliance-officer'] as const;
  for (const [address, name] of [
    ['olive@acme.test', 'Olive'],
    ['oscar@acme.test', 'Oscar'],
  ] as const)
    await acme.operations['member.add']({ address, name, roles: [...roles] });
  olive = await joinClient(acme, 'olive@acme.test', 'Olive');
  oscar = await joinClient(acme, 'oscar@acme.test', 'Oscar');
  const { id, sent } = await alice.client.createConversation({
    ...{ type: 'group', title: 'Quay', members: ['bob@acme.test', 'olive@acme.test'] },
  });
  assert.equal((await sent).state, 'archived');
  group = id;
  for (const each of [bob, olive])
    await until('the group', async () => (await each.client.conversation(group)) !== undefined);
});

after(async () => {
  for (const each of [alice, bob, olive, oscar]) await each[Symbol.asyncDispose]();
  await acme.stop();
  await dns.server.stop();
});

beforeEach(() => applyPolicy(acme, OFF_CHANNEL));

/** Runs the terminal client as an officer does, on their own device. */
async function chat(of: TestClient, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = new FakeTerminal();
  await of.client.close();
  const code = await runProgram(['--accept-recording', ...args], {
    ...{ terminal, env: {}, version: 'test', defaultHome: of.home, hostname: 'test' },
    open: (home) => openNodeClient({ home }),
    enrol: () => Promise.reject(new Error('nobody enrols here')),
  });
  await reopen(of);
  return { code, out: terminal.out, err: terminal.err };
}

async function reopen(of: TestClient): Promise<void> {
  await of.client.close();
  const client = await openNodeClient({ home: of.home });
  await client.connect();
  (of as { client: typeof client }).client = client;
}

async function newest(by: TestClient): Promise<number> {
  const { items } = await by.client.reviews.list({ all: true, limit: 1 });
  return items[0]?.entry ?? -1;
}

test('C9: a lexicon of off-channel phrases flags what it finds by its version, and who reviewed it, how and when is kept', async () => {
  await say(alice, group, 'not here, Call my CELL');
  await say(alice, group, 'Take this to WhatsApp?');
  await say(alice, group, 'a cell of the battery is low');
  const { items, waiting, oldest } = await oscar.client.reviews.list();
  assert.deepEqual(
    items.map(({ sender, outcome, reasons }) => [sender, outcome, reasons[0]?.rule, reasons[0]?.found]),
    [
      ['alice@acme.test', 'allow', 'off-channel', 1],
      ['alice@acme.test', 'allow', 'off-channel', 1],
    ],
  );
  const [first, second] = items;
  assert.ok(first !== undefined && second !== undefined);
  assert.equal(first.reasons[0]?.findings[0]?.type, 'lexicon:off-channel@7');
  assert.deepEqual([waiting, oldest], [2, first.time]);
  await oscar.client.reviews.decide(first.entry, 'seen', 'told her to stop');
  const { item } = await oscar.client.reviews.decide(second.entry, 'escalated', 'again');
  assert.deepEqual([item.review?.actor, item.review?.outcome], ['oscar@acme.test', 'escalated']);
  const listed = await acme.operations.audit({ limit: 10, kind: 'review' });
  assert.deepEqual(
    listed.acts.map(({ actor, entries, text }) => [actor, entries[0], text]),
    [
      [
        'oscar@acme.test',
        second.entry,
        `oscar@acme.test escalated what entry ${second.entry} is about: again`,
      ],
      [
        'oscar@acme.test',
        first.entry,
        `oscar@acme.test reviewed what entry ${first.entry} is about: told her to stop`,
      ],
    ],
  );
  const entry = acme.node.organisation.log.entry(listed.acts[1]?.sequence ?? 0);
  assert.equal(new Date(entry?.time ?? 0).toISOString(), listed.acts[1]?.time);
  const report = await acme.operations['review.report']({});
  assert.deepEqual(
    report.rules.map(({ rule, came, waiting: open }) => [rule, came, open]),
    [['off-channel', 2, 1]],
  );
  assert.deepEqual(
    report.reviewers.map(({ reviewer, outcome, decided }) => [reviewer, outcome, decided]),
    [
      ['oscar@acme.test', 'seen', 1],
      ['oscar@acme.test', 'escalated', 1],
    ],
  );
});

test('what is held is listed without what it says, opened on record first, and delivered once it is released', async () => {
  const text = 'a guaranteed return of 4 %';
  const { id, outcome } = await say(alice, group, text);
  assert.equal('held' in outcome && outcome.held, true);
  const listed = await chat(oscar, 'review', 'list');
  assert.match(
    listed.out,
    /hold written by alice@acme\.test .*\n    guarantees \(content, hold\): lexicon:promises@2 in text 2 to 12/,
  );
  assert.ok(!listed.out.includes('return of'));
  assert.match(listed.err, /^\d+ waiting, the oldest since /m);
  const entry = await newest(oscar);
  const before = acme.node.organisation.log.size;
  const shown = await chat(oscar, 'review', 'show', String(entry));
  assert.ok(shown.out.includes(text));
  const { accesses } = await acme.operations['archive.accesses']({ limit: 1 });
  assert.deepEqual(
    [accesses[0]?.actor, accesses[0]?.action, accesses[0]?.purpose, accesses[0]?.entries],
    [
      'oscar@acme.test',
      'open',
      `review of entry ${entry}`,
      [acme.node.organisation.messages.position(Buffer.from(id, 'hex'))],
    ],
  );
  assert.ok((accesses[0]?.sequence ?? 0) >= before);
  await flush(alice, [bob], group);
  assert.ok(!(await textsOf(bob, group)).includes(text));
  const done = await chat(oscar, 'review', 'release', String(entry), '--reason', 'agreed');
  assert.deepEqual([done.err, done.out], ['', `entry ${entry}: release; messages let go: 1\n`]);
  await until('the message', async () => (await textsOf(bob, group)).includes(text));
  const again = await chat(oscar, 'review', 'reject', String(entry), '--reason', 'no');
  assert.deepEqual([again.code, /\[review\.settled\]/.test(again.err)], [1, true]);
});

test('what an officer escalates stays held, and another officer decides', async () => {
  const third = await joinOfficer('ophelia@acme.test', 'Ophelia');
  const text = 'guaranteed, and more of it';
  await say(alice, group, text);
  const entry = await newest(oscar);
  await oscar.client.reviews.decide(entry, 'escalated', 'above me');
  await assert.rejects(oscar.client.reviews.decide(entry, 'release', ''), { code: 'review.party' });
  await flush(alice, [bob], group);
  assert.ok(!(await textsOf(bob, group)).includes(text));
  const { item } = await third.client.reviews.decide(entry, 'release', 'may go');
  assert.equal(item.review?.actor, 'ophelia@acme.test');
  await until('the message', async () => (await textsOf(bob, group)).includes(text));
  await third[Symbol.asyncDispose]();
  await acme.operations['member.remove']({ address: 'ophelia@acme.test', reason: 'left' });
});

test('what is decided of a flagged message changes nothing of its delivery, and a hold is neither seen nor confirmed', async () => {
  await say(alice, group, 'call my cell please');
  await until('the message', async () => (await textsOf(bob, group)).includes('call my cell please'));
  const flagged = await newest(oscar);
  await assert.rejects(oscar.client.reviews.decide(flagged, 'reject', ''), { code: 'request.invalid' });
  await oscar.client.reviews.decide(flagged, 'seen', '');
  await say(alice, group, 'guaranteed this time');
  const held = await newest(oscar);
  for (const outcome of ['seen', 'confirm', 'dismiss'] as const)
    await assert.rejects(oscar.client.reviews.decide(held, outcome, ''), { code: 'request.invalid' });
  await assert.rejects(oscar.client.reviews.decide(0, 'seen', ''), { code: 'review.unknown' });
  await oscar.client.reviews.decide(held, 'reject', '');
  assert.ok(
    (await messagesOf(bob, group)).some(
      ({ content }) => 'text' in content && content.text === 'call my cell please',
    ),
  );
});

test('the queue is paged through without missing or repeating anything', async () => {
  await applyPolicy(acme, NO_POLICY);
  await applyPolicy(acme, OFF_CHANNEL);
  for (let at = 0; at < 5; at += 1) await say(alice, group, `call my cell ${at}`);
  const entries: number[] = [];
  let from: number | null = null;
  do {
    const page: Awaited<ReturnType<typeof oscar.client.reviews.list>> = await oscar.client.reviews.list({
      from,
      limit: 2,
    });
    entries.push(...page.items.map(({ entry }) => entry));
    from = page.next;
  } while (from !== null);
  assert.deepEqual(
    entries,
    [...new Set(entries)].sort((one, other) => one - other),
  );
  const { items } = await acme.operations['review.list']({ limit: 500, all: false });
  assert.deepEqual(
    items.map(({ entry }) => entry),
    entries,
  );
  assert.ok(entries.length >= 5);
});

test('C9: nobody reviews what they wrote, nor what was for them as long as an officer without a part in it is there', async () => {
  await say(olive, group, 'profit is guaranteed');
  const own = await newest(oscar);
  await assert.rejects(olive.client.reviews.decide(own, 'release', ''), { code: 'review.own' });
  await say(alice, group, 'profit is guaranteed, I say');
  const received = await newest(oscar);
  await assert.rejects(olive.client.reviews.decide(received, 'release', ''), { code: 'review.party' });
  const shown = await olive.client.reviews.item(received);
  assert.deepEqual(shown.may, []);
  await assert.rejects(alice.client.reviews.list(), { code: 'officer.required' });
  await acme.operations['member.suspend']({ address: 'oscar@acme.test', reason: 'on leave' });
  assert.deepEqual((await olive.client.reviews.item(received)).may, ['release', 'reject', 'escalated']);
  await olive.client.reviews.decide(received, 'reject', 'not so');
  await assert.rejects(olive.client.reviews.decide(own, 'release', ''), { code: 'review.own' });
  await acme.operations['member.restore']({ address: 'oscar@acme.test', reason: '' });
  await reopen(oscar);
  await oscar.client.reviews.decide(own, 'reject', '');
  await flush(alice, [bob], group);
  assert.ok(!(await textsOf(bob, group)).some((text) => text.startsWith('profit is guaranteed')));
});

async function joinOfficer(address: string, name: string): Promise<TestClient> {
  await acme.operations['member.add']({ address, name, roles: ['member', 'compliance-officer'] });
  return joinClient(acme, address, name);
}
