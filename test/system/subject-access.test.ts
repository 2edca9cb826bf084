/** What is held about one person (GDPR, Article 15), exported by an officer: all of it, nothing of others’ disputes, proven. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openNodeClient, exportFolder } from '../../client/adapters/index.ts';
import { nodeSuite } from '../../client/adapters/node-crypto.ts';
import { runProgram } from '../../client/chat/program.ts';
import type { Exported, Wanted } from '../../client/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { MANIFEST, verifyExport, type ExportManifest } from '../../protocol/export/index.ts';
import { parseManifest } from '../../protocol/export/manifest.ts';
import { asFiles, changed, loadExport, type FilesInMemory } from '../support/export-files.ts';
import { FakeTerminal } from '../support/fake-terminal.ts';
import { makeFile, sendFile, upload } from '../support/files.ts';
import { joinClient, type TestClient } from '../support/test-client.ts';
import { TestDevice } from '../support/test-device.ts';
import { startPartners } from '../support/partners.ts';
import type { TestDns, TestNode } from '../support/test-node.ts';
import { until } from '../support/until.ts';

const GROUNDS = { purpose: 'request of 2 June for access', case: '' };
const [ALICE, BOB, DAN] = ['alice@acme.test', 'bob@acme.test', 'dan@partner.test'] as const;

let dns: TestDns;
let acme: TestNode;
let partner: TestNode;
let alice: TestDevice;
let bob: TestDevice;
let dan: TestDevice;
let carol: TestClient;
let above: string;
let made = 0;
const sent = makeFile(1_000);

before(async () => {
  ({ dns, acme, partner } = await startPartners());
  alice = await TestDevice.enrol(acme, ALICE, 'Alice');
  bob = await TestDevice.enrol(acme, BOB, 'Bob');
  dan = await TestDevice.enrol(partner, DAN, 'Dan');
  const roles: ('member' | 'compliance-officer')[] = ['member', 'compliance-officer'];
  await acme.operations['member.add']({ address: 'carol@acme.test', name: 'Carol', roles });
  carol = await joinClient(acme, 'carol@acme.test', 'Carol');
  above = await mkdtemp(join(tmpdir(), 'chancery-about-'));

  const group = await alice.create(BOB, DAN);
  await alice.say(group, 'to bob and dan');
  await bob.say(group, 'from bob');
  await upload(alice, sent);
  await sendFile(alice, group, sent.file);
  await until('dan’s word', async () => {
    if (partner.node.organisation.messages.conversation(group) === undefined) return false;
    await dan.say(group, 'from dan');
    return true;
  });
  await until('dan’s word at acme', () =>
    acme.node.organisation.messages.said(DAN, null, 1).then(({ length }) => length === 1),
  );
  await leave(group, [ALICE]);
  await alice.say(group, 'when both were gone');
  await leave(group, [ALICE, BOB, DAN]);
  await alice.say(group, 'back again');
  const other = await alice.create('carol@acme.test');
  await alice.say(other, 'about bob, without him');
  const { 'hold.place': hold, 'member.update': update } = acme.operations;
  const scope = { people: [BOB], conversations: [], organisations: [], words: [], from: null, until: null };
  await hold({ matter: 'Bob v. Acme', ...scope, reason: 'claim', actor: 'carol@acme.test' });
  await update({ address: BOB, name: 'Robert', reason: 'as he is called' });
});

after(async () => {
  await carol[Symbol.asyncDispose]();
  for (const each of [alice, bob, dan, acme, partner]) await each.stop();
  await dns.server.stop();
  await rm(above, { recursive: true, force: true });
});

/** Who is left in a group, or again in it, by word of its owner. */
async function leave(group: Uint8Array, members: string[]): Promise<void> {
  const { origin, revision } = acme.node.organisation.messages.conversation(group)!;
  const content = { kind: 'membership', origin, revision: revision + 1, title: '', members } as const;
  const [result] = await alice.submit(await alice.sign(content, { conversation: group }));
  assert.equal(result?.state, 'archived', JSON.stringify(result));
}

async function exportAbout(
  wanted: Omit<Wanted, 'only'>,
): Promise<{ exported: Exported; files: FilesInMemory }> {
  const folder = join(above, String((made += 1)));
  const exported = await carol.client.exporter.export(wanted, GROUNDS, exportFolder(folder));
  return { exported, files: await loadExport(folder) };
}

function manifestOf(files: FilesInMemory): ExportManifest {
  return valueOf(parseManifest(files.get(MANIFEST)!));
}

function linesOf<T>(files: FilesInMemory, name: string): T[] {
  const text = Buffer.from(files.get(name)!).toString().trim();
  return text === '' ? [] : text.split('\n').map((line) => JSON.parse(line) as T);
}

interface Line {
  readonly sought: boolean;
  readonly content: { readonly kind: string; readonly text?: string };
}

function saidIn(files: FilesInMemory): string[] {
  const sought = linesOf<Line>(files, 'messages.jsonl').filter((line) => line.sought);
  return sought.map(({ content }) => content.text ?? content.kind);
}

const SHARED = [
  'create',
  'to bob and dan',
  'from bob',
  'as promised',
  'from dan',
  'membership',
  'membership',
  'back again',
];

