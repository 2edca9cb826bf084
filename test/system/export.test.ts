/** Messages handed on by an officer, whose own key is enough: whole, on record, and proven to whoever has nothing but the folder. */
import assert from 'node:assert/strict';
import { readFile, readdir, writeFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readDeviceKey } from '../../client/adapters/device-key.ts';
import { exportFolder, findPassphrase, openNodeClient } from '../../client/adapters/index.ts';
import { nodeSigner, nodeSuite } from '../../client/adapters/node-crypto.ts';
import { runProgram } from '../../client/chat/program.ts';
import type { ExportTarget } from '../../client/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import {
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
import { openSignature } from '../../protocol/export/signature.ts';
import { asFiles, changed, loadExport, type FilesInMemory } from '../support/export-files.ts';
import { FILES, GROUNDS, TEXTS, exportWorld, type ExportWorld } from '../support/export-world.ts';
import { FakeTerminal } from '../support/fake-terminal.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { joinClient } from '../support/test-client.ts';
import { testCli } from '../support/test-cli.ts';

/** Changes tried on one export: a thousand show it, a few keep the gate short. */
const MUTATIONS = Number(process.env['CHANCERY_EXPORT_MUTATIONS'] ?? (process.env['CI'] ? 150 : 1_000));

let world: ExportWorld;
let folder: string;
let files: FilesInMemory;

before(async () => {
  world = await exportWorld({ closes: true });
  ({ folder } = await world.export());
  files = await loadExport(folder);
});

after(async () => {
  await world[Symbol.asyncDispose]();
});

function manifestOf(loaded: FilesInMemory): ExportManifest {
  return valueOf(parseManifest(loaded.get(MANIFEST)!));
}

async function findingsOf(loaded: FilesInMemory): Promise<readonly Finding[]> {
  return (await verifyExport(asFiles(loaded), nodeSuite)).findings;
}

test('C6, C13: what an officer exports without any administrator proves itself to whoever has nothing but the folder', async (t) => {
  const manifest = manifestOf(files);
  assert.equal(manifest.messages.length, TEXTS.length + 6 + FILES.length);
  assert.deepEqual(manifest.withheld, []);
  const cli = await testCli(t);
  const { code, out } = await cli.run('verify', folder, '--root-id', world.acme.made.rootId);
  assert.equal(code, 0);
  assert.match(out, /exported by +carol@acme.test, .*\nfor +subpoena of 2 June, case 2026-17\n/);
  assert.match(out, /cosigned +\d+ by partner.test \(root .{43}\)\nfaults +none/);
  const other = await cli.run('verify', folder, '--root-id', 'A'.repeat(43));
  assert.deepEqual([other.code, /identity.root-mismatch/.test(other.err)], [1, true]);
});

test('C14: who exported, for what purpose, in which case and what is on record, and goes along with who else looked', async () => {
  const manifest = manifestOf(files);
  const { accesses } = await world.acme.operations['archive.accesses']({ limit: 10 });
  const exported = accesses.filter(({ action }) => action === 'export').reverse();
  const [own, ...ofFiles] = exported;
  assert.deepEqual(
    [own?.actor, own?.purpose, own?.case, own?.entries],
    ['carol@acme.test', GROUNDS.purpose, GROUNDS.case, manifest.messages],
  );
  assert.deepEqual(
    manifest.accesses,
    exported.map(({ sequence }) => sequence),
  );
  const withFiles = manifest.messages.slice(-FILES.length);
  assert.deepEqual(
    ofFiles.map(({ part, entries }) => [part, entries]),
    withFiles.map((sequence) => ['file', [sequence]]),
  );
  const trail = Buffer.from(files.get('trail.jsonl')!).toString().trim().split('\n');
  const told = trail.map((line) => JSON.parse(line) as { entry: number; action: string; actor: string });
  assert.deepEqual(
    told.map(({ entry }) => entry),
    manifest.trail,
  );
  assert.ok(told.some(({ action }) => action === 'find') && told.some(({ action }) => action === 'export'));
  const [entry] = (await world.acme.operations['archive.list']({ limit: 10, before: own!.sequence + 1 }))
    .entries;
  assert.match(entry?.summary ?? '', /carol@acme.test exported 19 entries: subpoena of 2 June, case 2026-17/);
});

