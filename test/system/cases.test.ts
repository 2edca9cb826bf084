/** A case from its opening to its export: led at the node, worked on from officers' own devices, and handed on with its proofs. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readDeviceKey } from '../../client/adapters/device-key.ts';
import { exportFolder, findPassphrase, openNodeClient } from '../../client/adapters/index.ts';
import { nodeSigner, nodeSuite } from '../../client/adapters/node-crypto.ts';
import { runProgram } from '../../client/chat/program.ts';
import { MAX_TAGGED_AT_ONCE, monthOf } from '../../protocol/archive/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import {
  CASE_FILE,
  MANIFEST,
  RECORDS,
  SIGNATURE,
  formatManifest,
  signManifest,
  verifyExport,
  type ExportManifest,
  type Finding,
} from '../../protocol/export/index.ts';
import { parseManifest } from '../../protocol/export/manifest.ts';
import { asFiles, changed, loadExport, type FilesInMemory } from '../support/export-files.ts';
import { FakeTerminal } from '../support/fake-terminal.ts';
import { joinClient, type TestClient } from '../support/test-client.ts';
import { testCli } from '../support/test-cli.ts';
import { TestDevice } from '../support/test-device.ts';
import { startDns, startTestNode, type TestDns, type TestNode } from '../support/test-node.ts';

const OLIVE = 'olive@acme.test';
const NAME = '2026-17';
const GROUNDS = { purpose: 'claim of 4 May', case: NAME };

let dns: TestDns;
let acme: TestNode;
let alice: TestDevice;
let oscar: TestDevice;
let olive: TestClient;
let above: string;
/** What Alice wrote, by entry: an offer, another one, and something else. */
let said: number[];

before(async () => {
  above = await mkdtemp(join(tmpdir(), 'chancery-case-'));
  dns = await startDns('acme.test');
  acme = await startTestNode(dns, 'acme.test');
  for (const address of [OLIVE, 'oscar@acme.test'])
    await acme.operations['member.add']({ address, name: address, roles: ['member', 'compliance-officer'] });
  olive = await joinClient(acme, OLIVE, 'Olive');
  oscar = await TestDevice.enrol(acme, 'oscar@acme.test', 'Oscar');
  alice = await TestDevice.enrol(acme, 'alice@acme.test', 'Alice');
  const conversation = await alice.create(OLIVE);
  said = [];
  for (const text of ['the plover offer', 'a plover offer again', 'something else']) {
    const result = await alice.say(conversation, text);
    assert.ok(result.state === 'archived');
    said.push(result.sequence);
  }
  const { custody, dataKeys } = acme.node.organisation;
  await custody.look();
  await dataKeys.close(monthOf(Date.now())); // as when the delivery window is over
});

after(async () => {
  await olive[Symbol.asyncDispose]();
  await alice.stop();
  await oscar.stop();
  await acme.stop();
  await dns.server.stop();
  await rm(above, { recursive: true, force: true });
});

async function findingsOf(loaded: FilesInMemory): Promise<readonly Finding[]> {
  return (await verifyExport(asFiles(loaded), nodeSuite)).findings;
}

