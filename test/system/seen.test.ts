/** What is kept back is seen by nobody but reviewers, on whatever way: by words, titles, names, lists, and what is shown again. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { NewFile } from '../../client/index.ts';
import { conversationsFor } from '../../node/ledger/index.ts';
import { applyPolicy, flush, NO_POLICY, say, textsOf } from '../support/policing.ts';
import { joinClient, type TestClient } from '../support/test-client.ts';
import { TestDevice } from '../support/test-device.ts';
import { federate, startDns, startTestNode, type TestDns, type TestNode } from '../support/test-node.ts';
import { until } from '../support/until.ts';

const CARD = '4111 1111 1111 1111';
const OLIVE = { address: 'olive@acme.test', device: null };

let dns: TestDns;
let acme: TestNode;
let partner: TestNode;
let alice: TestClient;
let adam: TestClient;
let bob: TestClient;
/** Adam's as well, at the level of frames. */
let device: TestDevice;
let group = '';

before(async () => {
  dns = await startDns('acme.test', 'partner.test');
  acme = await startTestNode(dns, 'acme.test');
  partner = await startTestNode(dns, 'partner.test');
  await federate(acme, partner);
  alice = await joinClient(acme, 'alice@acme.test', 'Alice');
  adam = await joinClient(acme, 'adam@acme.test', 'Adam');
  bob = await joinClient(partner, 'bob@partner.test', 'Bob');
  device = await TestDevice.enrol(acme, 'adam@acme.test');
  const roles = ['member', 'compliance-officer'] as const;
  await acme.operations['member.add']({ address: OLIVE.address, name: 'Olive', roles: [...roles] });
  group = await groupOf(alice, 'Quay', 'adam@acme.test', 'bob@partner.test');
  for (const { client } of [adam, bob])
    await until('the group', async () => (await client.conversation(group)) !== undefined);
});

after(async () => {
  await device.stop();
  for (const each of [alice, adam, bob]) await each[Symbol.asyncDispose]();
  for (const each of [acme, partner]) await each.stop();
  await dns.server.stop();
});

beforeEach(() => applyPolicy(acme, NO_POLICY));

interface Rule {
  readonly when: string;
  readonly then: string;
  readonly more?: string;
}

function policy(rules: Readonly<Record<string, Rule>>, rest = ''): string {
  const written = Object.entries(rules).map(
    ([id, { when, then, more = '' }]) =>
      `  - id: ${id}\n    reason: Because.\n    when: ${when}\n    then: ${then}\n${more}`,
  );
  return `version: 1\nrules:\n${written.join('')}${rest}`;
}

/** Holds what says kestrel, in one direction. */
function kestrel(direction: 'in' | 'out'): string {
  const when = `{ direction: ${direction}, contains: [{ pattern: secret }] }`;
  return policy({ kestrels: { when, then: 'hold' } }, 'patterns: { secret: kestrel }\n');
}

async function groupOf(by: TestClient, title: string, ...members: string[]): Promise<string> {
  const { id, sent } = await by.client.createConversation({ type: 'group', title, members });
  assert.equal((await sent).state, 'archived');
  return id;
}

const bytesOf = (id: string): Uint8Array => new Uint8Array(Buffer.from(id, 'hex'));

/** Waits until our archive has what the partner sent. */
async function here(id: string): Promise<void> {
  const { messages, log } = acme.node.organisation;
  await until('the message', () => (messages.position(bytesOf(id)) ?? Infinity) < log.size);
}

/** Decides about the newest that waits. */
async function review(outcome: 'release' | 'reject'): Promise<void> {
  const { policing, reviewing } = acme.node.organisation;
  const entry = (await policing.decisions.open(null, 100)).at(-1)?.sequence ?? 0;
  await reviewing.reviews.decide({ entry, outcome, reason: '' }, OLIVE);
}

/** The conversations of Adam, as a device that never saw any asks for them. */
async function listed(): Promise<Map<string, string>> {
  const { conversations } = await device.request(
    { type: 'conversations', after: null, limit: 100 },
    'conversations',
  );
  return new Map(conversations.map(({ id, title }) => [Buffer.from(id).toString('hex'), title]));
}

test('what is taken out of a message stays so when it is released from a hold by whoever it is for', async () => {
  await applyPolicy(
    acme,
    policy({
      strangers: { when: '{ direction: in, firstContact: true }', then: 'hold' },
      cards: { when: '{ direction: in, contains: [{ detector: payment-card }] }', then: 'redact' },
    }),
  );
  const bella = await joinClient(partner, 'bella@partner.test', 'Bella');
  const { id } = await bella.client.direct('adam@acme.test');
  const { id: text } = await say(bella, id, `pay with ${CARD}`);
  await here(text);
  await adam.client.messageRequests.accept('bella@partner.test');
  await until('the text', async () => (await textsOf(adam, id)).some((one) => one.startsWith('pay with')));
  assert.ok(!(await textsOf(adam, id)).join().includes(CARD));
  const { messages } = await adam.client.history(id, { limit: 10 });
  assert.ok(!JSON.stringify(messages).includes(CARD));
  await bella[Symbol.asyncDispose]();
});

