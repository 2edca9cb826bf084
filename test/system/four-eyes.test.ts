/** What takes two officers takes two of them, each on their own device: one alone, an operator, or who holds the node gets nothing. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { exportFilesIn, exportFolder, nodeSuite } from '../../client/adapters/index.ts';
import type { Opened } from '../../client/index.ts';
import type { OversightRules } from '../../node/oversight/index.ts';
import { verifyExport } from '../../protocol/export/index.ts';
import { entriesOf } from '../../protocol/oversight/index.ts';
import { freePort } from '../../scripts/processes/index.ts';
import { policyOf } from '../support/retaining.ts';
import { joinClient, type TestClient } from '../support/test-client.ts';
import { TestDevice } from '../support/test-device.ts';
import { until } from '../support/until.ts';
import { startDns, startTestNode, type TestDns, type TestNode } from '../support/test-node.ts';

const LOOKING = { purpose: 'complaint of 4 May', case: '2026-17' };
const MATTER = 'Smith v. Acme';
const STRICT: OversightRules = {
  fourEyes: ['open', 'export', 'erasure', 'disposal', 'retention'],
  signed: true,
};
const NOWHERE = { conversations: [], organisations: [], words: [], from: null, until: null };

let dns: TestDns;
let acme: TestNode;
let alice: TestDevice;
let olive: TestClient;
let oscar: TestClient;
let conversation: Uint8Array;
let messages: number[];

before(async () => {
  dns = await startDns('acme.test');
  const listen = [`/ip4/127.0.0.1/tcp/${await freePort()}`];
  acme = await startTestNode(dns, 'acme.test', { listen, oversight: STRICT, retention: policyOf(30, null) });
  alice = await TestDevice.enrol(acme, 'alice@acme.test', 'Alice');
  await (await TestDevice.enrol(acme, 'bob@acme.test', 'Bob')).stop();
  const roles = ['member', 'compliance-officer'] as const;
  for (const name of ['olive', 'oscar'])
    await acme.operations['member.add']({ address: `${name}@acme.test`, name, roles: [...roles] });
  olive = await joinClient(acme, 'olive@acme.test', 'Olive');
  oscar = await joinClient(acme, 'oscar@acme.test', 'Oscar');
  await acme.node.organisation.custody.look();
  conversation = await alice.create('bob@acme.test');
  for (const text of ['the plover egg', 'is in the vault']) await alice.say(conversation, text);
  messages = (await acme.node.organisation.messages.timeline(conversation, null, 100)).sort((a, b) => a - b);
});

after(async () => {
  await olive[Symbol.asyncDispose]();
  await oscar[Symbol.asyncDispose]();
  await alice.stop();
  await acme.stop();
  await dns.server.stop();
});

async function opened(who: TestClient, sequences: readonly number[], approval?: number): Promise<Opened[]> {
  const looking = approval === undefined ? LOOKING : { ...LOOKING, approval };
  const all: Opened[] = [];
  for await (const one of who.client.archive.open(sequences, looking)) all.push(one);
  return all;
}

/** Approves a request, as the second officer does. */
async function approve(who: TestClient, request: number): Promise<void> {
  await who.client.oversight.approve(await who.client.oversight.request(request));
}

const code = (expected: string) => ({ code: expected });

test('C15: one officer alone opens nothing; with another’s approval exactly what was asked for', async () => {
  await assert.rejects(opened(olive, messages), code('approval.required'));
  const size = acme.node.organisation.log.size;
  const { entry, expires } = await olive.client.oversight.askFor('open', messages.slice(0, 2), LOOKING);
  assert.equal(entry, size);
  assert.ok(expires !== null);
  await assert.rejects(opened(olive, messages.slice(0, 2), entry), code('approval.missing'));
  await assert.rejects(approve(olive, entry), code('approval.own'));
  await assert.rejects(opened(olive, messages.slice(0, 2), entry), code('approval.missing'));
  const shown = await oscar.client.oversight.request(entry);
  assert.equal(shown.officer, 'olive@acme.test');
  assert.ok(shown.asked.action === 'open' && shown.asked.purpose === LOOKING.purpose);
  await approve(oscar, entry);
  const seen = await opened(olive, messages.slice(0, 2), entry);
  assert.deepEqual(
    seen.map((one) => one.state),
    ['opened', 'opened'],
  );
  const [last] = (await acme.operations['archive.accesses']({ limit: 1 })).accesses;
  assert.equal(last?.action, 'open');
  await assert.rejects(opened(olive, messages, entry), code('approval.other'));
  await assert.rejects(opened(oscar, messages.slice(0, 2), entry), code('approval.other'));
  const other = { ...LOOKING, purpose: 'curiosity', approval: entry };
  await assert.rejects(
    (async () => {
      for await (const one of olive.client.archive.open(messages.slice(0, 2), other)) assert.ok(one);
    })(),
    code('approval.other'),
  );
  await assert.rejects(approve(oscar, entry), code('approval.missing'), 'it is approved once');
});