test('C10, C14: a search in a case is on record as a look for that case, with what it found, before it is answered', async () => {
  const { operations, node } = acme;
  await operations['case.open']({ name: NAME, title: 'Smith v. Acme', actor: OLIVE });
  const { log, ledger } = node.organisation;
  const asked = { name: NAME, actor: OLIVE, limit: 1, query: 'plover offer', purpose: 'claim of 4 May' };
  const { size } = log;
  const first = await operations['case.search'](asked);
  assert.deepEqual([first.search, first.count, first.next], [1, 2, said[1]]);
  assert.deepEqual(
    first.found.map(({ sequence, message }) => [sequence, message?.sender, message?.text]),
    [[said[1], 'alice@acme.test', null]],
  );
  const kinds = [size, size + 1, size + 2].map((sequence) => log.entry(sequence)?.kind);
  assert.deepEqual([log.size, ...kinds], [size + 3, 'access', 'case', 'case']);
  const look = ledger.record('access', size);
  assert.deepEqual(
    [look?.actor, look?.action, look?.case, look?.query, look?.purpose, look?.entries],
    [OLIVE, 'find', NAME, 'plover offer', 'claim of 4 May', [said[1]]],
  );
  const more = await operations['case.search']({ ...asked, before: first.next! });
  assert.deepEqual(
    [more.count, more.found.map(({ sequence }) => sequence), log.entry(size + 3)?.kind],
    [null, [said[0]], 'access'],
  );
  const again = await operations['case.search']({ name: NAME, actor: OLIVE, limit: 50, search: 1 });
  assert.deepEqual([again.search, again.count], [1, 2]);
  const { searches } = await operations['case.show']({ name: NAME, actor: OLIVE });
  assert.deepEqual(
    searches.map(({ number, query, run }) => [number, query, run?.found, run?.newest]),
    [[1, 'plover offer', 2, said[1]]],
  );
  const wrong: [object, string][] = [
    [{ search: 7 }, 'request.invalid'],
    [{ query: 'egg "plover' }, 'request.invalid'],
    [{ query: 'x', search: 1 }, 'request.invalid'],
    [{ query: 'x', actor: 'alice@acme.test' }, 'officer.required'],
    [{ query: 'x', actor: 'oscar@acme.test' }, 'case.not-reviewer'],
    [{ query: 'x', name: 'another' }, 'case.unknown'],
  ];
  const before = log.size;
  for (const [change, code] of wrong) {
    const searching = operations['case.search']({ name: NAME, actor: OLIVE, limit: 50, ...change });
    await assert.rejects(searching, { code }, JSON.stringify(change));
  }
  assert.equal(log.size, before);
});

test('C14: what an officer’s device adds is recorded in its member’s name, with the device', async () => {
  const { cases } = olive.client;
  await cases.tag(NAME, 'relevant', said.slice(0, 2));
  await cases.tag(NAME, 'privileged', [said[0]!]);
  await cases.tag(NAME, 'relevant', [said[2]!]);
  await cases.untag(NAME, 'relevant', [said[2]!]);
  const now = await cases.note(NAME, 'says the opposite', said[1]);
  assert.deepEqual(
    [now.messages, now.notes, now.tags],
    [
      2,
      1,
      [
        { tag: 'privileged', messages: 1 },
        { tag: 'relevant', messages: 2 },
      ],
    ],
  );
  const { cases: listed } = await cases.list();
  assert.deepEqual(
    listed.map(({ name, title }) => [name, title]),
    [[NAME, 'Smith v. Acme']],
  );
  const { events } = await acme.operations['case.events']({
    ...{ name: NAME, actor: OLIVE, list: 'timeline', limit: 50 },
  });
  const { serial } = (await olive.client.devices())[0]!;
  const { peer } = acme.node.organisation.members.device(serial)!;
  assert.deepEqual(
    events.map(({ event, actor, device }) => [event, actor, device]),
    [
      ['opened', OLIVE, null],
      ['search-saved', OLIVE, null],
      ['search-run', OLIVE, null],
      ['search-run', OLIVE, null],
      ['tagged', OLIVE, peer],
      ['tagged', OLIVE, peer],
      ['tagged', OLIVE, peer],
      ['untagged', OLIVE, peer],
      ['noted', OLIVE, peer],
    ],
  );
  const { entries } = await acme.operations['archive.list']({ limit: 1 });
  assert.equal(entries[0]?.summary, `${OLIVE} noted on entry ${said[1]} of case ${NAME}: says the opposite`);
});

