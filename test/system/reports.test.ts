/** Phishing reports: hidden for the whole organisation, what goes with them held, the partner told, until an officer decides. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { runProgram } from '../../client/chat/program.ts';
import { openNodeClient } from '../../client/adapters/index.ts';
import type { ShownMessage } from '../../client/index.ts';
import { FakeTerminal } from '../support/fake-terminal.ts';
import { applyPolicy, eventsOf, flush, NO_POLICY, say, textsOf } from '../support/policing.ts';
import { joinClient, type TestClient } from '../support/test-client.ts';
import { federate, startDns, startTestNode, type TestDns, type TestNode } from '../support/test-node.ts';
import { until } from '../support/until.ts';

let dns: TestDns;
let acme: TestNode;
let partner: TestNode;
let alice: TestClient;
let adam: TestClient;
let olive: TestClient;
let bob: TestClient;
let mallory: TestClient;
let group = '';

before(async () => {
  dns = await startDns('acme.test', 'partner.test');
  acme = await startTestNode(dns, 'acme.test');
  partner = await startTestNode(dns, 'partner.test');
  await federate(acme, partner);
  alice = await joinClient(acme, 'alice@acme.test', 'Alice');
  adam = await joinClient(acme, 'adam@acme.test', 'Adam');
  const roles = ['member', 'compliance-officer'] as const;
  await acme.operations['member.add']({ address: 'olive@acme.test', name: 'Olive', roles: [...roles] });
  olive = await joinClient(acme, 'olive@acme.test', 'Olive');
  bob = await joinClient(partner, 'bob@partner.test', 'Bob');
});

after(async () => {
  for (const each of [alice, adam, olive, bob]) await each[Symbol.asyncDispose]();
  for (const each of [acme, partner]) await each.stop();
  await dns.server.stop();
});

let number = 0;

/** Somebody whose device nobody has reported yet, in a conversation of their own with ours. */
beforeEach(async () => {
  await applyPolicy(acme, NO_POLICY);
  number += 1;
  const address = `mallory${number}@partner.test`;
  mallory = await joinClient(partner, address, 'Mallory');
  const { id, sent } = await alice.client.createConversation({
    ...{ type: 'group', title: `Quay ${number}`, members: ['adam@acme.test', 'bob@partner.test', address] },
  });
  assert.equal((await sent).state, 'archived');
  group = id;
  for (const { client } of [adam, bob, mallory])
    await until('the group', async () => (await client.conversation(group)) !== undefined);
});

afterEach(() => mallory[Symbol.asyncDispose]());

async function sayAndCome(by: TestClient, text: string): Promise<string> {
  const { id } = await say(by, group, text);
  for (const reader of [alice, adam])
    await until('the message', async () => (await textsOf(reader, group)).includes(text));
  return id;
}

async function shown(of: TestClient, id: string): Promise<ShownMessage | undefined> {
  const { messages } = await of.client.history(group, { limit: 50 });
  return messages.find((message) => message.id === id);
}