test('C13: one changed, missing or added byte in any file, or one that is gone or new, is found and named', async (t) => {
  const random = seededRandom(t);
  const names = [...files.keys()];
  assert.ok(names.some((name) => name.startsWith('attachments/')));
  for (let at = 0; at < MUTATIONS; at += 1) {
    const name = at < names.length ? names[at]! : random.pick(names);
    const bytes = files.get(name)!;
    const place = random.between(0, bytes.length);
    const kind = random.pick(['flip', 'flip', 'flip', 'cut', 'add', 'end', 'gone', 'new'] as const);
    const spliced = [...bytes];
    if (kind === 'flip') spliced[place]! ^= 1 << random.between(0, 8);
    if (kind === 'cut') spliced.splice(place, 1);
    if (kind === 'add') spliced.splice(place, 0, random.between(0, 256));
    if (kind === 'end') spliced.push(random.pick([0x0a, 0x20, 0x00]));
    const target = kind === 'new' ? `${name}.bak` : name;
    const bad = changed(files, target, kind === 'gone' ? undefined : Uint8Array.from(spliced));
    const found = await findingsOf(bad);
    assert.ok(
      found.some(({ file }) => file === target),
      `${kind} at ${place} of ${name}: ${JSON.stringify(found)}`,
    );
  }
});

test('C13: the files that came with messages are in it as they were sent, each once, under a name that says nothing', () => {
  const found = [...files.keys()].filter((name) => name.startsWith('attachments/')).sort();
  const sha256 = (bytes: Uint8Array): string => Buffer.from(nodeSuite.sha256(bytes)).toString('hex');
  const wanted = new Map(FILES.map(({ bytes }) => [`attachments/${sha256(bytes)}.bin`, bytes]));
  assert.deepEqual(found, [...wanted.keys()].sort());
  for (const [name, bytes] of wanted) assert.ok(bytes.equals(files.get(name)!), name);
});

test('C13, C14: a file that an officer exchanges, leaves out or adds is named, though the officer signs the rest', async () => {
  const manifest = manifestOf(files);
  const [victim] = manifest.files.filter(({ name }) => name.startsWith('attachments/'));
  const { name } = victim!;
  const others = manifest.files.filter((one) => one !== victim);
  const gone = await findingsOf(
    await resign(changed(files, name, undefined), { ...manifest, files: others }),
  );
  assert.deepEqual(
    gone.map(({ file, problem }) => [file, /^the file .* of entry \d+ is missing$/.test(problem)]),
    [[name, true]],
  );
  const other = await findingsOf(await resign(changed(files, name, Buffer.from('other')), manifest));
  assert.deepEqual(
    other.map(({ file, problem }) => [
      file,
      /^it is not the file .*, as its sender signed it$/.test(problem),
    ]),
    [[name, true]],
  );
  const added = `attachments/${'0'.repeat(64)}.bin`;
  const more = { ...manifest, files: [...manifest.files, { ...victim!, name: added }] };
  const found = await findingsOf(await resign(changed(files, added, Buffer.from('planted')), more));
  assert.deepEqual(found, [{ file: added, entry: null, problem: 'no message of the export names it' }]);
});

test('C14: a file of which the log does not say that it was handed out is named', async () => {
  const manifest = manifestOf(files);
  const left = manifest.accesses.at(-1)!;
  const lines = Buffer.from(files.get(RECORDS)!)
    .toString()
    .split(/(?<=\n)/);
  const records = Buffer.from(lines.filter((line) => !line.startsWith(`{"sequence":${left},`)).join(''));
  const without = (all: readonly number[]): number[] => all.filter((one) => one !== left);
  const kept = { ...manifest, accesses: without(manifest.accesses), trail: without(manifest.trail) };
  const found = await findingsOf(await resign(changed(files, RECORDS, records), kept));
  assert.deepEqual(
    found.map(({ entry, problem }) => [
      entry,
      /^no record says that the file .* was handed out$/.test(problem),
    ]),
    [[manifest.messages.at(-1), true]],
  );
});

test('C13: a file that could not be handed out is withheld, with the reason, and all else is exported', async () => {
  const { attachmentsLocation } = world.acme.settings;
  const stored = await readdir(attachmentsLocation, { recursive: true, withFileTypes: true });
  const paths = stored.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  const sizes = await Promise.all(paths.map(async (path) => [path, await readFile(path)] as const));
  const [path, bytes] = sizes.find((one) => one[1].length < 100)!;
  const bad = Buffer.from(bytes);
  bad[3]! ^= 1;
  await writeFile(path, bad);
  const { folder: to, exported } = await world.export();
  await writeFile(path, bytes);
  assert.deepEqual(
    exported.withheld.map(({ part, code }) => [part, code]),
    [['file', 'archive.damaged']],
  );
  assert.equal(exported.attachments, FILES.length - 1);
  const loaded = await loadExport(to);
  assert.deepEqual(await findingsOf(loaded), []);
  const page = Buffer.from(loaded.get('transcript.html')!).toString();
  assert.match(page, /not in this export, the file of entry \d+ is not as it was sealed/);
  const told = { ...manifestOf(loaded), withheld: [] };
  const found = await findingsOf(await resign(loaded, told));
  assert.match(found[0]?.problem ?? '', /^the file .* of entry \d+ is missing$/);
});