test('C15: what was declined opens nothing, and an operator cannot open either', async () => {
  const { entry } = await olive.client.oversight.askFor('open', messages, LOOKING);
  await oscar.client.oversight.decline(await oscar.client.oversight.request(entry), 'not part of the case');
  await assert.rejects(opened(olive, messages, entry), code('approval.missing'));
  const [sequence] = messages.slice(1);
  const shown = await acme.operations['archive.show']({ sequence: sequence!, purpose: 'disk check' });
  assert.equal(shown.entry.message?.text, null);
});

test('C15, C13: an export takes two officers, is of what was found when it was asked for, and proves itself', async (t) => {
  const above = await mkdtemp(join(tmpdir(), 'chancery-four-eyes-'));
  t.after(() => rm(above, { recursive: true, force: true }));
  const wanted = { person: 'alice@acme.test' };
  const { exporter } = olive.client;
  const folder = (name: string): string => join(above, name);
  await assert.rejects(
    exporter.export(wanted, LOOKING, exportFolder(folder('alone'))),
    code('approval.required'),
  );
  const { entry } = await exporter.ask(wanted, LOOKING);
  await alice.say(conversation, 'said later');
  const shown = await oscar.client.oversight.request(entry);
  assert.ok(shown.asked.action === 'export');
  assert.deepEqual(entriesOf(shown.asked.entries), messages);
  await approve(oscar, entry);
  const looking = { ...LOOKING, approval: entry };
  const exported = await exporter.export(wanted, looking, exportFolder(folder('approved')));
  assert.equal(exported.messages + exported.membership, messages.length);
  assert.deepEqual((await verifyExport(exportFilesIn(folder('approved')), nodeSuite)).findings, []);
  assert.equal((await readdir(folder('alone'))).length, 0);
});

test('C12: releasing a hold takes two officers who sign it; an operator who names two is refused', async () => {
  const scope = { ...NOWHERE, people: ['alice@acme.test'] };
  await olive.client.oversight.hold(MATTER, scope, 'claim of 4 May');
  const { holds } = await acme.operations['hold.list']({ all: false });
  assert.deepEqual(
    holds.map(({ matter, actor }) => [matter, actor]),
    [[MATTER, 'olive@acme.test']],
  );
  await assert.rejects(
    acme.operations['hold.release']({ matter: MATTER, actor: 'olive@acme.test', reason: 'settled' }),
    code('officer.signature-required'),
  );
  const { entry } = await olive.client.oversight.askRelease(MATTER, 'settled');
  await assert.rejects(approve(olive, entry), code('approval.own'));
  assert.equal((await oscar.client.oversight.holds()).length, 1);
  await approve(oscar, entry);
  assert.equal((await oscar.client.oversight.holds()).length, 0);
});

test('C11: under four eyes an erasure is decided once the second officer approved it', async () => {
  await assert.rejects(
    acme.operations['erasure.request']({
      person: 'alice@acme.test',
      ground: 'GDPR 17',
      actor: 'olive@acme.test',
    }),
    code('officer.signature-required'),
  );
  const { entry } = await olive.client.oversight.ask({
    action: 'erasure',
    person: 'alice@acme.test',
    ground: 'GDPR 17(1)(b)',
  });
  assert.deepEqual((await acme.operations['erasure.list']({})).erasures, []);
  await approve(oscar, entry);
  const [erasure] = (await acme.operations['erasure.list']({})).erasures;
  assert.deepEqual([erasure?.state, erasure?.actor, erasure?.left], ['deferred', 'olive@acme.test', 4]);
});

test('C2: schedules that keep less come into force only with two officers, and the log says so', async () => {
  acme = await acme.restart({ retention: policyOf(7, null) });
  assert.equal((await acme.operations['retention.show']({})).schedules.at(-1)?.floorDays, 30);
  for (const { client } of [olive, oscar])
    await until('the device to be back', () => Promise.resolve(client.state.state === 'online'));
  const { entry } = await olive.client.oversight.askPolicy('decided by the board');
  await approve(oscar, entry);
  acme = await acme.restart();
  assert.equal((await acme.operations['retention.show']({})).schedules.at(-1)?.floorDays, 7);
  const { entries } = await acme.operations['archive.list']({ limit: 50 });
  assert.ok(
    entries.some(({ kind, summary }) => kind === 'oversight-policy' && /two officers decided/.test(summary)),
  );
});

test('C2, C15: every act holds against what stood then, by the log alone', async () => {
  assert.deepEqual((await acme.operations['archive.verify']({})).faults, []);
});