test('C14: a device of no officer, or of one who does not review the case, is told so and changes nothing', async () => {
  const { log } = acme.node.organisation;
  const { size } = log;
  const name = NAME;
  const requests = [
    { type: 'case-show', name, opened: null },
    { type: 'case-events', name, opened: 0, after: null, limit: 10 },
    { type: 'case-tag', name, tag: 'x', entries: said, off: false },
    { type: 'case-note', name, text: 'x', about: null },
  ] as const;
  for (const request of requests) {
    for (const [device, code] of [
      [alice, 'officer.required'],
      [oscar, request.type === 'case-events' ? 'case.unknown' : 'case.not-reviewer'],
    ] as const) {
      const answer = await device.ask(request);
      assert.equal(answer.type === 'refused' && answer.code, code, request.type);
    }
  }
  const opened = (await olive.client.cases.show(NAME)).sequence;
  const peeked = await oscar.ask({ type: 'case-events', name, opened, after: null, limit: 10 });
  assert.equal(peeked.type === 'refused' && peeked.code, 'case.not-reviewer');
  const listing = { type: 'case-list', all: true, before: null, limit: 10 } as const;
  const none = await alice.ask(listing);
  assert.equal(none.type === 'refused' && none.code, 'officer.required');
  assert.deepEqual((await oscar.request(listing, 'case-listed')).cases, []);
  assert.equal(log.size, size);
});

test('what is too large, or says nothing, is refused by its shape', async () => {
  const { size } = acme.node.organisation.log;
  const type = 'case-tag' as const;
  const tag = { type, name: NAME, tag: 'x', entries: [said[0]!], off: false };
  const note = { type: 'case-note' as const, name: NAME, text: 'x', about: null };
  const tooMany = Array.from({ length: MAX_TAGGED_AT_ONCE + 1 }, (_, at) => at);
  for (const request of [
    { ...tag, entries: tooMany },
    { ...tag, entries: [] },
    { ...tag, tag: 'x'.repeat(65) },
    { ...tag, tag: ' x' },
    { ...tag, tag: 'x\u001b[2J' },
    { ...tag, name: 'x'.repeat(129) },
    { ...note, text: 'x'.repeat(4_097) },
    { ...note, text: ' \n' },
  ]) {
    const answer = await oscar.ask(request);
    assert.equal(answer.type === 'refused' && answer.code, 'encoding.malformed', JSON.stringify(request));
  }
  for (const entries of [[said[0]!, 0], [1_000_000]])
    await assert.rejects(olive.client.cases.tag(NAME, 'x', entries), { code: 'request.invalid' });
  assert.equal(acme.node.organisation.log.size, size);
});

test('C13, C14: a case is exported with what is tagged, its own history and their proofs, and checked offline', async (t) => {
  const folder = join(above, 'whole');
  const exported = await olive.client.exporter.export({ ofCase: NAME }, GROUNDS, exportFolder(folder));
  assert.deepEqual([exported.messages, exported.membership], [2, 1]);
  const files = await loadExport(folder);
  assert.deepEqual(await findingsOf(files), []);
  const { code, out } = await (await testCli(t)).run('verify', folder);
  assert.deepEqual([code, /faults +none/.test(out)], [0, true]);
  const manifest = valueOf(parseManifest(files.get(MANIFEST)!));
  assert.deepEqual(manifest.messages, said.slice(0, 2));
  assert.ok(manifest.files.some(({ name }) => name === CASE_FILE));
  const told = JSON.parse(Buffer.from(files.get(CASE_FILE)!).toString()) as CaseDocument;
  assert.deepEqual(
    [told.name, told.title, told.state, told.reviewers],
    [NAME, 'Smith v. Acme', 'open', [OLIVE]],
  );
  assert.deepEqual(
    told.messages.map(({ entry, tags }) => [entry, tags.map(({ tag, by }) => `${tag} by ${by}`)]),
    [
      [said[0], [`relevant by ${OLIVE}`, `privileged by ${OLIVE}`]],
      [said[1], [`relevant by ${OLIVE}`]],
    ],
  );
  assert.deepEqual(
    told.notes.map(({ about, text }) => [about, text]),
    [[said[1], 'says the opposite']],
  );
  assert.deepEqual(
    told.searches.map(({ query, runs }) => [query, runs.map(({ found }) => found)]),
    [['plover offer', [2, 2]]],
  );
  assert.equal(told.timeline.length, manifest.ofCase?.events.length);
  const own = (await acme.operations['archive.accesses']({ limit: 10 })).accesses.find(
    ({ action, entries }) => action === 'export' && entries.includes(said[0]!),
  );
  assert.deepEqual([own?.actor, own?.case, own?.purpose], [OLIVE, NAME, GROUNDS.purpose]);
  await tampered(files, manifest);
});

