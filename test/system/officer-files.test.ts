/** Files that came with messages, as compliance officers have them: on record first, sealed until they are on the device. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openNodeClient } from '../../client/adapters/index.ts';
import { runProgram } from '../../client/chat/program.ts';
import { monthOf } from '../../protocol/archive/index.ts';
import { FILE_CHUNK_BYTES } from '../../protocol/message/index.ts';
import type { DeviceAnswer } from '../../protocol/wire/index.ts';
import { FakeTerminal } from '../support/fake-terminal.ts';
import { makeFile, sendFile, upload } from '../support/files.ts';
import { policyOf } from '../support/retaining.ts';
import { joinClient, type TestClient } from '../support/test-client.ts';
import { TestDevice } from '../support/test-device.ts';
import { startDns, startTestNode, type TestDns, type TestNode } from '../support/test-node.ts';

const GROUNDS = { purpose: 'complaint of 4 May', case: '2026-17' };
const OFFICER: ('member' | 'compliance-officer')[] = ['member', 'compliance-officer'];
const FILES = { maxBytes: 4_000_000, types: ['*/*'] };

let dns: TestDns;
let acme: TestNode;
let alice: TestDevice;
let bob: TestDevice;
let carol: TestClient;
let frank: TestDevice;
let folder: string;
let conversation: Uint8Array;
const sent = makeFile(3 * FILE_CHUNK_BYTES + 17);

before(async () => {
  dns = await startDns('acme.test');
  acme = await startTestNode(dns, 'acme.test', { files: FILES });
  alice = await TestDevice.enrol(acme, 'alice@acme.test', 'Alice');
  bob = await TestDevice.enrol(acme, 'bob@acme.test', 'Bob');
  await acme.operations['member.add']({ address: 'carol@acme.test', name: 'Carol', roles: OFFICER });
  carol = await joinClient(acme, 'carol@acme.test', 'Carol');
  await acme.operations['member.add']({ address: 'frank@acme.test', name: 'Frank', roles: OFFICER });
  frank = await TestDevice.enrol(acme, 'frank@acme.test', 'Frank');
  conversation = await alice.create('bob@acme.test');
  assert.equal(await send(sent), 'archived');
  folder = await mkdtemp(join(tmpdir(), 'chancery-files-'));
  const { custody, dataKeys } = acme.node.organisation;
  await custody.look();
  await dataKeys.close(monthOf(Date.now())); // as when the delivery window is over
});

after(async () => {
  await carol[Symbol.asyncDispose]();
  for (const each of [alice, bob, frank, acme]) await each.stop();
  await dns.server.stop();
  await rm(folder, { recursive: true, force: true });
});

async function send(file: ReturnType<typeof makeFile>): Promise<string> {
  assert.equal(await upload(alice, file), 'whole');
  return (await sendFile(alice, conversation, file.file)).code;
}

/** The entry of the newest message with a file. */
async function entry(): Promise<number> {
  const { messages } = await carol.client.archive.find({}, GROUNDS);
  return messages.find(({ kind }) => kind === 'attachment')!.sequence;
}

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

function code(answer: DeviceAnswer): string {
  return answer.type === 'refused' ? answer.code : answer.type;
}

async function chat(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = new FakeTerminal();
  const ended = await runProgram(['archive', ...args, '--purpose', GROUNDS.purpose, '--case', GROUNDS.case], {
    ...{ terminal, env: {}, version: '1.2.3', defaultHome: carol.home, hostname: 'laptop' },
    open: (home) => openNodeClient({ home }),
    enrol: () => Promise.reject(new Error('not in this test')),
  });
  return { code: ended, out: terminal.out, err: terminal.err };
}

test('C6, C10: an officer has the file of a message that the node cannot open, and one record says so beforehand', async () => {
  const sequence = await entry();
  const { file, event, chunks } = await carol.client.archive.file(sequence, GROUNDS);
  assert.deepEqual([file.name, event.sender.address], ['plan.pdf', 'alice@acme.test']);
  const { accesses } = await acme.operations['archive.accesses']({ limit: 1 });
  const [{ actor, action, part, purpose, case: name, entries } = {}] = accesses;
  assert.deepEqual(
    [actor, action, part, purpose, name, entries],
    ['carol@acme.test', 'open', 'file', GROUNDS.purpose, GROUNDS.case, [sequence]],
  );
  const { size } = acme.node.organisation.log;
  assert.ok((await bytesOf(chunks)).equals(sent.bytes));
  assert.equal(acme.node.organisation.log.size, size, 'one record a file, and none a chunk');
});

test('C10: no byte of a file is handed out without a record, of this device, of this file', async () => {
  const sequence = await entry();
  const begin = { type: 'archive-file-begin', grounds: GROUNDS, action: 'open', sequence } as const;
  assert.equal(code(await alice.ask(begin)), 'officer.required');
  const { access } = await frank.request(begin, 'archive-file-begun');
  const get = { type: 'archive-file-get', access, sequence, at: 0, length: 100 } as const;
  assert.equal(code(await frank.ask(get)), 'archive-file-piece');
  assert.equal(code(await alice.ask(get)), 'officer.required');
  for await (const _ of carol.client.archive.open([sequence], GROUNDS));
  const { accesses } = await acme.operations['archive.accesses']({ limit: 1 });
  for (const [what, other] of [
    ['another entry', { ...get, sequence: sequence - 1 }],
    ['no record', { ...get, access: sequence }],
    ['a record that is to come', { ...get, access: 1_000_000 }],
    ['the record of another look', { ...get, access: accesses[0]!.sequence }],
  ] as const)
    assert.equal(code(await frank.ask(other)), 'request.invalid', what);
  await carol.client.archive.file(sequence, GROUNDS);
  const [theirs] = (await acme.operations['archive.accesses']({ limit: 1 })).accesses;
  const stolen = { ...get, access: theirs!.sequence };
  assert.equal(code(await frank.ask(stolen)), 'request.invalid', 'another officer’s');
  const silent = { ...begin, grounds: { purpose: ' ', case: '' } };
  assert.equal(code(await frank.ask(silent)), 'encoding.malformed');
});

