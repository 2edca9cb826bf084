/** First contacts between two organisations: who writes for the first time waits until they are accepted, by whom policy says. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { runProgram } from '../../client/chat/program.ts';
import { openNodeClient } from '../../client/adapters/index.ts';
import { FakeTerminal } from '../support/fake-terminal.ts';
import { applyPolicy, flush, NO_POLICY, say } from '../support/policing.ts';
import { joinClient, type TestClient } from '../support/test-client.ts';
import { federate, startDns, startTestNode, type TestDns, type TestNode } from '../support/test-node.ts';
import { until } from '../support/until.ts';

let dns: TestDns;
let acme: TestNode;
let partner: TestNode;
let alice: TestClient;
let adam: TestClient;
let bob: TestClient;
let group = '';

function firstContact(more = ''): string {
  return `version: 1
rules:
  - id: strangers
    reason: Whoever writes first is looked at first.
    when: { direction: in, firstContact: true }
    then: hold
${more}`;
}

before(async () => {
  dns = await startDns('acme.test', 'partner.test');
  acme = await startTestNode(dns, 'acme.test');
  partner = await startTestNode(dns, 'partner.test');
  await federate(acme, partner);
  alice = await joinClient(acme, 'alice@acme.test', 'Alice');
  adam = await joinClient(acme, 'adam@acme.test', 'Adam');
  bob = await joinClient(partner, 'bob@partner.test', 'Bob');
  await acme.operations['member.add']({
    ...{ address: 'olive@acme.test', name: 'Olive', roles: ['member', 'compliance-officer'] },
  });
  const { id, sent } = await alice.client.createConversation({
    ...{ type: 'group', title: 'Quay', members: ['adam@acme.test', 'bob@partner.test'] },
  });
  assert.equal((await sent).state, 'archived');
  group = id;
  for (const { client } of [adam, bob])
    await until('the group', async () => (await client.conversation(group)) !== undefined);
});

after(async () => {
  for (const each of [alice, adam, bob]) await each[Symbol.asyncDispose]();
  for (const each of [acme, partner]) await each.stop();
  await dns.server.stop();
});

beforeEach(() => applyPolicy(acme, NO_POLICY));

/** Somebody new of the partner, who writes to one of ours. */
async function stranger(
  name: string,
  to: string,
  ...texts: string[]
): Promise<TestClient & { readonly conversation: string; readonly address: string }> {
  const address = `${name.toLowerCase()}@partner.test`;
  const joined = await joinClient(partner, address, name);
  const { id, sending } = await joined.client.direct(to);
  await sending?.sent;
  for (const text of texts) await say(joined, id, text);
  await partnerFlush();
  return { ...joined, conversation: id, address };
}

/** Bob's message comes after all that was sent from the partner before. */
async function partnerFlush(): Promise<void> {
  await flush(bob, [alice, adam], group);
}

async function textsIn({ client }: TestClient, conversation: string): Promise<string[]> {
  const { messages } = await client.history(conversation, { limit: 50 });
  return messages.flatMap(({ content }) => (content.kind === 'text' ? [content.text] : []));
}

async function chat(of: TestClient, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = new FakeTerminal();
  await of.client.close();
  const code = await runProgram(['--accept-recording', ...args], {
    ...{ terminal, env: {}, version: 'test', defaultHome: of.home, hostname: 'test' },
    open: (home) => openNodeClient({ home }),
    enrol: () => Promise.reject(new Error('nobody enrols here')),
  });
  const client = await openNodeClient({ home: of.home });
  await client.connect();
  (of as { client: typeof client }).client = client;
  return { code, out: terminal.out, err: terminal.err };
}