test('C13: a record that is left out is named by its entry', async () => {
  const lines = Buffer.from(files.get(RECORDS)!)
    .toString()
    .split(/(?<=\n)/);
  for (const [at, line] of lines.entries()) {
    const { sequence } = JSON.parse(line) as { sequence: number };
    const bad = changed(files, RECORDS, Buffer.from(lines.toSpliced(at, 1).join('')));
    const found = await findingsOf(bad);
    assert.ok(found.some(({ entry, problem }) => entry === sequence && problem.includes('is missing')));
  }
});

test('C14: a message that an officer leaves out is named by the log, though the officer signs the rest', async () => {
  const manifest = manifestOf(files);
  const left = manifest.messages[3]!;
  const lines = Buffer.from(files.get(RECORDS)!)
    .toString()
    .split(/(?<=\n)/);
  const records = Buffer.from(lines.filter((line) => !line.startsWith(`{"sequence":${left},`)).join(''));
  const kept = { ...manifest, messages: manifest.messages.filter((one) => one !== left) };
  const resigned = await resign(changed(files, RECORDS, records), kept);
  const found = await findingsOf(resigned);
  assert.deepEqual(
    found.map(({ entry, problem }) => [entry, problem]),
    [[left, `entry ${left} was handed out for this, and is left out`]],
  );
});

test('C13: an export that somebody else signs, or under other certificates, is refused', async () => {
  const signature = valueOf(openSignature(files.get(SIGNATURE)!, nodeSuite));
  const stranger = await signerOf(world.alice.home);
  const written = JSON.parse(Buffer.from(files.get(SIGNATURE)!).toString()) as { chain: string[] };
  const chain = written.chain.map((one) => new Uint8Array(Buffer.from(one, 'base64')));
  const forged = await signManifest(signature.manifest, chain, stranger);
  const found = await findingsOf(changed(files, SIGNATURE, Buffer.from(forged)));
  assert.match(found[0]?.problem ?? '', /not signed by the device of carol@acme.test/);
  const other = { ...manifestOf(files), officer: 'frank@acme.test' };
  const renamed = await findingsOf(await resign(files, other));
  assert.match(renamed[0]?.problem ?? '', /names frank@acme.test, and is signed by carol@acme.test/);
});

test('C13: what was sought by person comes with who was in the conversations, told apart', async () => {
  const { folder: to, exported } = await world.export({ person: 'dan@partner.test' });
  assert.deepEqual([exported.messages, exported.membership], [1, 1]);
  const loaded = await loadExport(to);
  assert.deepEqual(await findingsOf(loaded), []);
  const lines = Buffer.from(loaded.get('messages.jsonl')!).toString().trim().split('\n');
  const told = lines.map(
    (line) => JSON.parse(line) as { sought: boolean; conversation: { members: string[] } },
  );
  assert.deepEqual(
    told.map(({ sought }) => sought),
    [false, true],
  );
  assert.deepEqual(told[1]?.conversation.members, ['alice@acme.test', 'bob@acme.test', 'dan@partner.test']);
});

test('a folder that is not empty is refused before anything is asked, and left as it is', async () => {
  const to = world.folder();
  await mkdir(to);
  await writeFile(join(to, 'mine'), 'kept');
  const { size } = world.acme.node.organisation.log;
  const exporting = world.carol.client.exporter.export({}, GROUNDS, exportFolder(to));
  await assert.rejects(exporting, { code: 'export.not-empty' });
  assert.deepEqual(await readdir(to), ['mine']);
  assert.equal(await readFile(join(to, 'mine'), 'utf8'), 'kept');
  assert.equal(world.acme.node.organisation.log.size, size);
});

test('an export that is cut short, wherever that is, is none', async () => {
  const whole = [...files.keys()].length;
  for (const last of [0, 1, 5, whole - 2, whole - 1]) {
    const to = world.folder();
    await assert.rejects(world.carol.client.exporter.export({}, GROUNDS, breakingAfter(last, to)), /disk/);
    const found = await findingsOf(await loadExport(to));
    assert.match(found[0]?.problem ?? '', /never finished/);
  }
});