interface CaseDocument {
  readonly name: string;
  readonly title: string;
  readonly state: string;
  readonly reviewers: string[];
  readonly searches: { query: string; runs: { found: number }[] }[];
  readonly messages: { entry: number; tags: { tag: string; by: string }[] }[];
  readonly notes: { about: number | null; text: string }[];
  readonly timeline: unknown[];
}

/** What an officer signs who has changed the case, or left something of it out, is found by what the log says. */
async function tampered(files: FilesInMemory, manifest: ExportManifest): Promise<void> {
  const written = Buffer.from(files.get(CASE_FILE)!).toString();
  const bad = changed(files, CASE_FILE, Buffer.from(written.replace('Smith', 'Smyth')));
  assert.ok((await findingsOf(bad)).some(({ file }) => file === CASE_FILE));
  const rewritten = await findingsOf(await resign(bad, manifest));
  assert.deepEqual(
    rewritten.map(({ file, problem }) => [file, problem]),
    [[CASE_FILE, 'it does not say what the entries of the log do']],
  );
  const ofCase = manifest.ofCase!;
  const left = ofCase.events.at(-2)!;
  const lines = Buffer.from(files.get(RECORDS)!)
    .toString()
    .split(/(?<=\n)/);
  const kept = lines.filter((line) => !line.startsWith(`{"sequence":${left},`));
  const events = ofCase.events.filter((one) => one !== left);
  const without = await resign(changed(files, RECORDS, Buffer.from(kept.join(''))), {
    ...manifest,
    ofCase: { ...ofCase, events },
  });
  assert.deepEqual(
    (await findingsOf(without)).map(({ file, problem }) => [file, problem]),
    [[CASE_FILE, 'an event of the case is left out, or is not of it']],
  );
}

/** As the officer's own device would sign it, with the hashes of the files as they are. */
async function resign(loaded: FilesInMemory, manifest: ExportManifest): Promise<FilesInMemory> {
  const { sha256 } = nodeSuite;
  const listed = manifest.files.map(({ name }) => {
    const bytes = loaded.get(name)!;
    return { name, bytes: bytes.length, sha256: Buffer.from(sha256(bytes)).toString('hex') };
  });
  const text = Buffer.from(formatManifest({ ...manifest, files: listed }));
  const { chain } = JSON.parse(Buffer.from(loaded.get(SIGNATURE)!).toString()) as { chain: string[] };
  const certificates = chain.map((one) => new Uint8Array(Buffer.from(one, 'base64')));
  const signer = nodeSigner(await readDeviceKey(olive.home, findPassphrase({}, null)));
  const signature = Buffer.from(await signManifest(sha256(text), certificates, signer));
  return changed(changed(loaded, MANIFEST, text), SIGNATURE, signature);
}

test('an export of a case is for that case, and of messages that are tagged in it', async () => {
  const { exporter } = olive.client;
  const to = (name: string): ReturnType<typeof exportFolder> => exportFolder(join(above, name));
  const other = { purpose: 'x', case: 'another' };
  await assert.rejects(exporter.export({ ofCase: NAME }, other, to('1')), { code: 'request.invalid' });
  const none = exporter.export({ ofCase: NAME, tag: 'unheard of' }, GROUNDS, to('2'));
  await assert.rejects(none, { code: 'request.invalid' });
  await assert.rejects(exporter.export({ ofCase: 'x' }, { purpose: 'x', case: 'x' }, to('3')), {
    code: 'case.unknown',
  });
});