test('who writes first is shown to the receiver with how they are known, never with what they wrote, and comes in order once accepted', async () => {
  await applyPolicy(acme, firstContact());
  const bella = await stranger('Bella', 'adam@acme.test', 'one', 'two', 'three');
  assert.equal(await adam.client.conversation(bella.conversation), undefined);
  const shown = await chat(adam, 'requests');
  assert.match(
    shown.out,
    /^Bella <bella@partner\.test> \(external, verified through DNSSEC since .*\) 4 messages since /,
  );
  for (const text of ['one', 'two', 'three']) assert.ok(!shown.out.includes(text));
  assert.deepEqual((await alice.client.messageRequests.list()).people, []);
  await assert.rejects(alice.client.messageRequests.accept(bella.address), { code: 'contact.unknown' });
  const { waiting } = await acme.operations['contact.list']({ limit: 10 });
  assert.deepEqual(
    waiting.map(({ address, messages, members }) => [address, messages, members]),
    [[bella.address, 4, ['adam@acme.test']]],
  );
  const known = async (): Promise<string[]> =>
    (await adam.client.contacts({ search: 'b' })).people.map(({ address }) => address);
  assert.deepEqual(await known(), ['bob@partner.test'], 'who waits is no contact yet');
  const accepted = await chat(adam, 'accept', 'bella@partner.test');
  assert.equal(accepted.out, 'bella@partner.test is accepted; messages: 4\n');
  await until('the texts', async () => {
    const known = await adam.client.conversation(bella.conversation);
    return known !== undefined && (await textsIn(adam, bella.conversation)).length === 3;
  });
  assert.deepEqual(await textsIn(adam, bella.conversation), ['one', 'two', 'three']);
  const texts: string[] = [];
  for await (const event of adam.client.stored(''))
    if (event.type === 'message' && event.conversation === bella.conversation && 'text' in event.content)
      texts.push(event.content.text);
  assert.deepEqual(texts, ['one', 'two', 'three'], 'in the feed too');
  assert.deepEqual(await known(), [bella.address, 'bob@partner.test']);
  await say(bella, bella.conversation, 'four');
  await until('the fourth', async () => (await textsIn(adam, bella.conversation)).includes('four'));
  assert.deepEqual((await adam.client.messageRequests.list()).people, []);
  const toAlice = await bella.client.direct('alice@acme.test');
  await toAlice.sending?.sent;
  await partnerFlush();
  assert.deepEqual(
    (await alice.client.messageRequests.list()).people.map(({ person }) => person.address),
    [bella.address],
    'what adam said is for adam',
  );
  assert.equal(await alice.client.messageRequests.accept(bella.address), 1);
  await bella[Symbol.asyncDispose]();
});

test('who is declined is let in no more, on record, until they are accepted after all, and then all of it comes', async () => {
  await applyPolicy(acme, firstContact());
  const bert = await stranger('Bert', 'adam@acme.test', 'hello');
  assert.equal(await adam.client.messageRequests.decline(bert.address), 2);
  assert.deepEqual((await adam.client.messageRequests.list()).people, []);
  const sending = await bert.client.send(bert.conversation, 'are you there?');
  await sending.sent;
  const delivery = await until('the refusal', async () => (await bert.client.deliveries(sending.id))[0]);
  assert.equal(delivery.outcome.state === 'refused' && delivery.outcome.code, 'policy.blocked');
  const [newest] = await acme.node.organisation.policing.decisions.all(null, 1);
  assert.deepEqual(
    [newest?.decision.sender, newest?.decision.outcome, newest?.decision.reasons[0]?.rule],
    [bert.address, 'block', 'contact:declined'],
  );
  await partnerFlush();
  assert.equal(await adam.client.conversation(bert.conversation), undefined);
  assert.equal(await adam.client.messageRequests.accept(bert.address), 2);
  await say(bert, bert.conversation, 'at last');
  await until('the texts', async () => {
    const known = await adam.client.conversation(bert.conversation);
    return known !== undefined && (await textsIn(adam, bert.conversation)).includes('at last');
  });
  assert.deepEqual(await textsIn(adam, bert.conversation), ['hello', 'at last']);
  await bert[Symbol.asyncDispose]();
});

test('one member who declines somebody declines them for nobody else', async () => {
  await applyPolicy(acme, firstContact());
  const boris = await stranger('Boris', 'adam@acme.test', 'for adam');
  await adam.client.messageRequests.decline(boris.address);
  const { id, sending } = await boris.client.direct('alice@acme.test');
  await sending?.sent;
  await say(boris, id, 'for alice');
  await partnerFlush();
  assert.deepEqual(
    (await alice.client.messageRequests.list()).people.map(({ person }) => person.address),
    [boris.address],
  );
  assert.equal(await alice.client.messageRequests.accept(boris.address), 2);
  await until('the text', async () => (await alice.client.conversation(id)) !== undefined);
  assert.deepEqual(await textsIn(alice, id), ['for alice']);
  assert.equal(await adam.client.conversation(boris.conversation), undefined);
  await boris[Symbol.asyncDispose]();
});

test('who waits for one member answers another who writes to them, and the one they wait for once that one accepts', async () => {
  await applyPolicy(acme, firstContact());
  const berta = await stranger('Berta', 'adam@acme.test', 'hi');
  const answer = async (to: TestClient, text: string): Promise<string> => {
    const { id, sending } = await to.client.direct(berta.address);
    await sending?.sent;
    await say(to, id, 'who are you?');
    await until('the question', async () => (await berta.client.conversation(id)) !== undefined);
    await say(berta, id, text);
    await partnerFlush();
    return id;
  };
  const withAlice = await answer(alice, 'I am Berta');
  assert.deepEqual(await textsIn(alice, withAlice), ['who are you?', 'I am Berta']);
  const withAdam = await answer(adam, 'Berta');
  assert.deepEqual(await textsIn(adam, withAdam), ['who are you?']);
  assert.equal(await adam.client.messageRequests.accept(berta.address), 3);
  await until('the answer', async () => (await textsIn(adam, withAdam)).includes('Berta'));
  await berta[Symbol.asyncDispose]();
});