test('a file that has the name of a message’s own text is none of it: what it says cannot be taken out', async () => {
  await applyPolicy(
    acme,
    policy({ cards: { when: '{ direction: in, contains: [{ detector: payment-card }] }', then: 'redact' } }),
  );
  const bytes = Buffer.from(`pay with ${CARD}\n`);
  const file: NewFile = {
    ...{ name: 'text', type: 'text/plain', size: bytes.length },
    read: (at, length) => Promise.resolve(bytes.subarray(at, at + length)),
  };
  const { id } = await bob.client.attach(group, file, 'the order');
  const delivery = await until('an answer', async () => (await bob.client.deliveries(id))[0]);
  assert.equal('code' in delivery.outcome && delivery.outcome.code, 'policy.blocked');
});

test('an edit that waits is not shown with the message that is shown again after a report', async () => {
  const { id } = await say(bob, group, 'the price is 12');
  await until('the message', async () => (await textsOf(adam, group)).includes('the price is 12'));
  await applyPolicy(acme, kestrel('in'));
  const edit = await bob.client.edit(group, id, 'kestrel costs 13');
  await here(edit.id);
  const { report } = await alice.client.messageRequests.report(id, 'odd');
  const { reviews } = acme.node.organisation.reviewing;
  await reviews.decide({ entry: report, outcome: 'dismiss', reason: '' }, OLIVE);
  await flush(alice, [adam], group);
  const kept = [];
  for await (const event of adam.client.stored('')) kept.push(event);
  const again = kept.filter((event) => event.type === 'report' && event.state === 'dismissed');
  assert.equal(again.length, 1);
  assert.ok(!JSON.stringify(kept).includes('kestrel'));
});

test('a conversation of a colleague that waits is in nobody’s list but theirs', async () => {
  await applyPolicy(acme, kestrel('out'));
  const id = await groupOf(alice, 'kestrel', 'adam@acme.test');
  assert.ok(!(await listed()).has(id));
  const own = await conversationsFor(acme.node.organisation.ledger, 'alice@acme.test', null, 100);
  assert.ok(own.some((one) => Buffer.from(one.id).toString('hex') === id));
  await review('release');
  assert.equal((await listed()).get(id), 'kestrel');
});

test('a change of a conversation that waits shows neither its title nor the conversation to whom it adds', async () => {
  const theirs = await groupOf(bob, 'Heron', 'alice@acme.test');
  await until('it', async () => (await alice.client.conversation(theirs)) !== undefined);
  const { id: said } = await say(bob, theirs, 'before Adam');
  await here(said);
  await applyPolicy(acme, kestrel('in'));
  const change = await bob.client.changeMembers(theirs, {
    ...{ title: 'kestrel', members: ['bob@partner.test', 'alice@acme.test', 'adam@acme.test'] },
  });
  await here(change.id);
  assert.ok(!(await listed()).has(theirs));
  const history = { type: 'history', conversation: bytesOf(theirs), before: null, limit: 10 } as const;
  assert.equal((await device.ask(history)).type, 'refused');
  const titleFor = async (address: string): Promise<string | undefined> =>
    (await conversationsFor(acme.node.organisation.ledger, address, null, 100)).find(
      (one) => Buffer.from(one.id).toString('hex') === theirs,
    )?.title;
  assert.equal(await titleFor('alice@acme.test'), 'Heron');
  const { conversations } = await acme.operations['archive.conversations']({});
  assert.equal(conversations.find((one) => one.id === theirs)?.title, 'Heron');
  await review('release');
  assert.equal((await listed()).get(theirs), 'kestrel');
  assert.equal(await titleFor('alice@acme.test'), 'kestrel');
  assert.equal((await device.ask(history)).type, 'feed');
});

test('a conversation that somebody is added to by what waits is not known to them before', async () => {
  const theirs = await groupOf(bob, 'Egret');
  await applyPolicy(acme, kestrel('in'));
  const change = await bob.client.changeMembers(theirs, {
    ...{ title: 'kestrel', members: ['bob@partner.test', 'adam@acme.test'] },
  });
  await here(change.id);
  assert.ok(!(await listed()).has(theirs));
  await review('reject');
  assert.ok(!(await listed()).has(theirs));
});

