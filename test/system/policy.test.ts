/** Policy between two organisations: each outcome in both directions, where it bites and where it must not. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { FeedEvent, MessageEvent, NewFile, Revision } from '../../client/index.ts';
import { MARK } from '../../node/gaps/canary/specimen.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { FILE_CHUNK_BYTES } from '../../protocol/message/index.ts';
import { joinClient, type TestClient } from '../support/test-client.ts';
import { federate, startDns, startTestNode, type TestDns, type TestNode } from '../support/test-node.ts';
import { TestDevice } from '../support/test-device.ts';
import { until } from '../support/until.ts';

const CARD = '4111 1111 1111 1111';
const OLIVE = { address: 'olive@acme.test', device: null };

let dns: TestDns;
let acme: TestNode;
let partner: TestNode;
let alice: TestClient;
let adam: TestClient;
let bob: TestClient;
let group = '';

before(async () => {
  dns = await startDns('acme.test', 'partner.test');
  acme = await startTestNode(dns, 'acme.test');
  partner = await startTestNode(dns, 'partner.test');
  await federate(acme, partner);
  alice = await joinClient(acme, 'alice@acme.test', 'Alice');
  adam = await joinClient(acme, 'adam@acme.test', 'Adam');
  bob = await joinClient(partner, 'bob@partner.test', 'Bob');
  await acme.operations['member.add']({
    address: 'olive@acme.test',
    name: 'Olive',
    roles: ['member', 'compliance-officer'],
  });
  const { id, sent } = await alice.client.createConversation({
    type: 'group',
    title: 'Quay',
    members: ['adam@acme.test', 'bob@partner.test'],
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

beforeEach(async () => {
  for (const node of [acme, partner]) await apply(node, 'version: 1\nrules: []\n');
});

async function apply({ node }: TestNode, text: string): Promise<void> {
  valueOf(
    await node.organisation.policing.desk.apply(text, 'policy.yaml', {
      actor: 'operator',
      reason: 'test',
    }),
  );
}

/** The first rule of the policy in force. */
function firstRule({ node }: TestNode): string | undefined {
  return node.organisation.policing.policies.current?.document.rules[0]?.id;
}

function rule(when: string, then: string, more = ''): string {
  return `version: 1\nrules:\n  - id: the-rule\n    reason: Because.\n    text: Not that.\n    when: ${when}\n    then: ${then}\n${more}`;
}

/** What a member is shown of the group, newest last. */
async function shown({ client }: TestClient): Promise<MessageEvent[]> {
  const events: FeedEvent[] = [];
  for await (const event of client.messages('')) {
    events.push(event);
    if (event.position === client.position) break;
  }
  return events.filter((event) => event.type === 'message' && event.conversation === group) as MessageEvent[];
}

const textsOf = async (of: TestClient): Promise<string[]> =>
  (await shown(of)).map(({ content }) => ('text' in content ? content.text : ''));

async function say(by: TestClient, text: string, confirm?: string) {
  const sending = await by.client.send(group, text, confirm === undefined ? {} : { confirm });
  return { id: sending.id, outcome: await sending.sent };
}

function newestTextOf(revision: Revision | null | undefined): string | undefined {
  return revision?.state === 'edited' ? revision.text : undefined;
}

function fileOf(name: string, bytes: Uint8Array): NewFile {
  const type = name.endsWith('.csv') ? 'text/csv' : 'text/plain';
  const read = (at: number, length: number): Promise<Uint8Array> =>
    Promise.resolve(bytes.subarray(at, at + length));
  return { name, type, size: bytes.length, read };
}

/** A message that is let through comes after all that was sent before: what has not come by then does not come. */
async function flush(): Promise<void> {
  const mark = `mark ${crypto.randomUUID()}`;
  await say(alice, mark);
  for (const reader of [adam, bob])
    await until('the mark', async () => (await textsOf(reader)).includes(mark));
  const back = `mark ${crypto.randomUUID()}`;
  await say(bob, back);
  for (const reader of [alice, adam])
    await until('the mark', async () => (await textsOf(reader)).includes(back));
}