test('messages without a file, and entries that are none, are named', async () => {
  const { archive } = carol.client;
  await assert.rejects(archive.file(0, GROUNDS), { code: 'request.invalid' });
  const { messages } = await archive.find({ only: 'membership' }, GROUNDS);
  await assert.rejects(archive.file(messages[0]!.sequence, GROUNDS), { code: 'request.invalid' });
  const begin = { type: 'archive-file-begin', grounds: GROUNDS, action: 'export' } as const;
  for (const sequence of [0, messages[0]!.sequence, 1_000_000])
    assert.equal(code(await frank.ask({ ...begin, sequence })), 'request.invalid');
});

test('at the command line an officer saves a file, never over another one', async () => {
  const sequence = String(await entry());
  await carol.client.close();
  const to = join(folder, 'saved.pdf');
  const saved = await chat('save', sequence, '--to', to, '--json');
  assert.equal(saved.code, 0, saved.err);
  assert.deepEqual((JSON.parse(saved.out) as { path: string }).path, to);
  assert.ok((await readFile(to)).equals(sent.bytes));
  await writeFile(to, 'mine');
  const { size } = acme.node.organisation.log;
  const again = await chat('save', sequence, '--to', to);
  assert.match(again.err, /saved.pdf is there already; name another place, or move it/);
  assert.equal(again.code, 2);
  assert.equal(await readFile(to, 'utf8'), 'mine');
  const looks = acme.node.organisation.log.size - size;
  assert.equal(looks, 0, 'nothing is on record that did not happen');
  carol = { ...carol, client: await openNodeClient({ home: carol.home }) };
  await carol.client.connect();
});

test('a file that was changed in the archive, or is gone, is told as damage, and nothing is left of it', async () => {
  const sequence = await entry();
  const found = await readdir(acme.settings.attachmentsLocation, { recursive: true, withFileTypes: true });
  const [{ parentPath, name } = { parentPath: '', name: '' }] = found.filter((one) => one.isFile());
  const path = join(parentPath, name);
  const stored = await readFile(path);
  const changed = Buffer.from(stored);
  changed[2 * FILE_CHUNK_BYTES + 50]! ^= 1;
  await writeFile(path, changed);
  const { chunks } = await carol.client.archive.file(sequence, GROUNDS);
  await assert.rejects(bytesOf(chunks), { code: 'archive.damaged' });
  await carol.client.close();
  const to = join(folder, 'damaged.pdf');
  const saved = await chat('save', String(sequence), '--to', to);
  assert.match(saved.err, /archive.damaged/);
  assert.deepEqual(
    (await readdir(folder)).filter((one) => one.startsWith('damaged')),
    [],
  );
  carol = { ...carol, client: await openNodeClient({ home: carol.home }) };
  await carol.client.connect();
  await rm(path);
  await assert.rejects(carol.client.archive.file(sequence, GROUNDS), { code: 'archive.damaged' });
  await writeFile(path, stored);
  const { chunks: whole } = await carol.client.archive.file(sequence, GROUNDS);
  assert.ok((await bytesOf(whole)).equals(sent.bytes));
});

test('C10: where the archive can record nothing more, no file is handed out', async () => {
  const sequence = await entry();
  const { access } = await frank.request(
    { type: 'archive-file-begin', grounds: GROUNDS, action: 'export', sequence },
    'archive-file-begun',
  );
  assert.ok(access > sequence);
  const { log } = acme.node.organisation;
  log.stopAppending({ code: 'archive.damaged', message: 'for this test', facts: {} });
  const begin = { type: 'archive-file-begin', grounds: GROUNDS, action: 'open', sequence } as const;
  assert.equal(code(await frank.ask(begin)), 'archive.damaged');
});

test('C7: of a message that was disposed of the file is gone for officers too, also while it is being handed out', async (t) => {
  const other = await startDns('acme.test');
  const node = await startTestNode(other, 'acme.test', { files: FILES, retention: policyOf(0, 0) });
  const writer = await TestDevice.enrol(node, 'alice@acme.test', 'Alice');
  await node.operations['member.add']({ address: 'frank@acme.test', name: 'Frank', roles: OFFICER });
  const officer = await TestDevice.enrol(node, 'frank@acme.test', 'Frank');
  t.after(async () => {
    for (const each of [writer, officer, node]) await each.stop();
    await other.server.stop();
  });
  const talk = await writer.create('frank@acme.test');
  await upload(writer, sent);
  const { id } = await sendFile(writer, talk, sent.file);
  const sequence = node.node.organisation.messages.position(id)!;
  const begin = { type: 'archive-file-begin', grounds: GROUNDS, action: 'open', sequence } as const;
  const { access } = await officer.request(begin, 'archive-file-begun');
  await node.node.organisation.retaining.retention.look();
  assert.equal(code(await officer.ask(begin)), 'archive.disposed');
  const get = { type: 'archive-file-get', access, sequence, at: 0, length: 100 } as const;
  assert.equal(code(await officer.ask(get)), 'archive.disposed');
});