test('whom a message was for that waits, or was turned down, is nobody that one has written to', async () => {
  await applyPolicy(
    acme,
    policy({ firsts: { when: '{ direction: out, firstContact: true }', then: 'hold' } }),
  );
  const boris = await joinClient(partner, 'boris@partner.test', 'Boris');
  const begin = async (): Promise<string> => {
    const { sent } = await alice.client.createConversation({
      ...{ type: 'group', title: '', members: ['boris@partner.test'] },
    });
    const outcome = await sent;
    return 'held' in outcome ? 'held' : outcome.state;
  };
  assert.equal(await begin(), 'held');
  assert.equal(await begin(), 'held', 'the second is as much a first contact');
  await review('reject');
  assert.equal(await begin(), 'held');
  await review('release');
  assert.equal(await begin(), 'archived', 'now he was written to');
  await boris[Symbol.asyncDispose]();
});

test('who wrote what waits is in nobody’s contacts, nor in what comes with a page of history', async () => {
  await applyPolicy(acme, kestrel('in'));
  const bruno = await joinClient(partner, 'bruno@partner.test', 'Bruno');
  const theirs = await groupOf(bob, 'Ibis', 'adam@acme.test', 'bruno@partner.test');
  await until('it', async () => (await bruno.client.conversation(theirs)) !== undefined);
  await until('it', async () => (await adam.client.conversation(theirs)) !== undefined);
  const { id } = await say(bruno, theirs, 'kestrel');
  await here(id);
  const contacts = async (): Promise<boolean> =>
    (await adam.client.contacts()).people.some(({ address }) => address === 'bruno@partner.test');
  assert.equal(await contacts(), false);
  const page = async (): Promise<string> =>
    JSON.stringify(
      await device.request(
        { type: 'history', conversation: bytesOf(theirs), before: null, limit: 10 },
        'feed',
      ),
    );
  assert.ok(!(await page()).includes('Bruno'));
  await review('release');
  assert.equal(await contacts(), true);
  assert.ok((await page()).includes('Bruno'));
  await bruno[Symbol.asyncDispose]();
});

test('who is taken out of a conversation is told its title, and so it is decided about as for them', async () => {
  const id = await groupOf(alice, 'Stork', 'adam@acme.test', 'bob@partner.test');
  await applyPolicy(
    acme,
    policy({
      cards: {
        ...{ when: '{ direction: out, external: true, contains: [{ detector: payment-card }] }' },
        then: 'block',
      },
    }),
  );
  const members = ['alice@acme.test', 'adam@acme.test'];
  const told = await (await alice.client.changeMembers(id, { title: CARD, members })).sent;
  assert.equal('code' in told && told.code, 'policy.blocked');
  const quiet = await (await alice.client.changeMembers(id, { members })).sent;
  assert.equal(quiet.state, 'archived');
});

test('a barrier does not keep somebody in a conversation', async () => {
  const id = await groupOf(alice, 'Crane', 'adam@acme.test', 'bob@partner.test');
  await applyPolicy(
    acme,
    policy(
      { barrier: { when: '{ between: [one, other] }', then: 'block' } },
      'groups: { one: [alice@acme.test], other: [adam@acme.test] }\n',
    ),
  );
  const members = ['alice@acme.test', 'bob@partner.test'];
  const { sent } = await alice.client.changeMembers(id, { members });
  assert.equal((await sent).state, 'archived');
});

test('a person of whom the organisation decides is let in by no member, also when the rule has another name by now', async () => {
  const strangers = (id: string): string =>
    policy({
      [id]: {
        ...{ when: '{ direction: in, firstContact: true }', then: 'hold' },
        more: '    accept: organisation\n',
      },
    });
  await applyPolicy(acme, strangers('strangers'));
  const basil = await joinClient(partner, 'basil@partner.test', 'Basil');
  const { id } = await basil.client.direct('adam@acme.test');
  await here(id);
  await applyPolicy(acme, strangers('first-contacts'));
  await assert.rejects(adam.client.messageRequests.accept('basil@partner.test'), {
    code: 'contact.organisation',
  });
  await basil[Symbol.asyncDispose]();
});

test('what is held of people who are known waits for an officer, whoever accepts them', async () => {
  await applyPolicy(
    acme,
    policy({ known: { when: '{ direction: in, firstContact: false, conversation: group }', then: 'hold' } }),
  );
  const { id } = await say(bob, group, 'hello again');
  await here(id);
  const { people } = await adam.client.messageRequests.list();
  assert.ok(!people.some(({ person }) => person.address === 'bob@partner.test'));
  await assert.rejects(adam.client.messageRequests.accept('bob@partner.test'), { code: 'contact.unknown' });
});