test('block, out: what contains a card number goes nowhere, and all else does', async () => {
  await apply(acme, rule('{ direction: out, contains: [{ detector: payment-card }] }', 'block'));
  const { outcome } = await say(alice, `my card is ${CARD}`);
  assert.deepEqual([outcome.state, 'code' in outcome && outcome.code], ['refused', 'policy.blocked']);
  assert.match('text' in outcome ? outcome.text : '', /Not that/);
  await flush();
  for (const reader of [alice, adam, bob])
    assert.ok(!(await textsOf(reader)).some((text) => text.includes(CARD)));
  const [newest] = await acme.node.organisation.policing.decisions.all(null, 1);
  assert.equal(newest?.decision.outcome, 'block');
  assert.deepEqual(
    newest.decision.reasons.map(({ rule: id, control, findings }) => [id, control, findings[0]?.type]),
    [['the-rule', 'content', 'payment-card']],
  );
});

test('block, in: a partner with a weaker policy cannot deliver what we forbid, and learns that it was refused', async () => {
  await apply(acme, rule('{ direction: in, contains: [{ detector: payment-card }] }', 'block'));
  const { id, outcome } = await say(bob, `take ${CARD}`);
  assert.equal(outcome.state, 'archived', 'his own organisation lets it go');
  const delivery = await until('the refusal', async () => (await bob.client.deliveries(id))[0]);
  assert.deepEqual(delivery.outcome, {
    state: 'refused',
    code: 'policy.blocked',
    text: 'the policy of acme.test does not let this in',
  });
  await flush();
  for (const reader of [alice, adam]) assert.ok(!(await textsOf(reader)).some((text) => text.includes(CARD)));
});

test('a test message reaches nobody, and whoever bears its mark or its name gets past nothing, out or in', async () => {
  await apply(acme, rule('{ contains: [{ detector: payment-card }] }', 'block'));
  const before = await acme.node.organisation.policing.decisions.all(null, 10);
  const { results } = await acme.operations['gaps.canary']({});
  assert.deepEqual(results[0]?.outcome, 'bit');
  await flush();
  for (const reader of [alice, adam, bob])
    assert.ok(!(await textsOf(reader)).some((text) => text.includes(MARK)));
  assert.deepEqual(await acme.node.organisation.policing.decisions.all(null, 10), before);

  const marked = `${MARK}\n${CARD}`;
  const { outcome: ours } = await say(alice, marked);
  assert.equal('code' in ours && ours.code, 'policy.blocked');
  const { id } = await say(bob, marked);
  const delivery = await until('the refusal', async () => (await bob.client.deliveries(id))[0]);
  assert.equal(delivery.outcome.state === 'refused' && delivery.outcome.code, 'policy.blocked');
  const named = await TestDevice.enrol(acme, 'chancery-canary-1@acme.test', 'Chancery Canary');
  const conversation = await named.create('adam@acme.test');
  const said = await named.say(conversation, marked);
  assert.equal(said.state === 'refused' && said.code, 'policy.blocked');
  await named.stop();
});

test('warn: the sender confirms with a reason that is archived, and the receiver is warned', async () => {
  const words = rule(
    '{ contains: [{ lexicon: offers }] }',
    'warn',
    'lexicons: { offers: { version: 3, words: [guaranteed] } }\n',
  );
  await apply(acme, words);
  const refused = await say(alice, 'profit is guaranteed');
  assert.equal('code' in refused.outcome && refused.outcome.code, 'policy.confirm');
  const sent = await say(alice, 'profit is guaranteed', 'quoting their leaflet');
  assert.equal(sent.outcome.state, 'archived');
  const [newest] = await acme.node.organisation.policing.decisions.all(null, 1);
  assert.equal(newest?.decision.confirmed, 'quoting their leaflet');
  assert.equal(newest.decision.reasons[0]?.findings[0]?.type, 'lexicon:offers@3');
  await say(bob, 'nothing is guaranteed');
  const warned = await until('the warning', async () =>
    (await shown(adam)).find(({ content }) => 'text' in content && content.text === 'nothing is guaranteed'),
  );
  assert.deepEqual(warned.ruled?.warnings, ['Not that.']);
});