test('where the organisation accepts, receivers see who waits and cannot let them in, and officers do', async () => {
  await applyPolicy(acme, firstContact('    accept: organisation\n'));
  const bruno = await stranger('Bruno', 'adam@acme.test', 'good day');
  const { people } = await adam.client.messageRequests.list();
  assert.deepEqual(
    people.map(({ person, mayAccept }) => [person.address, mayAccept]),
    [[bruno.address, false]],
  );
  await assert.rejects(adam.client.messageRequests.accept(bruno.address), { code: 'contact.organisation' });
  await assert.rejects(
    acme.operations['contact.accept']({ person: bruno.address, actor: 'adam@acme.test', reason: '' }),
    { code: 'officer.required' },
  );
  // nor by writing to them, nor does a colleague so
  for (const each of [adam, alice]) {
    const begun = await each.client.direct(bruno.address);
    await begun.sending?.sent;
    await say(each, begun.id, 'what do you want?');
    await until('the question', async () => (await bruno.client.conversation(begun.id)) !== undefined);
    await say(bruno, begun.id, 'an answer');
    await partnerFlush();
    assert.deepEqual(await textsIn(each, begun.id), ['what do you want?']);
  }
  const by = { actor: 'olive@acme.test', reason: 'a supplier' };
  const { released } = await acme.operations['contact.accept']({ person: bruno.address, ...by });
  assert.equal(released, 4);
  await until('the text', async () => (await adam.client.conversation(bruno.conversation)) !== undefined);
  const { decided } = await acme.operations['contact.list']({ limit: 1 });
  assert.deepEqual(
    decided.map(({ person, member, accepted, actor, reason }) => [person, member, accepted, actor, reason]),
    [[bruno.address, null, true, 'olive@acme.test', 'a supplier']],
  );
  const { acts } = await acme.operations.audit({ limit: 1, kind: 'contact' });
  assert.match(
    acts[0]?.text ?? '',
    /^olive@acme\.test accepted bruno@partner\.test as a contact of everybody$/,
  );
  await acme.operations['contact.decline']({ person: bruno.address, ...by });
  await assert.rejects(
    acme.operations['contact.accept']({ person: bruno.address, member: 'adam@acme.test', ...by }),
    { code: 'contact.organisation' },
  );
  await assert.rejects(adam.client.messageRequests.accept(bruno.address), { code: 'contact.organisation' });
  await say(bruno, bruno.conversation, 'are we good?');
  await partnerFlush();
  assert.deepEqual(await textsIn(adam, bruno.conversation), ['good day']);
  await bruno[Symbol.asyncDispose]();
});

test('what waits for something else too is not let in by accepting its writer', async () => {
  await applyPolicy(
    acme,
    `${firstContact()}  - id: offers
    reason: Offers are looked at.
    when: { direction: in, contains: [{ lexicon: offers }] }
    then: hold
lexicons: { offers: { version: 1, words: [offer] } }
`,
  );
  const birgit = await stranger('Birgit', 'adam@acme.test', 'hello', 'an offer for you');
  assert.equal(await adam.client.messageRequests.accept(birgit.address), 2);
  await until('the text', async () => (await adam.client.conversation(birgit.conversation)) !== undefined);
  assert.deepEqual(await textsIn(adam, birgit.conversation), ['hello']);
  const open = await acme.node.organisation.policing.decisions.open(null, 100);
  assert.ok(open.some(({ decision }) => decision.sender === birgit.address));
  await birgit[Symbol.asyncDispose]();
});

test('nobody accepts a colleague, and without a rule about first contact nobody waits', async () => {
  await assert.rejects(adam.client.messageRequests.decline('alice@acme.test'), { code: 'request.invalid' });
  const basil = await stranger('Basil', 'adam@acme.test', 'straight in');
  await until('the text', async () => (await adam.client.conversation(basil.conversation)) !== undefined);
  assert.deepEqual((await adam.client.messageRequests.list()).people, []);
  await assert.rejects(adam.client.messageRequests.accept(basil.address), { code: 'contact.unknown' });
  await basil[Symbol.asyncDispose]();
});