test('the roles that count are those that a member has, not those under which their device still signs', async () => {
  const ada = await TestDevice.enrol(acme, 'ada@acme.test', 'Ada');
  const talk = await ada.create('bob@partner.test');
  await acme.operations['member.update']({
    address: 'ada@acme.test',
    roles: ['member', 'auditor'],
    reason: '',
  });
  await applyPolicy(
    acme,
    policy({ auditors: { when: '{ direction: out, from: [role:auditor] }', then: 'block' } }),
  );
  const result = await ada.say(talk, 'under the certificate of before');
  assert.equal('code' in result && result.code, 'policy.blocked');
  await ada.stop();
});

test('why a message is reported goes to the partner, and so only as the policy lets it out', async () => {
  const { id } = await say(bob, group, 'click here');
  await until('the message', async () => (await textsOf(adam, group)).includes('click here'));
  await applyPolicy(
    acme,
    policy({ cards: { when: '{ direction: out, contains: [{ detector: payment-card }] }', then: 'redact' } }),
  );
  await assert.rejects(adam.client.messageRequests.report(id, `he has ${CARD}`), { code: 'policy.blocked' });
  const { report, told } = await adam.client.messageRequests.report(id, 'he has our card');
  assert.equal(told, 'partner.test');
  const { reviews } = acme.node.organisation.reviewing;
  await reviews.decide({ entry: report, outcome: 'dismiss', reason: '' }, OLIVE);
});

test('at the socket nobody reads what waits, or was turned down: who wrote it and when is all there is', async () => {
  await applyPolicy(acme, kestrel('in'));
  const { id } = await say(bob, group, 'kestrel flies at dawn');
  await here(id);
  const sequence = acme.node.organisation.messages.position(bytesOf(id)) ?? 0;
  const shown = async (): Promise<string> =>
    JSON.stringify([
      await acme.operations['archive.show']({ sequence }),
      await acme.operations['archive.list']({ limit: 20 }),
    ]);
  assert.ok(!(await shown()).includes('at dawn') && (await shown()).includes('chancery-chat review show'));
  await review('reject');
  assert.ok(!(await shown()).includes('at dawn'));
});

test('what is known of a person has what was released to them, and nothing that was kept from them', async () => {
  await applyPolicy(acme, kestrel('out'));
  const { id } = await say(alice, group, 'kestrel is his');
  await here(id);
  const { messages } = acme.node.organisation;
  const isAbout = async (address: string): Promise<boolean> => {
    const sequences: number[] = [];
    for await (const sequence of messages.involving(address, acme.node.organisation.log.size))
      sequences.push(sequence);
    assert.deepEqual(
      sequences,
      sequences.toSorted((a, b) => b - a),
    );
    return sequences.includes(messages.position(bytesOf(id)) ?? -1);
  };
  const [receivers, sender] = [['adam@acme.test', 'bob@partner.test'], 'alice@acme.test'];
  for (const address of receivers) assert.equal(await isAbout(address), false);
  assert.equal(await isAbout(sender), true);
  await review('release');
  for (const address of [...receivers, sender]) assert.equal(await isAbout(address), true);
});

test('what is said in a conversation that waits waits with it, and nobody learns that there is one', async () => {
  await applyPolicy(acme, kestrel('in'));
  const begin = async (): Promise<string> => {
    const { id } = await bob.client.createConversation({
      ...{ type: 'group', title: 'kestrel', members: ['adam@acme.test'] },
    });
    await here(id);
    return id;
  };
  const [first, second] = [await begin(), await begin()];
  const { id: said } = await say(bob, first, 'hello there');
  await here(said);
  const isShown = async (): Promise<boolean> => {
    await flush(bob, [adam], group);
    for await (const event of adam.client.stored(''))
      if (event.type === 'unverified' || JSON.stringify(event).includes('hello there')) return true;
    return false;
  };
  assert.equal(await isShown(), false);
  const { policing, reviewing } = acme.node.organisation;
  const decide = async (id: string, outcome: 'release' | 'reject'): Promise<void> => {
    const entry = policing.decisions.of(bytesOf(id))?.sequence ?? 0;
    await reviewing.reviews.decide({ entry, outcome, reason: '' }, OLIVE);
  };
  for (const id of [first, said]) await decide(id, 'release');
  await until('it', async () => (await textsOf(adam, first)).includes('hello there'));
  await decide(second, 'reject');
  const { id: refused } = await say(bob, second, 'and here');
  const delivery = await until('an answer', async () => (await bob.client.deliveries(refused))[0]);
  assert.equal('code' in delivery.outcome && delivery.outcome.code, 'policy.blocked');
});