test('redact, out: the device signs anew what is left, and nobody has the rest', async () => {
  await apply(acme, rule('{ direction: out, contains: [{ detector: payment-card }] }', 'redact'));
  const { outcome } = await say(alice, `card ${CARD}, thanks`);
  assert.equal(outcome.state, 'archived');
  const text = outcome.redacted?.text;
  assert.match(text ?? '', /^card \[.*\], thanks$/);
  await flush();
  for (const reader of [alice, adam, bob]) {
    const texts = await textsOf(reader);
    assert.ok(texts.includes(text ?? ''));
    assert.ok(!texts.includes(`card ${CARD}, thanks`));
  }
  const [newest] = await acme.node.organisation.policing.decisions.all(null, 1);
  assert.deepEqual(
    [newest?.decision.outcome, newest?.decision.direction, newest?.decision.reasons[0]?.rule],
    ['redact', 'out', 'the-rule'],
  );
});

test('redact, in: our members are shown what is left, and the archive keeps what was signed', async () => {
  await apply(acme, rule('{ direction: in, contains: [{ detector: payment-card }] }', 'redact'));
  const { id } = await say(bob, `ours: ${CARD}.`);
  await flush();
  for (const reader of [alice, adam]) {
    const event = (await shown(reader)).find((one) => one.id === id);
    assert.equal(event?.ruled?.redacted, true);
    assert.match('text' in event.content ? event.content.text : '', /^ours: \[.*\]\.$/);
    assert.equal(event.sender.address, 'bob@partner.test');
  }
  const { messages, ledger } = acme.node.organisation;
  const envelope = ledger.message(messages.position(Buffer.from(id, 'hex')) ?? 0)?.envelope;
  assert.ok(Buffer.from(envelope ?? []).includes(CARD));
  assert.ok((await bob.client.history(group, { limit: 5 })).messages.length > 0);
});

test('hold, out: nobody but the sender sees it before an officer releases it, and then everybody, once', async () => {
  await apply(
    acme,
    rule(
      '{ direction: out, contains: [{ pattern: secret }] }',
      'hold',
      'patterns: { secret: "project kestrel" }\n',
    ),
  );
  const { id, outcome } = await say(alice, 'project kestrel is on');
  assert.equal('held' in outcome && outcome.held, true);
  await flush();
  for (const reader of [adam, bob]) assert.ok(!(await textsOf(reader)).includes('project kestrel is on'));
  const own = (await shown(alice)).find((one) => one.id === id);
  assert.equal(own?.ruled?.held, true);
  const { policing, reviewing } = acme.node.organisation;
  const { decisions } = policing;
  const [waiting] = await decisions.open(null, 10);
  const sequence = waiting?.sequence ?? 0;
  const alicesOwn = { address: 'alice@acme.test', device: null };
  await assert.rejects(
    reviewing.reviews.decide({ entry: sequence, outcome: 'release', reason: '' }, alicesOwn),
    { code: 'officer.required' },
  );
  await reviewing.reviews.decide({ entry: sequence, outcome: 'release', reason: 'agreed with legal' }, OLIVE);
  for (const reader of [adam, bob])
    await until('the message', async () => (await textsOf(reader)).includes('project kestrel is on'));
  await flush();
  for (const reader of [adam, bob])
    assert.equal((await textsOf(reader)).filter((text) => text === 'project kestrel is on').length, 1);
  await assert.rejects(reviewing.reviews.decide({ entry: sequence, outcome: 'reject', reason: '' }, OLIVE), {
    code: 'review.settled',
  });
  assert.deepEqual(await decisions.open(null, 10), []);
  const delivered = await until('the receipt', async () => (await alice.client.deliveries(id))[0]);
  assert.equal(delivered.outcome.state, 'archived');
});

