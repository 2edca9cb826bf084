/** An operator finds what was said, also what the node itself can no longer open, and each search is on record before it is answered. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { TestDevice } from '../support/test-device.ts';
import { startDns, startTestNode, type TestDns, type TestNode } from '../support/test-node.ts';

/** A window that is over before its month is, so that no test has to wait. */
const OVER = -40;

const QUERY = '"plover EGG" from:alice with:bob direction:out';

let dns: TestDns;
let acme: TestNode;
let alice: TestDevice;
let bob: TestDevice;
let conversation: Uint8Array;

before(async () => {
  dns = await startDns('acme.test');
  acme = await startTestNode(dns, 'acme.test');
  alice = await TestDevice.enrol(acme, 'alice@acme.test', 'Alice');
  bob = await TestDevice.enrol(acme, 'bob@acme.test', 'Bob');
  conversation = await alice.create('bob@acme.test');
  await alice.say(conversation, 'The Plover egg, net 30.');
  await alice.say(conversation, 'an egg of no plover');
});

after(async () => {
  await alice.stop();
  await bob.stop();
  await acme.stop();
  await dns.server.stop();
});

type Found = Awaited<ReturnType<TestNode['operations']['archive.search']>>['found'];

async function search(
  query: string,
  more: { text?: boolean; purpose?: string; case?: string } = {},
): Promise<Found> {
  const input = { query, limit: 50, count: false, text: false, ...more };
  return (await acme.operations['archive.search'](input)).found;
}

test('a message is found by its words and people, without what it says unless that is asked for', async () => {
  const [found, ...others] = await search(QUERY);
  assert.deepEqual(others, []);
  assert.equal(found?.message?.sender, 'alice@acme.test');
  assert.equal(found.message.text, null);
  assert.equal(found.direction, 'out');
  assert.deepEqual(found.people, ['alice@acme.test', 'bob@acme.test']);
  assert.equal((await search(QUERY, { text: true }))[0]?.message?.text, 'The Plover egg, net 30.');
  assert.equal((await search('egg')).length, 2);
  assert.deepEqual(await search('egg direction:in'), []);
  assert.deepEqual(await search('has:attachment'), []);
});

test('a conversation, a day and a count are asked for', async () => {
  const id = Buffer.from(conversation).toString('hex');
  const today = new Date().toISOString().slice(0, 10);
  const { count } = await acme.operations['archive.search']({
    query: `in:${id.slice(0, 8)} after:${today}`,
    limit: 50,
    count: true,
    text: false,
  });
  assert.equal(count, 3, 'with the message that began it');
  assert.deepEqual(await search(`egg before:${today}`), []);
  await assert.rejects(search('in:00000000'), { code: 'request.invalid' });
  await assert.rejects(search('egg "plover'), { code: 'request.invalid', facts: { position: 4 } });
});

test('C10: each search is an entry of the log, older than its answer, that says what was asked and found', async () => {
  const { log, ledger } = acme.node.organisation;
  const sequences: number[] = [];
  for (const text of [false, true]) {
    const before = log.size;
    const found = await search('plover egg', { text, purpose: 'complaint of 4 May', case: '2026-17' });
    assert.equal(log.size, before + 1);
    const { action, query, entries, purpose } = ledger.record('access', before)!;
    assert.deepEqual([action, query, purpose], [text ? 'open' : 'find', 'plover egg', 'complaint of 4 May']);
    assert.deepEqual(
      entries,
      found.map(({ sequence }) => sequence),
    );
    sequences.push(before);
  }
  const { accesses } = await acme.operations['archive.accesses']({ limit: 2 });
  assert.deepEqual(
    accesses.map(({ sequence }) => sequence),
    sequences.reverse(),
  );
});

test('what only an officer’s device opens any more is found as before, after a restart too', async () => {
  const roles = ['member', 'compliance-officer'] as const;
  await acme.operations['member.add']({ address: 'carol@acme.test', name: 'Carol', roles: [...roles] });
  const carol = await TestDevice.enrol(acme, 'carol@acme.test', 'Carol');
  await carol.stop();
  await alice.stop();
  acme = await acme.restart({ deliveryDays: OVER });
  alice = await TestDevice.connect(acme, alice.key, alice.address, alice.bundle);
  await acme.node.organisation.custody.look();
  await acme.node.organisation.searchIndex.caughtUp();
  const [found] = await search(QUERY, { text: true });
  assert.equal(found?.message?.sender, 'alice@acme.test');
  assert.equal(found.message.text, null);
});