test('C6: who is no officer exports nothing', async () => {
  const to = world.folder();
  const exporting = world.alice.client.exporter.export({}, GROUNDS, exportFolder(to));
  await assert.rejects(exporting, { code: 'officer.required' });
  assert.deepEqual(await readdir(to), []);
});

test('C13: an officer’s device that holds no key to what is sought says so in the export, and of which messages', async () => {
  const roles: ('member' | 'compliance-officer')[] = ['member', 'compliance-officer'];
  await world.acme.operations['member.add']({ address: 'erin@acme.test', name: 'Erin', roles });
  await using erin = await joinClient(world.acme, 'erin@acme.test', 'Erin');
  const to = world.folder();
  const exported = await erin.client.exporter.export({}, GROUNDS, exportFolder(to));
  assert.equal(exported.messages, 0);
  const { facts, findings } = await verifyExport(asFiles(await loadExport(to)), nodeSuite);
  assert.deepEqual(findings, []);
  assert.deepEqual(
    facts?.manifest.withheld.map(({ sequence, code }) => [sequence, code]),
    manifestOf(files).messages.map((sequence) => [sequence, 'archive.sealed']),
  );
});

test('what the node proves wrongly at the end leaves no export behind', async (t) => {
  const { log } = world.acme.node.organisation;
  const { messages } = manifestOf(files);
  const prove = log.inclusionProof.bind(log);
  let asked = 0;
  // right while they are handed out, wrong when all are proven under one checkpoint
  t.mock.method(log, 'inclusionProof', (sequence: number, size: number) => {
    const proof = prove(sequence, size);
    return sequence === messages[2] && ++asked > 1 ? proof.with(0, new Uint8Array(32)) : proof;
  });
  await refusedAsDamaged(/the inclusion proof does not verify/);
  t.mock.restoreAll();
  t.mock.method(log, 'consistencyProof', () => []);
  await refusedAsDamaged(/what partner.test cosigned does not hold/);
});

test('at the command line an officer exports and checks, for people and for programs', async () => {
  await world.carol.client.close();
  const chat = async (...args: string[]): Promise<{ code: number; out: string; err: string }> => {
    const terminal = new FakeTerminal();
    const code = await runProgram(['archive', ...args], {
      ...{ terminal, env: {}, version: '1.2.3', defaultHome: world.carol.home, hostname: 'laptop' },
      open: (home) => openNodeClient({ home }),
      enrol: () => Promise.reject(new Error('not in this test')),
    });
    return { code, out: terminal.out, err: terminal.err };
  };
  const because = ['--purpose', GROUNDS.purpose, '--case', GROUNDS.case];
  const to = world.folder();
  const made = await chat('export', to, '--conversation', world.conversation, ...because);
  assert.match(made.out, /^12 messages, and 0 more that say who was there, .* cosigned by partner.test\n$/);
  const again = await chat('export', to, ...because, '--json');
  assert.deepEqual(
    [again.code, (JSON.parse(again.err) as { error: { code: string } }).error.code],
    [1, 'export.not-empty'],
  );
  assert.match((await chat('verify', to)).out, /^whole: 12 messages .* exported by carol@acme.test/);
  await writeFile(join(to, 'messages.csv'), 'x');
  const bad = await chat('verify', to, '--json');
  assert.equal(bad.code, 1);
  assert.deepEqual(JSON.parse(bad.out), {
    file: 'messages.csv',
    entry: null,
    problem: 'it is not as it was written',
  });
});

async function refusedAsDamaged(why: RegExp): Promise<void> {
  const to = world.folder();
  const exporting = world.carol.client.exporter.export({}, GROUNDS, exportFolder(to));
  await assert.rejects(exporting, (error: Error & { code: string }) => {
    assert.match(error.message, why);
    return error.code === 'export.damaged';
  });
  assert.match((await findingsOf(await loadExport(to)))[0]?.problem ?? '', /never finished/);
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
  const signer = await signerOf(world.carol.home);
  const signature = Buffer.from(await signManifest(sha256(text), certificates, signer));
  return changed(changed(loaded, MANIFEST, text), SIGNATURE, signature);
}

async function signerOf(home: string): Promise<ReturnType<typeof nodeSigner>> {
  return nodeSigner(await readDeviceKey(home, findPassphrase({}, null)));
}

/** A target whose disk is full after so many files. */
function breakingAfter(files: number, to: string): ExportTarget {
  const target = exportFolder(to);
  let left = files;
  const full = (): void => {
    if (left === 0) throw new Error('the disk is full');
    left -= 1;
  };
  return {
    ...target,
    async write(name, parts) {
      full();
      return target.write(name, parts);
    },
    async finish(name, bytes) {
      full();
      await target.finish(name, bytes);
    },
  };
}