test('hold, in: what is rejected is never shown, in history neither, and stays in the archive', async () => {
  await apply(
    acme,
    rule(
      '{ direction: in, contains: [{ pattern: secret }] }',
      'hold',
      'patterns: { secret: "project osprey" }\n',
    ),
  );
  const { id } = await say(bob, 'project osprey is on');
  await flush();
  const { policing, reviewing } = acme.node.organisation;
  const { decisions } = policing;
  const [waiting] = await decisions.open(null, 10);
  const verdict = { entry: waiting?.sequence ?? 0, outcome: 'reject', reason: 'not for us' } as const;
  await reviewing.reviews.decide(verdict, OLIVE);
  await flush();
  for (const reader of [alice, adam]) {
    assert.ok(!(await textsOf(reader)).includes('project osprey is on'));
    const page = await reader.client.history(group, { limit: 50 });
    assert.ok(!page.messages.some((one) => one.id === id));
  }
  assert.ok(acme.node.organisation.messages.position(Buffer.from(id, 'hex')) !== undefined);
});

test('hold: an edit that waits is shown to nobody else, as the newest version neither', async () => {
  const { id } = await say(alice, 'the price is 12');
  const first = await alice.client.edit(group, id, 'the price is 13');
  assert.equal((await first.sent).state, 'archived');
  await apply(
    acme,
    rule(
      '{ direction: out, contains: [{ pattern: secret }] }',
      'hold',
      'patterns: { secret: "project merlin" }\n',
    ),
  );
  const held = await alice.client.edit(group, id, 'project merlin costs 14');
  const outcome = await held.sent;
  assert.equal('held' in outcome && outcome.held, true);
  await flush();
  const { messages } = await adam.client.history(group, { limit: 50 });
  const shownNow = messages.find((one) => one.id === id);
  assert.equal(newestTextOf(shownNow?.revision), 'the price is 13');
  assert.ok(!JSON.stringify(await adam.client.versions(id)).includes('merlin'));
  const own = (await alice.client.history(group, { limit: 50 })).messages.find((one) => one.id === id);
  assert.equal(newestTextOf(own?.revision), 'project merlin costs 14');
});

test('a first contact waits until somebody accepts the person, and then comes', async () => {
  await apply(acme, rule('{ direction: in, firstContact: true }', 'hold'));
  const bella = await joinClient(partner, 'bella@partner.test', 'Bella');
  const { id, sending } = await bella.client.direct('adam@acme.test');
  await sending?.sent;
  await (
    await bella.client.send(id, 'hello, new here')
  ).sent;
  await flush();
  assert.equal(await adam.client.conversation(id), undefined);
  const { contactDesk } = acme.node.organisation.reviewing;
  const released = await contactDesk.acceptAs('adam@acme.test', 'bella@partner.test');
  assert.equal(released, 2);
  await until('the conversation', async () => (await adam.client.conversation(id)) !== undefined);
  await (
    await bella.client.send(id, 'and again')
  ).sent;
  await until('the texts', async () => {
    const { messages } = await adam.client.history(id, { limit: 10 });
    const texts = messages.map(({ content }) => ('text' in content ? content.text : ''));
    return texts.includes('hello, new here') && texts.includes('and again');
  });
  await bella[Symbol.asyncDispose]();
});

test('a barrier keeps two groups apart in whatever conversation, and nobody else', async () => {
  const barrier = rule(
    '{ between: [trading, research] }',
    'block',
    'groups: { trading: [alice@acme.test], research: [adam@acme.test] }\n',
  );
  await apply(acme, barrier);
  const { outcome } = await say(alice, 'are you there?');
  assert.equal('code' in outcome && outcome.code, 'policy.blocked');
  const { sending } = await alice.client.direct('bob@partner.test');
  assert.equal((await sending?.sent)?.state ?? 'archived', 'archived');
});

