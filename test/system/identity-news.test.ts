/** What members and operators are told when it changes who somebody is: keys, names, levels and roots. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { FeedEvent, IdentityEvent } from '../../client/index.ts';
import { joinClient, type TestClient } from '../support/test-client.ts';
import { TestDevice } from '../support/test-device.ts';
import { startPartners } from '../support/partners.ts';
import type { TestDns, TestNode } from '../support/test-node.ts';
import { until } from '../support/until.ts';

let dns: TestDns;
let acme: TestNode;
let partner: TestNode;
let alice: TestClient;
let zoe: TestDevice;
let bob: TestDevice;
let conversation: string;
const told: IdentityEvent[] = [];

before(async () => {
  ({ dns, acme, partner } = await startPartners());
  alice = await joinClient(acme, 'alice@acme.test', 'Alice');
  zoe = await TestDevice.enrol(acme, 'zoe@acme.test', 'Zoe');
  bob = await TestDevice.enrol(partner, 'bob@partner.test', 'Bob');
  const { id, sending } = await alice.client.direct('bob@partner.test');
  await sending?.sent;
  conversation = id;
  void follow(alice.client.messages(''));
  await until('bob to know it', async () => (await history(bob)) !== undefined);
  assert.equal((await bob.say(idOf(conversation), 'first')).state, 'archived');
  await heard('first');
});

after(async () => {
  await alice[Symbol.asyncDispose]();
  for (const each of [zoe, bob, acme, partner]) await each.stop();
  await dns.server.stop();
});

async function follow(events: AsyncIterable<FeedEvent>): Promise<void> {
  for await (const event of events) if (event.type === 'identity') told.push(event);
}

function idOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

async function history(device: TestDevice): Promise<unknown> {
  const answer = await device.ask({
    type: 'history',
    conversation: idOf(conversation),
    before: null,
    limit: 9,
  });
  return answer.type === 'feed' ? answer.items : undefined;
}

function heard(text: string): Promise<boolean> {
  return until(`alice to read ${text}`, async () => {
    const { messages } = await alice.client.history(conversation);
    return messages.some(({ content }) => content.kind === 'text' && content.text === text);
  });
}

function news(what: IdentityEvent['what'], about: string): Promise<IdentityEvent> {
  const isIt = (event: IdentityEvent) =>
    event.what === what && (event.person?.address ?? event.domain) === about;
  return until(`news of the ${what} of ${about}`, () => told.find(isIt));
}

test('nothing is news of someone met for the first time', async () => {
  assert.deepEqual(told, []);
  assert.deepEqual(await acme.operations['identity.events']({ limit: 50 }), { events: [], next: null });
});

test('a new device of a partner’s person is told when it first signs, once, with the fingerprint of its key', async () => {
  const phone = await TestDevice.enrol(partner, 'bob@partner.test');
  assert.equal((await phone.say(idOf(conversation), 'from my phone')).state, 'archived');
  await phone.say(idOf(conversation), 'and again');
  await heard('and again');
  const event = await news('device', 'bob@partner.test');
  assert.deepEqual(
    [event.severity, event.person, event.domain, event.level, event.external, event.before],
    ['information', { address: 'bob@partner.test', name: 'Bob' }, 'partner.test', 'dnssec', true, ''],
  );
  assert.match(event.after, /^([A-Z2-7]{4}-){3}[A-Z2-7]{4}$/);
  assert.ok(event.since > 0);
  assert.deepEqual(event.conversations, [conversation], 'shown where it matters');
  assert.deepEqual(
    (await alice.client.history(conversation)).news.map(({ position }) => position),
    [event.position],
  );
  assert.equal(told.length, 1);
  await phone.stop();
});

test('another name of a partner’s person is a warning; the old device’s earlier name is no news again', async () => {
  await partner.operations['member.update']({ address: 'bob@partner.test', name: 'Bob Brown', reason: '' });
  const { bundle } = await bob.request({ type: 'renew' }, 'renewed');
  await bob.stop();
  bob = await TestDevice.connect(partner, bob.key, bob.address, bundle);
  await bob.say(idOf(conversation), 'call me Brown');
  const event = await news('name', 'bob@partner.test');
  assert.deepEqual([event.severity, event.before, event.after], ['warning', 'Bob', 'Bob Brown']);
  assert.equal(event.person?.name, 'Bob Brown');
  assert.equal(told.filter(({ what }) => what === 'device').length, 1, 'the same key is no new device');
});

test('a lower level is a warning, a higher one is not, another root is an alarm; told to those who talk there', async () => {
  const { partners } = acme.node.organisation;
  const known = partners.organisation('partner.test')!;
  await partners.sighted({ organisation: { ...known, level: 'dns' }, proof: null });
  const level = await news('level', 'partner.test');
  assert.deepEqual(
    [level.severity, level.person, level.before, level.after],
    ['warning', null, 'dnssec', 'dns'],
  );
  await partners.sighted({
    organisation: { ...known, level: 'dns', rootId: 'x'.repeat(43), since: 5 },
    proof: null,
  });
  const root = await news('root', 'partner.test');
  assert.deepEqual([root.severity, root.before, root.after], ['alarm', known.rootId, 'x'.repeat(43)]);
  await partners.sighted({ organisation: known, proof: null });
  const events = await until('both to be undone', async () => {
    const found = await acme.operations['identity.events']({ limit: 50 });
    return found.events.length === 6 ? found.events : undefined;
  });
  const last = events.filter(({ sequence }) => sequence === events[0]?.sequence);
  assert.deepEqual(
    last.map(({ what, severity }) => [what, severity]),
    [
      ['root', 'alarm'],
      ['level', 'information'],
    ],
  );
});

test('a root that was handed over by the one before is a warning, not an alarm', async () => {
  const { partners } = acme.node.organisation;
  const known = partners.organisation('partner.test')!;
  const next = 'y'.repeat(43);
  const handed = { ...known, rootId: next, formerRoots: [...known.formerRoots, known.rootId] };
  await partners.sighted({ organisation: handed, proof: null });
  const event = await until('the news', () => told.find(({ after: root }) => root === next));
  assert.equal(event.severity, 'warning');
  await partners.sighted({ organisation: known, proof: null });
});

test('a member’s new device and new name are told to the member and to colleagues who talk with them', async () => {
  await zoe.create('alice@acme.test');
  const second = await TestDevice.enrol(acme, 'zoe@acme.test');
  const event = await news('device', 'zoe@acme.test');
  assert.deepEqual([event.level, event.external], ['own', false]);
  await acme.operations['member.update']({
    address: 'zoe@acme.test',
    name: 'Zoe Zimmer',
    roles: ['auditor', 'member'],
    reason: 'promoted',
  });
  assert.equal((await news('name', 'zoe@acme.test')).after, 'Zoe Zimmer');
  assert.equal((await news('roles', 'zoe@acme.test')).after, 'auditor, member');
  const { bundle } = await second.request({ type: 'renew' }, 'renewed');
  await second.stop();
  const again = await TestDevice.connect(acme, second.key, second.address, bundle);
  const { items } = await again.request({ type: 'read', cursor: 0, limit: 100, wait: false }, 'feed');
  const own = items.flatMap((item) => (item.type === 'identity' ? [item.news.what] : []));
  assert.deepEqual(own, ['device', 'name', 'roles']);
  await again.stop();
});

test('whoever talks with nobody there is told nothing; operators see everything, a page at a time', async () => {
  const dave = await TestDevice.enrol(acme, 'dave@acme.test', 'Dave');
  const { items } = await dave.request({ type: 'read', cursor: 0, limit: 100, wait: false }, 'feed');
  assert.deepEqual(items, []);
  await dave.stop();
  const all = (await acme.operations['identity.events']({ limit: 500 })).events;
  const paged = [];
  for (let before: number | null | undefined; before !== null;) {
    const page = await acme.operations['identity.events']({
      limit: 1,
      ...(before === undefined ? {} : { before }),
    });
    paged.push(...page.events);
    before = page.next;
  }
  assert.deepEqual(paged, all);
  const { faults } = await acme.operations['archive.verify']({});
  const madeUp = faults.map(({ code }) => code);
  assert.deepEqual(madeUp, ['identity.root-mismatch'], 'only the root that was made up here is found out');
});
