/** What is older than the delivery window: the device of a compliance officer opens it, on record and on proof, and nobody else. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openDisclosed, ownCheckpoint } from '../../client/archive/disclosed.ts';
import { OpenedKeys } from '../../client/archive/opened-keys.ts';
import { openNodeClient } from '../../client/adapters/index.ts';
import { nodeSuite } from '../../client/adapters/node-crypto.ts';
import { unsealerOf } from '../../client/adapters/unsealer.ts';
import { runProgram } from '../../client/chat/program.ts';
import type { Opened } from '../../client/index.ts';
import { monthOf } from '../../protocol/archive/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import type { DisclosedEntry } from '../../protocol/wire/index.ts';
import { FakeTerminal } from '../support/fake-terminal.ts';
import { joinClient, type TestClient } from '../support/test-client.ts';
import { TestDevice } from '../support/test-device.ts';
import { startDns, startTestNode, type TestDns, type TestNode } from '../support/test-node.ts';

const GROUNDS = { purpose: 'complaint of 4 May', case: '2026-17' };

let dns: TestDns;
let acme: TestNode;
let alice: TestDevice;
let carol: TestClient;
let frank: TestDevice;
let conversation: Uint8Array;

before(async () => {
  dns = await startDns('acme.test');
  acme = await startTestNode(dns, 'acme.test');
  alice = await TestDevice.enrol(acme, 'alice@acme.test', 'Alice');
  const bob = await TestDevice.enrol(acme, 'bob@acme.test', 'Bob');
  conversation = await alice.create('bob@acme.test');
  await alice.say(conversation, 'the plover egg');
  await alice.say(conversation, 'is in the vault');
  await bob.stop();
  const roles = ['member', 'compliance-officer'] as const;
  await acme.operations['member.add']({ address: 'carol@acme.test', name: 'Carol', roles: [...roles] });
  carol = await joinClient(acme, 'carol@acme.test', 'Carol');
  await acme.operations['member.add']({ address: 'frank@acme.test', name: 'Frank', roles: [...roles] });
  frank = await TestDevice.enrol(acme, 'frank@acme.test', 'Frank');
  const { custody, dataKeys } = acme.node.organisation;
  await custody.look();
  await dataKeys.close(monthOf(Date.now())); // as when the delivery window is over
});

after(async () => {
  await carol[Symbol.asyncDispose]();
  await alice.stop();
  await frank.stop();
  await acme.stop();
  await dns.server.stop();
});

async function all(each: AsyncIterable<Opened>): Promise<Opened[]> {
  const opened: Opened[] = [];
  for await (const one of each) opened.push(one);
  return opened;
}

async function openAll(sequences: readonly number[], looking = GROUNDS): Promise<Opened[]> {
  return all(carol.client.archive.open(sequences, looking));
}

function textOf(opened: Opened | undefined): string {
  if (opened?.state !== 'opened') return opened?.code ?? 'nothing';
  const { content } = opened.event;
  return content.kind === 'text' ? content.text : content.kind;
}

async function found(): Promise<number[]> {
  const { messages } = await carol.client.archive.find({ person: 'alice@acme.test' }, GROUNDS);
  return messages.map(({ sequence }) => sequence);
}

async function accesses(): ReturnType<TestNode['operations']['archive.accesses']> {
  return acme.operations['archive.accesses']({ limit: 50 });
}

test('an officer finds and reads what the node cannot open any more, each message proven and by whom it was signed', async () => {
  const [newest] = await found();
  assert.ok(newest !== undefined);
  const shown = await acme.operations['archive.show']({ sequence: newest });
  assert.equal(shown.entry.message?.text, null);
  const opened = await openAll(await found());
  assert.deepEqual(opened.map(textOf), ['is in the vault', 'the plover egg', 'create']);
  const [first] = opened;
  assert.ok(first?.state === 'opened');
  const { sender, time } = first.event;
  assert.deepEqual([sender.address, sender.level, first.via], ['alice@acme.test', 'own', null]);
  assert.equal(new Date(time).toISOString(), shown.entry.time);
  const { size, root } = first.checkpoint;
  assert.equal(Buffer.from(acme.node.organisation.log.rootAt(size)).toString('hex'), root);
});

test('C10: who looked, why, in which case and at what is an entry of the log before it is shown', async () => {
  const sequences = await found();
  const before = acme.node.organisation.log.size;
  await openAll(sequences);
  const [last, listed] = (await accesses()).accesses;
  assert.deepEqual(
    [last?.actor, last?.action, last?.purpose, last?.case, last?.entries],
    ['carol@acme.test', 'open', GROUNDS.purpose, GROUNDS.case, sequences],
  );
  assert.equal(last?.sequence, before);
  assert.ok(last.device);
  assert.deepEqual([listed?.action, listed?.query], ['find', 'person alice@acme.test']);
  const { accesses: ofOne } = await acme.operations['archive.accesses']({ limit: 1, entry: sequences[0] });
  assert.deepEqual(ofOne, [last]);
  const { entries } = await acme.operations['archive.list']({ limit: 5 });
  assert.match(
    entries.find(({ kind }) => kind === 'access')?.summary ?? '',
    /carol@acme.test opened 3 entries: complaint of 4 May, case 2026-17/,
  );
});

test('C10: an operator’s look is on record like an officer’s', async () => {
  const [sequence] = await found();
  await acme.operations['archive.show']({ sequence: sequence!, purpose: 'disk check' });
  const [last] = (await accesses()).accesses;
  assert.deepEqual(
    [last?.actor, last?.device, last?.action, last?.purpose, last?.entries],
    ['operator', null, 'open', 'disk check', [sequence]],
  );
});

test('without a purpose nothing is asked, and nothing is answered', async () => {
  await assert.rejects(openAll([1], { purpose: '  ', case: '' }), { code: 'request.invalid' });
  const answer = await alice.ask({
    type: 'archive-open',
    action: 'open',
    grounds: { purpose: ' ', case: '' },
    sequences: [1],
  });
  assert.equal(answer.type === 'refused' && answer.code, 'encoding.malformed');
});

test('a member who is no officer is refused, and so is an officer from when the role is taken away', async () => {
  const size = (): number => acme.node.organisation.log.size;
  const before = size();
  const answer = await alice.ask({ type: 'archive-open', action: 'open', grounds: GROUNDS, sequences: [1] });
  assert.equal(answer.type === 'refused' && answer.code, 'officer.required');
  const sought = { person: null, conversation: null, since: null, until: null, only: null };
  const searched = await alice.ask({
    type: 'archive-find',
    grounds: GROUNDS,
    sought,
    before: null,
    limit: 1,
  });
  assert.equal(searched.type === 'refused' && searched.code, 'officer.required');
  assert.equal(size(), before);
  await acme.operations['member.add']({
    address: 'dan@acme.test',
    name: 'Dan',
    roles: ['compliance-officer'],
  });
  const dan = await TestDevice.enrol(acme, 'dan@acme.test', 'Dan');
  await acme.operations['member.update']({ address: 'dan@acme.test', roles: ['member'], reason: 'moved on' });
  const after = await dan.ask({ type: 'archive-open', action: 'open', grounds: GROUNDS, sequences: [1] });
  assert.match(
    after.type === 'refused' ? after.code : '',
    /^(officer.required|certificate.superseded|device.revoked)$/,
  );
  await dan.stop();
});

test('an officer whose device came after the window was closed is told that another officer’s device is needed', async () => {
  const [sequence] = await found();
  await acme.operations['member.add']({
    address: 'erin@acme.test',
    name: 'Erin',
    roles: ['compliance-officer'],
  });
  await using erin = await joinClient(acme, 'erin@acme.test', 'Erin');
  const [opened] = await all(erin.client.archive.open([sequence!], GROUNDS));
  assert.ok(opened?.state === 'withheld');
  assert.equal(opened.code, 'archive.sealed');
  assert.match(opened.text, /ask an officer whose device was enrolled before/);
});

test('entries that are no messages, and ones that are not there, are named', async () => {
  const opened = await openAll([0, 1_000_000]);
  assert.deepEqual(
    opened.map((each) => each.state === 'withheld' && [each.sequence, each.code]),
    [
      [0, 'request.invalid'],
      [1_000_000, 'request.invalid'],
    ],
  );
});

test('search goes by person, conversation and time, and by pages to the end', async () => {
  const { archive } = carol.client;
  const all = await found();
  const id = Buffer.from(conversation).toString('hex');
  const inside = await archive.find({ conversation: id }, GROUNDS);
  assert.deepEqual(
    inside.messages.map(({ sequence }) => sequence),
    all,
  );
  const paged: number[] = [];
  let from: number | null = null;
  do {
    const page = await archive.find({}, GROUNDS, { limit: 1, before: from });
    paged.push(...page.messages.map(({ sequence }) => sequence));
    from = page.next;
  } while (from !== null);
  assert.deepEqual(paged, all);
  const [, second] = inside.messages;
  const until = await archive.find({ until: second!.time }, GROUNDS);
  assert.ok(until.messages.every(({ time }) => time <= second!.time));
  const since = await archive.find({ since: Date.now() + 60_000 }, GROUNDS);
  assert.deepEqual(since.messages, []);
  assert.deepEqual((await archive.find({ person: 'nobody@acme.test' }, GROUNDS)).messages, []);
});

test('what a node has changed on the way is not shown, whichever part it is', async () => {
  using keys = new OpenedKeys(unsealerOf(frank.key.seed));
  const answer = await frank.request(
    { type: 'archive-open', action: 'open', grounds: GROUNDS, sequences: await found() },
    'archive-opened',
  );
  const [first, second] = answer.disclosed;
  assert.ok(first !== undefined && second !== undefined);
  const now = Math.floor(Date.now() / 1000);
  const provenance = {
    suite: nodeSuite,
    domain: 'acme.test',
    isOwnRoot: (id: string) => id === acme.made.rootId,
  };
  const head = valueOf(ownCheckpoint(answer.checkpoint, answer.chain, now, provenance));
  const open = (disclosed: DisclosedEntry): ReturnType<typeof openDisclosed> =>
    openDisclosed(disclosed, head, nodeSuite, keys);
  assert.ok((await open(first)).ok);
  const changed: [string, DisclosedEntry, string][] = [
    ['the place', { ...first, sequence: second.sequence }, 'proof.invalid'],
    ['the leaf', { ...first, entry: second.entry }, 'proof.invalid'],
    ['the proof', { ...first, proof: first.proof.slice(1) }, 'proof.invalid'],
    ['what is stored', { ...first, stored: flipped(first.stored) }, 'archive.damaged'],
    ['what is stored, for that of another', { ...first, stored: second.stored }, 'archive.damaged'],
    [
      'the wrapped key',
      { ...first, key: { ...first.key, sealed: flipped(first.key.sealed) } },
      'archive.damaged',
    ],
    [
      'whom it was wrapped for',
      { ...first, key: { ...first.key, enc: new Uint8Array(32) } },
      'archive.damaged',
    ],
    ['the month of the key', { ...first, key: { ...first.key, month: '1999-01' } }, 'archive.damaged'],
    ['the id of the key', { ...first, key: { ...first.key, id: flipped(first.key.id) } }, 'archive.damaged'],
  ];
  for (const [what, disclosed, code] of changed) {
    const opened = await open(disclosed);
    assert.equal(opened.ok ? 'opened' : opened.refusal.code, code, what);
  }
  const heads: [string, ReturnType<typeof ownCheckpoint>, string][] = [
    [
      'another organisation’s root',
      ownCheckpoint(answer.checkpoint, answer.chain, now, { ...provenance, isOwnRoot: () => false }),
      'identity.root-mismatch',
    ],
    [
      'a checkpoint that somebody else signed',
      ownCheckpoint(
        answer.checkpoint.replace(String(head.size), String(head.size + 1)),
        answer.chain,
        now,
        provenance,
      ),
      'checkpoint.bad-signature',
    ],
    [
      'a device’s certificate in place of the statement’s',
      ownCheckpoint(answer.checkpoint, answer.signers[0]!.chain, now, provenance),
      'certificate.wrong-kind',
    ],
  ];
  for (const [what, checked, code] of heads)
    assert.equal(checked.ok ? 'taken' : checked.refusal.code, code, what);
});

test('at the command line an officer finds and reads, for people and for programs', async () => {
  const sequences = await found();
  await carol.client.close();
  const chat = async (...args: string[]): Promise<{ code: number; out: string; err: string }> => {
    const terminal = new FakeTerminal();
    const code = await runProgram(['archive', ...args], {
      ...{ terminal, env: {}, version: '1.2.3', defaultHome: carol.home, hostname: 'laptop' },
      open: (home) => openNodeClient({ home }),
      enrol: () => Promise.reject(new Error('not in this test')),
    });
    return { code, out: terminal.out, err: terminal.err };
  };
  const because = ['--purpose', GROUNDS.purpose, '--case', GROUNDS.case];
  const listed = await chat('find', '--person', 'alice@acme.test', '--limit', '2', ...because);
  assert.match(
    listed.out,
    new RegExp(`^${sequences[0]}  .* alice@acme.test text in [0-9a-f]{8}\\n${sequences[1]}  `),
  );
  assert.match(listed.err, new RegExp(`there is more; add --before ${sequences[1]}`));
  const queried = await chat('find', '"plover EGG"', 'from:alice', '--person', 'alice@acme.test', ...because);
  assert.match(queried.out, new RegExp(`^${sequences[1]}  .* alice@acme.test text in [0-9a-f]{8}\\n$`));
  const [asked] = (await accesses()).accesses;
  assert.deepEqual(
    [asked?.action, asked?.query, asked?.entries],
    ['find', '"plover EGG" from:alice, person alice@acme.test', [sequences[1]]],
  );
  const counted = await chat('find', 'from:alice -draft held:no', '--count', ...because);
  assert.deepEqual([counted.code, counted.out], [0, '3 messages\n']);
  const wrong = await chat('find', 'egg "plover', ...because);
  assert.match(wrong.err, /request\.invalid/);
  const read = await chat('open', String(sequences[0]), '999999', ...because);
  assert.match(read.out, /Alice <alice@acme\.test>: is in the vault\n +proven in the log of \d+ entries\n/);
  assert.match(read.out, /999999 +not shown: there is no entry 999999 \[request\.invalid\]/);
  const json = await chat('open', String(sequences[1]), ...because, '--json');
  const { event } = JSON.parse(json.out) as { event: { content: { text: string } } };
  assert.equal(event.content.text, 'the plover egg');
  const silent = await chat('open', '1');
  assert.equal(silent.code, 2);
  assert.match(silent.err, /required option '--purpose <text>' not specified/);
});

test('C10: where the archive can record nothing more, nothing is found and nothing is opened', async () => {
  const { log } = acme.node.organisation;
  const sequence = log.size - 1;
  log.stopAppending({ code: 'archive.damaged', message: 'for this test', facts: {} });
  const sought = { person: null, conversation: null, since: null, until: null, only: null };
  const refused = [
    await frank.ask({ type: 'archive-find', grounds: GROUNDS, sought, before: null, limit: 10 }),
    await frank.ask({ type: 'archive-open', action: 'open', grounds: GROUNDS, sequences: [sequence] }),
  ];
  for (const answer of refused)
    assert.deepEqual(answer.type === 'refused' && [answer.code, answer.message], [
      'archive.damaged',
      'for this test',
    ]);
});

function flipped(bytes: Uint8Array): Uint8Array {
  const changed = bytes.slice();
  changed[changed.length - 1]! ^= 1;
  return changed;
}