test('what is in a file is decided about before the file goes anywhere, and a file that is fine does go', async () => {
  await apply(acme, rule('{ direction: out, contains: [{ detector: payment-card }] }', 'block'));
  const csv = Buffer.from(`name,card\nalice,${CARD}\n`);
  const refused = await (await alice.client.attach(group, fileOf('cards.csv', csv))).sent;
  assert.equal('code' in refused && refused.code, 'policy.blocked');
  const fine = await (
    await alice.client.attach(group, fileOf('names.csv', Buffer.from('name\nalice\n')))
  ).sent;
  assert.equal(fine.state, 'archived');
  const [newest] = await acme.node.organisation.policing.decisions.all(null, 1);
  assert.equal(newest?.decision.reasons[0]?.findings[0]?.place, 'cards.csv');
});

test('a risky file is held on its way in, whatever it says it is', async () => {
  await apply(acme, rule('{ direction: in, attachment: { is: [risky] } }', 'hold'));
  const program = Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200)]);
  const sent = await bob.client.attach(group, fileOf('invoice.pdf.exe', program));
  assert.equal((await sent.sent).state, 'archived');
  const text = await bob.client.attach(group, fileOf('notes.txt', Buffer.from('nothing in it')));
  assert.equal((await text.sent).state, 'archived');
  await until('the text file', async () => (await shown(adam)).some(({ id }) => id === text.id));
  assert.ok(!(await shown(adam)).some(({ id }) => id === sent.id));
  const waiting = (await acme.node.organisation.policing.decisions.open(null, 10)).at(-1);
  assert.equal(waiting?.decision.reasons[0]?.findings[0]?.kind, 'risky');
});

test('a link that shows another target than it has is warned of, and one that does not is not', async () => {
  await apply(acme, rule('{ direction: in, link: { is: [mismatched, lookalike] } }', 'warn'));
  await say(bob, 'see https://docs.example.org/offer');
  const bad = await say(bob, 'log in at [acme.test](https://evil.example/login)');
  const warned = await until('the link', async () => (await shown(adam)).find(({ id }) => id === bad.id));
  assert.deepEqual(warned.ruled?.warnings, ['Not that.']);
  const fine = (await shown(adam)).find(
    ({ content }) => 'text' in content && content.text.includes('docs.example.org'),
  );
  assert.equal(fine?.ruled, undefined);
});

test('a file that is not here yet is asked for, and not decided about', async () => {
  await apply(acme, rule('{ direction: out, attachment: { is: [unreadable, unscanned] } }', 'block'));
  const device = await TestDevice.enrol(acme, 'carol@acme.test');
  const conversation = await device.create('adam@acme.test');
  const file = {
    ...{ name: 'plan.txt', type: 'text/plain', size: 4, digest: new Uint8Array(32) },
    chunkBytes: FILE_CHUNK_BYTES,
  } as const;
  const [result] = await device.submit(
    await device.sign({ kind: 'attachment', text: '', file }, { conversation }),
  );
  await device.stop();
  assert.equal(result?.state === 'refused' && result.code, 'attachment.missing');
});

// last: the clients of acme.test do not know where it listens afterwards
test('a policy counts at once, and survives a restart', async () => {
  await apply(acme, rule('{ direction: out, contains: [{ detector: payment-card }] }', 'block'));
  acme = await acme.restart();
  assert.equal(firstRule(acme), 'the-rule');
  const broken = await acme.node.organisation.policing.desk.apply(
    'version: 1\nrules: [{ id: x }]',
    'policy.yaml',
    {
      actor: 'operator',
      reason: '',
    },
  );
  assert.equal(broken.ok ? '' : broken.refusal.code, 'policy.invalid');
  assert.equal(firstRule(acme), 'the-rule');
});