test('at the command line an officer lists, shows, tags, notes and exports', async () => {
  await olive.client.close();
  const chat = async (...args: string[]): Promise<{ code: number; out: string; err: string }> => {
    const terminal = new FakeTerminal();
    const code = await runProgram(args, {
      ...{ terminal, env: {}, version: '1.2.3', defaultHome: olive.home, hostname: 'laptop' },
      open: (home) => openNodeClient({ home }),
      enrol: () => Promise.reject(new Error('not in this test')),
    });
    return { code, out: terminal.out, err: terminal.err };
  };
  assert.match((await chat('case', 'list')).out, /^2026-17 {2}open {2}Smith v\. Acme {2}2 tagged/);
  const shown = await chat('case', 'show', NAME);
  assert.match(shown.out, /reviewed by olive@acme\.test\n {2}tags: privileged \(1\), relevant \(2\)\n/);
  const tagged = await chat('case', 'tag', NAME, 'hot', String(said[2]));
  assert.equal(tagged.out, `messages tagged hot in case ${NAME}: 1\n`);
  const noted = await chat('case', 'note', NAME, 'for', 'counsel', '--json');
  assert.equal((JSON.parse(noted.out) as { notes: number }).notes, 2);
  const timeline = await chat('case', 'show', NAME, '--timeline');
  assert.match(timeline.out, /olive@acme\.test noted on case 2026-17: for counsel\n$/);
  const notes = await chat('case', 'show', NAME, '--notes', '--messages', '--json');
  const lines = notes.out.trim().split('\n');
  assert.deepEqual(
    lines.map((line) => Object.keys(JSON.parse(line) as object).includes('text')),
    [true, true, false, false, false],
  );
  const because = ['--purpose', 'disclosure'];
  const made = await chat(
    'archive',
    'export',
    join(above, 'hot'),
    '--of-case',
    NAME,
    '--tag',
    'hot',
    ...because,
  );
  assert.match(made.out, /^1 messages, and 1 more that say who was there/);
  assert.match((await chat('archive', 'verify', join(above, 'hot'))).out, /^whole: 1 messages/);
  const both = await chat(
    'archive',
    'export',
    join(above, 'x'),
    '--of-case',
    NAME,
    '--person',
    OLIVE,
    ...because,
  );
  assert.deepEqual([both.code, /of a case or of what is sought/.test(both.err)], [2, true]);
  const off = await chat('case', 'tag', NAME, 'hot', String(said[2]), '--off');
  assert.equal(off.out, `messages tagged hot in case ${NAME}: 0\n`);
});

test('a closed case is read and exported, and takes nothing from a device', async () => {
  const { operations } = acme;
  await operations['case.add-reviewer']({ name: NAME, actor: OLIVE, reviewer: 'oscar@acme.test' });
  await operations['case.close']({ name: NAME, actor: OLIVE, reason: 'settled' });
  const shown = await oscar.request({ type: 'case-show', name: NAME, opened: null }, 'case-shown');
  assert.equal(shown.case.state, 'closed');
  const note = await oscar.ask({ type: 'case-note', name: NAME, text: 'x', about: null });
  assert.equal(note.type === 'refused' && note.code, 'case.closed');
  const { faults } = await operations['archive.verify']({});
  assert.deepEqual(faults, []);
  await operations['case.reopen']({ name: NAME, actor: OLIVE, reason: 'an appeal' });
  await oscar.request({ type: 'case-note', name: NAME, text: 'x', about: null }, 'case-shown');
});

test('C10: where the archive can record nothing more, a search in a case is not answered', async () => {
  const { log } = acme.node.organisation;
  log.stopAppending({ code: 'archive.damaged', message: 'for this test', facts: {} });
  const searching = acme.operations['case.search']({ name: NAME, actor: OLIVE, limit: 50, query: 'plover' });
  await assert.rejects(searching, { code: 'archive.damaged' });
  const tag = await oscar.ask({ type: 'case-tag', name: NAME, tag: 'x', entries: said, off: false });
  assert.equal(tag.type === 'refused' && tag.code, 'archive.damaged');
});