test('GDPR 15: a member’s export has what they wrote and what was said while they were there, with files, and nothing else', async () => {
  const { exported, files } = await exportAbout({ about: BOB });
  assert.deepEqual(saidIn(files), SHARED);
  assert.equal(exported.attachments, 1);
  assert.deepEqual((await verifyExport(asFiles(files), nodeSuite)).findings, []);
});

test('GDPR 15: of a partner’s person it has the same, by when they came and left', async () => {
  const { exported, files } = await exportAbout({ about: DAN });
  assert.deepEqual(saidIn(files), SHARED);
  const kinds = linesOf<{ kind: string }>(files, 'about.jsonl').map(({ kind }) => kind);
  assert.deepEqual([...new Set(kinds)], ['certificate']);
  assert.equal(exported.held, kinds.length);
  assert.deepEqual((await verifyExport(asFiles(files), nodeSuite)).findings, []);
});

test('GDPR 15: what else the log holds of them is in it with its proof: no holds, no looks of others', async () => {
  for await (const _ of carol.client.archive.open([acme.node.organisation.log.size - 1], GROUNDS));
  const looked = await carol.client.archive.find({ person: BOB }, { purpose: 'secret inquiry' });
  for await (const _ of carol.client.archive.open(
    looked.messages.map(({ sequence }) => sequence),
    { purpose: 'secret inquiry' },
  ));
  const { files } = await exportAbout({ about: BOB });
  const lines = linesOf<{ entry: number; kind: string; content: object }>(files, 'about.jsonl');
  const kinds = [...new Set(lines.map(({ kind }) => kind))].sort();
  assert.deepEqual(
    kinds,
    kinds.filter((kind) =>
      ['certificate', 'device', 'device-report', 'invitation', 'member', 'news'].includes(kind),
    ),
  );
  for (const kind of ['certificate', 'device', 'invitation', 'member', 'news'])
    assert.ok(kinds.includes(kind), kind);
  const names = lines
    .filter(({ kind }) => kind === 'member')
    .map(({ content }) => (content as { name: string }).name);
  assert.deepEqual(names, ['Bob', 'Robert']);
  const everything = Buffer.concat([...files.values()]).toString();
  for (const hidden of ['Bob v. Acme', 'secret inquiry', 'about bob, without him', 'when both were gone'])
    assert.ok(!everything.includes(hidden), hidden);
  const manifest = manifestOf(files);
  assert.deepEqual(manifest.trail, manifest.accesses);
  assert.deepEqual(manifest.about, { person: BOB, entries: lines.map(({ entry }) => entry) });
  const { accesses } = await acme.operations['archive.accesses']({ limit: 20 });
  const ours = accesses.filter(({ sequence }) => manifest.accesses.includes(sequence));
  assert.deepEqual(new Set(ours.map(({ part }) => part)), new Set([undefined, 'file', 'about']));
  assert.ok(ours.every(({ action, purpose }) => action === 'export' && purpose === GROUNDS.purpose));
});

test('C13: an entry about somebody else, and one that is left out, are named', async () => {
  const { files } = await exportAbout({ about: BOB });
  const lines = Buffer.from(files.get('records.jsonl')!)
    .toString()
    .split(/(?<=\n)/);
  const [victim] = manifestOf(files).about!.entries;
  const without = lines.filter((line) => !line.startsWith(`{"sequence":${victim},`)).join('');
  const { findings } = await verifyExport(
    asFiles(changed(files, 'records.jsonl', Buffer.from(without))),
    nodeSuite,
  );
  assert.ok(findings.some(({ entry, problem }) => entry === victim && problem.includes('is missing')));
});

test('C6: who is no officer is told nothing of anybody', async () => {
  const request = {
    type: 'archive-about',
    grounds: GROUNDS,
    person: BOB,
    since: null,
    until: null,
    from: 0,
  } as const;
  const refused = await alice.ask(request);
  assert.equal(refused.type === 'refused' && refused.code, 'officer.required');
});

test('at the command line it is one option, and not to be mixed with another', async () => {
  await carol.client.close();
  const chat = async (...args: string[]): Promise<{ code: number; out: string; err: string }> => {
    const terminal = new FakeTerminal();
    const code = await runProgram(['archive', ...args, '--purpose', GROUNDS.purpose], {
      ...{ terminal, env: {}, version: '1.2.3', defaultHome: carol.home, hostname: 'laptop' },
      open: (home) => openNodeClient({ home }),
      enrol: () => Promise.reject(new Error('not in this test')),
    });
    return { code, out: terminal.out, err: terminal.err };
  };
  const exported = await chat('export', join(above, 'cli'), '--about', BOB);
  assert.match(
    exported.out,
    /^8 messages, .* with the files of 1, and \d+ entries beside them, in \d+ files/,
  );
  const mixed = await chat('export', join(above, 'mixed'), '--about', BOB, '--person', ALICE);
  assert.equal(mixed.code, 2);
});

test('C10: where it cannot be recorded nothing is handed out', async () => {
  const client = await openNodeClient({ home: carol.home });
  await client.connect();
  carol = { ...carol, client };
  const { log } = acme.node.organisation;
  log.stopAppending({ code: 'archive.damaged', message: 'for this test', facts: {} });
  const { size } = log;
  await assert.rejects(client.archive.heldAbout(BOB, {}, GROUNDS).next(), { code: 'archive.damaged' });
  assert.equal(log.size, size);
});