/** What is kept of a message on the device itself. */
async function kept(of: TestClient, id: string): Promise<string | undefined> {
  for (const event of await eventsOf(of))
    if (event.type === 'message' && event.id === id)
      return event.ruled?.reported ?? JSON.stringify(event.content);
  return undefined;
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

test('what one member reports nobody of the organisation is shown any more, on any way, until it is dismissed', async () => {
  const id = await sayAndCome(mallory, 'send me your password');
  const reported = await chat(alice, 'report', id.slice(0, 12), 'asks', 'for', 'a', 'password');
  assert.match(
    reported.out,
    new RegExp(`^message ${id.slice(0, 8)} is hidden until .* \\(report \\d+\\); partner\\.test is told\n$`),
  );
  for (const reader of [alice, adam]) {
    await until('the report', async () => (await kept(reader, id)) === 'reported');
    const message = await shown(reader, id);
    assert.deepEqual([message?.content, message?.ruled?.reported], [{ kind: 'text', text: '' }, 'reported']);
    assert.equal(message?.sender.address, `mallory${number}@partner.test`);
    const versions = await reader.client.versions(id);
    assert.ok(!JSON.stringify(versions).includes('password'));
    assert.ok(!(await textsOf(reader, group)).includes('send me your password'));
  }
  const seen = await chat(adam, 'history', group.slice(0, 12));
  assert.match(
    seen.out,
    /Mallory <mallory\d+@partner\.test> \(external, .*\):\n    ⚠ reported as phishing, under review/,
  );
  await assert.rejects(adam.client.messageRequests.report(id), { code: 'report.known' });

  const fresh = await joinClient(acme, 'alice@acme.test', 'Alice'); // a device that never saw it
  await fresh.client.synced();
  assert.equal(await kept(fresh, id), 'reported');
  const { items } = await olive.client.reviews.list();
  const item = items.find(({ message }) => message === id);
  assert.deepEqual(
    [item?.what, item?.reporter, item?.reason, item?.may],
    ['report', 'alice@acme.test', 'asks for a password', ['confirm', 'dismiss', 'escalated']],
  );
  await assert.rejects(alice.client.reviews.list(), { code: 'officer.required' });
  const opened = await olive.client.reviews.show(item?.entry ?? 0);
  assert.equal(
    opened.opened?.state === 'opened' &&
      'text' in opened.opened.event.content &&
      opened.opened.event.content.text,
    'send me your password',
  );
  await olive.client.reviews.decide(item?.entry ?? 0, 'dismiss', 'an exercise');
  for (const reader of [alice, adam, fresh]) {
    await until('the message', async () => (await textsOf(reader, group)).includes('send me your password'));
    assert.deepEqual((await shown(reader, id))?.content, { kind: 'text', text: 'send me your password' });
    const offline = (await eventsOf(reader)).filter((event) => event.type === 'message' && event.id === id);
    assert.equal(offline.length, 1, 'shown once');
  }
  await fresh[Symbol.asyncDispose]();
});

test('what comes from the same device is held meanwhile, and delivered in order once the report is dismissed', async () => {
  const id = await sayAndCome(mallory, 'click here');
  const { report } = await alice.client.messageRequests.report(id);
  await say(mallory, group, 'did you click?');
  await say(mallory, group, 'please do');
  const fine = await say(bob, group, 'nothing of mine is held');
  for (const reader of [alice, adam])
    await until('the other', async () => (await textsOf(reader, group)).includes('nothing of mine is held'));
  await until('two held', async () => {
    const page = await acme.operations['report.show']({ entry: report });
    return page.held.length === 2;
  });
  for (const reader of [alice, adam])
    assert.ok(!(await textsOf(reader, group)).some((text) => /click|please/.test(text)));
  const { items } = await olive.client.reviews.list();
  const held = items.filter(({ reasons }) => reasons[0]?.rule === `report:${report}`);
  assert.deepEqual(
    held.map(({ reasons, outcome }) => [reasons[0]?.control, reasons[0]?.findings[0]?.kind, outcome]),
    [
      ['report', 'device', 'hold'],
      ['report', 'device', 'hold'],
    ],
  );
  const done = await olive.client.reviews.decide(report, 'dismiss', '');
  assert.equal(done.released, 2);
  for (const reader of [alice, adam]) {
    await until('the last', async () => (await textsOf(reader, group)).includes('please do'));
    const texts = (await textsOf(reader, group)).filter((text) => /click|please/.test(text));
    assert.deepEqual(texts, ['click here', 'did you click?', 'please do']);
  }
  assert.equal(fine.outcome.state, 'archived');
  await say(mallory, group, 'free again');
  await until('the next', async () => (await textsOf(adam, group)).includes('free again'));
});

test('what is confirmed stays hidden, what was held is turned down, and what matches is blocked from then on', async () => {
  const id = await sayAndCome(mallory, 'wire it to this account');
  const { report } = await adam.client.messageRequests.report(id, 'fraud');
  await say(mallory, group, 'have you wired it?');
  await until(
    'it held',
    async () => (await acme.operations['report.show']({ entry: report })).held.length === 1,
  );
  const done = await chat(olive, 'review', 'confirm', String(report), '--reason', 'fraud it is');
  assert.equal(done.out, `entry ${report}: confirm; messages turned down: 1\n`);
  const { id: later } = await say(mallory, group, 'hello again');
  const delivery = await until('the refusal', async () => (await mallory.client.deliveries(later))[0]);
  assert.equal(delivery.outcome.state === 'refused' && delivery.outcome.code, 'policy.blocked');
  await flush(bob, [alice, adam], group);
  for (const reader of [alice, adam]) {
    await until('the end', async () => (await kept(reader, id)) === 'confirmed');
    assert.ok(!(await textsOf(reader, group)).some((text) => /wire/.test(text)));
  }
  const [newest] = await acme.node.organisation.policing.decisions.all(null, 1);
  assert.deepEqual([newest?.decision.outcome, newest?.decision.reasons[0]?.control], ['block', 'report']);
  const undone = await olive.client.reviews.decide(report, 'dismiss', 'it was the bank after all');
  assert.deepEqual(undone.item.may, []);
  await until('the message', async () => (await textsOf(adam, group)).includes('wire it to this account'));
  await say(mallory, group, 'may I?');
  await until('the next', async () => (await textsOf(adam, group)).includes('may I?'));
});

test('the same file is held whoever sends it, and a confirmation can leave the device alone', async () => {
  const bytes = new TextEncoder().encode(`not what it seems ${number}`);
  const { id } = await attach(mallory, 'bill.txt', bytes);
  await until('the file', async () => (await kept(adam, id)) !== undefined);
  const { report } = await adam.client.messageRequests.report(id);
  const message = await shown(alice, id);
  assert.equal(message?.content.kind, 'text', 'nothing of the file is told');
  const { id: again } = await attach(bob, 'other name.txt', bytes);
  await attach(bob, 'fine.txt', new TextEncoder().encode('fine'));
  await flush(bob, [adam], group);
  assert.equal(await kept(adam, again), undefined);
  await olive.client.reviews.decide(report, 'confirm', 'a bad file', ['file']);
  await say(mallory, group, 'from the same device');
  await until('the text', async () => (await textsOf(adam, group)).includes('from the same device'));
  const { outcome } = await attach(alice, 'bill again.txt', bytes);
  assert.equal('code' in outcome && outcome.code, 'policy.blocked');
});

test('a link to the same host is held whoever sends it, in a text and in an edit, and one to our own host never is', async () => {
  const host = `pay${number}.example`;
  const id = await sayAndCome(mallory, `pay at https://${host}/now, or see https://www.acme.test/help`);
  const { report } = await adam.client.messageRequests.report(id);
  const harmless = await sayAndCome(bob, 'see https://www.acme.test/help');
  await say(bob, group, `or https://${host}/later`);
  const edited = await bob.client.edit(group, harmless, `see http://${host.toUpperCase()}/`);
  await edited.sent;
  await flush(bob, [alice, adam], group);
  for (const reader of [alice, adam]) {
    const texts = await textsOf(reader, group);
    assert.ok(!texts.some((text) => text.toLowerCase().includes(host)));
    assert.ok(texts.includes('see https://www.acme.test/help'));
  }
  const { held, traits } = await acme.operations['report.show']({ entry: report });
  assert.deepEqual([held.length, traits], [2, { device: true, hosts: 1, file: false }]);
  const { outcome } = await say(alice, group, `is https://${host}/ real?`);
  assert.equal('held' in outcome && outcome.held, true, 'nor does one of ours go out');
});

async function attach(
  by: TestClient,
  name: string,
  bytes: Uint8Array,
): Promise<{ id: string; outcome: Awaited<Awaited<ReturnType<typeof by.client.attach>>['sent']> }> {
  const read = (at: number, length: number): Promise<Uint8Array> =>
    Promise.resolve(bytes.slice(at, at + length));
  const sending = await by.client.attach(group, { name, type: 'text/plain', size: bytes.length, read });
  return { id: sending.id, outcome: await sending.sent };
}

test('the partner’s officers are told by a signed notice, of the message and the reason alone', async () => {
  const id = await sayAndCome(mallory, 'the secret plover');
  const { report, told } = await alice.client.messageRequests.report(id, 'bait');
  assert.equal(told, 'partner.test');
  const there = await until('the notice', async () => {
    const { reports } = await partner.operations['report.list']({ limit: 5 });
    return reports.find(({ message }) => message === id);
  });
  assert.deepEqual(
    [there.what, there.reporter, there.reason, there.sender, there.state],
    ['received', 'acme.test', 'bait', `mallory${number}@partner.test`, 'waiting'],
  );
  await until('that they gave notice', async () => {
    const { reports } = await acme.operations['report.list']({ limit: 5 });
    return reports.find(({ entry }) => entry === report)?.told !== null;
  });
  const content = partner.node.organisation.log.content(there.entry) ?? new Uint8Array();
  assert.ok(!Buffer.from(content).includes('plover'));
  assert.ok(!Buffer.from(content).includes('alice'));
  const status = await partner.operations.status({});
  assert.ok(status.waits.some((line) => /waits? for an officer/.test(line)));
  assert.ok((await bob.client.history(group, { limit: 5 })).messages.some(({ id: one }) => one === id));
});

test('what our officers decided of it is told as well, and waits for theirs; why is not', async () => {
  await partner.operations['member.add']({
    ...{ address: 'petra@partner.test', name: 'Petra', roles: ['member', 'compliance-officer'] },
  });
  const petra = await joinClient(partner, 'petra@partner.test', 'Petra');
  const id = await sayAndCome(mallory, 'a prize for you');
  const { report } = await alice.client.messageRequests.report(id, 'bait');
  const told = (verdict: string): Promise<number> =>
    until(`that it was ${verdict}`, async () => {
      const { reports } = await partner.operations['report.list']({ limit: 5 });
      return reports.find((one) => one.message === id && one.verdict === verdict)?.entry;
    });
  await olive.client.reviews.decide(report, 'confirm', 'counsel says so');
  const there = await told('confirmed');
  const { items } = await petra.client.reviews.list();
  const [first, second] = items.filter(({ message }) => message === id);
  assert.deepEqual(
    [first, second].map((item) => [item?.what, item?.reporter, item?.reason, item?.verdict, item?.may]),
    [
      ['notice', 'acme.test', 'bait', undefined, ['seen', 'escalated']],
      ['notice', 'acme.test', '', 'confirmed', ['seen', 'escalated']],
    ],
  );
  assert.equal(first?.entry, there);
  const listed = await chat(petra, 'review', 'list');
  assert.match(listed.out, /\n    confirmed by acme\.test\n/);
  await petra.client.reviews.decide(second?.entry ?? 0, 'seen', '');
  await olive.client.reviews.decide(report, 'dismiss', 'it was the bank after all');
  await told('dismissed');
  const { log } = partner.node.organisation;
  for (let entry = there; entry < log.size; entry += 1)
    assert.ok(!/counsel|the bank/.test(Buffer.from(log.content(entry) ?? []).toString('latin1')));
  await until('that nothing is left to tell', async () => {
    const { waits } = await acme.operations.status({});
    return !waits.some((line) => line.includes('yet to be told'));
  });
  await petra[Symbol.asyncDispose]();
});

test('a member who left the conversation is shown no more of it than they had, hidden or not', async () => {
  const id = await sayAndCome(mallory, 'click here');
  const change = await alice.client.changeMembers(group, {
    members: ['alice@acme.test', 'bob@partner.test', `mallory${number}@partner.test`],
  });
  assert.equal((await change.sent).state, 'archived');
  await until(
    'mallory to hear of it',
    async () => (await mallory.client.conversation(group))?.members.includes('adam@acme.test') === false,
  );
  const edited = await mallory.client.edit(group, id, 'click there');
  await edited.sent;
  await until('the edit', async () => (await textsOf(alice, group)).includes('click there'));
  const { report } = await alice.client.messageRequests.report(id);
  await until('the report', async () => (await kept(adam, id)) === 'reported');
  await olive.client.reviews.decide(report, 'dismiss', '');
  await until('it to be shown again', async () => (await kept(adam, id))?.includes('click here'));
  assert.ok(!(await textsOf(adam, group)).includes('click there'));
  assert.ok(!JSON.stringify(await adam.client.versions(id)).includes('click there'));
  assert.ok(JSON.stringify(await alice.client.versions(id)).includes('click there'));
});

test('nobody reports what they may not read, what they wrote, or more than is bearable', async () => {
  const id = await sayAndCome(mallory, 'for the group');
  await assert.rejects(olive.client.messageRequests.report(id), { code: 'message.unknown-target' });
  const own = await sayAndCome(alice, 'my own');
  await assert.rejects(alice.client.messageRequests.report(own), { code: 'request.invalid' });
  const adams = await sayAndCome(adam, 'of a colleague');
  const { told } = await alice.client.messageRequests.report(adams, 'not like him');
  assert.equal(told, null);
  const { outcome } = await say(adam, group, 'why is this held?');
  assert.equal('held' in outcome && outcome.held, true);
});
