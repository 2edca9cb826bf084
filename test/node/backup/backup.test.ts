/** A backup is the log as static files: only what is new is added, and each damaged byte of it is named. */
import assert from 'node:assert/strict';
import { mkdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkBackup, openBackup, restoreLog, type BackupFolder } from '../../../node/backup/index.ts';
import { sodiumSuite } from '../../../node/crypto/index.ts';
import type { Ledger } from '../../../node/ledger/index.ts';
import { readCheckpoint } from '../../../protocol/checkpoint/index.ts';
import { decodeEntryBundle } from '../../../protocol/archive/index.ts';
import { ChanceryError, valueOf } from '../../../protocol/errors/index.ts';
import { hashLeaf, joinTile } from '../../../protocol/merkle/index.ts';
import { backUpWhole, filesIn, logToBackUp } from '../../support/backup.ts';
import { openLedger } from '../../support/ledger.ts';

const { sha256 } = sodiumSuite;

/** What a check of the folder says, a line a finding. */
async function said(folder: BackupFolder): Promise<string[]> {
  const opened = await openBackup(folder, sodiumSuite);
  if (!opened.ok) return [`${opened.refusal.code} ${String(opened.refusal.facts['file'])}`];
  const { findings } = await checkBackup(folder, opened.value, sodiumSuite);
  return findings.map(({ file, sequence }) => `${file} ${sequence}`);
}

/** The log as it is stored, and the views as they open: a row of those is never sealed twice the same way. */
async function rowsOf(ledger: Ledger): Promise<string[]> {
  const rows: string[] = [];
  const note = ([key, value]: readonly [Uint8Array, Uint8Array]): unknown =>
    rows.push(`${Buffer.from(key).toString('hex')} ${Buffer.from(value).toString('hex')}`);
  for await (const row of ledger.log.iterate({ lt: Uint8Array.of(0x10) })) note(row);
  for await (const row of ledger.iterate({ gte: Uint8Array.of(0x10) })) note(row);
  return rows;
}

function codeOf(failure: Promise<unknown>): Promise<string> {
  return failure.then(
    () => 'done',
    (error: unknown) => (error instanceof ChanceryError ? error.code : String(error)),
  );
}

test('a backup is what C2SP tlog-tiles says, so that any tool can read it', async (t) => {
  const { ledger, source, folder } = await logToBackUp(t, 600);
  await backUpWhole(source, folder);
  const files = await filesIn(folder.directory);
  assert.deepEqual(
    [...files.keys()].toSorted(),
    [
      'checkpoint',
      'manifest',
      'sealed/000',
      'sealed/001',
      'sealed/002.p/88',
      'tile/0/000',
      'tile/0/001',
      'tile/0/002.p/88',
      'tile/1/000.p/2',
      'tile/entries/000',
      'tile/entries/001',
      'tile/entries/002.p/88',
    ].toSorted(),
  );
  const at = (path: string): Promise<Uint8Array> => readFile(join(folder.directory, path));
  const { size, root, origin } = valueOf(readCheckpoint(await at('checkpoint')));
  assert.deepEqual([origin, size, root], ['acme.test/chancery', 600, ledger.log.head.root]);
  const entries = valueOf(decodeEntryBundle(await at('tile/entries/002.p/88'), 88));
  const leaves = joinTile(entries.map((entry) => hashLeaf(sha256, entry)));
  assert.deepEqual(Buffer.from(await at('tile/0/002.p/88')), Buffer.from(leaves));
});

test('the next backup adds only what is new, and touches nothing that is full', async (t) => {
  const { source, folder, grow } = await logToBackUp(t, 600);
  assert.equal((await backUpWhole(source, folder)).writtenInAll, 2);
  const before = await filesIn(folder.directory);
  await grow(300);
  const { writtenInAll, checkpoint } = await backUpWhole(source, folder);
  assert.equal(writtenInAll, 1);
  assert.equal(checkpoint?.size, 900);
  const after = await filesIn(folder.directory);
  for (const path of ['sealed/000', 'sealed/001', 'tile/0/000', 'tile/0/001', 'tile/entries/001'])
    assert.equal(after.get(path), before.get(path), path);
  assert.deepEqual(
    [...after.keys()].filter((path) => path.includes('.p/')).toSorted(),
    ['sealed/003.p/132', 'tile/0/003.p/132', 'tile/1/000.p/3', 'tile/entries/003.p/132'],
    'partial files of the backup before are gone',
  );
  assert.deepEqual(await said(folder), []);
});

test('an archive that is restored from a backup has the same root, and every row as it was', async (t) => {
  const { ledger, source, folder } = await logToBackUp(t, 700);
  await backUpWhole(source, folder);
  const opened = valueOf(await openBackup(folder, sodiumSuite));
  const restored = await openLedger(t);
  valueOf(await restoreLog(folder, opened, restored, sha256));
  assert.deepEqual(restored.log.head, ledger.log.head);
  assert.deepEqual(await rowsOf(restored), await rowsOf(ledger));
  assert.deepEqual((await restored.log.verify()).findings, []);
});

test('restoring goes on where it was broken off, and never over another log', async (t) => {
  const { ledger, source, folder } = await logToBackUp(t, 300);
  await backUpWhole(source, folder);
  const opened = valueOf(await openBackup(folder, sodiumSuite));
  const begun = await openLedger(t);
  const first = await ledger.log.stored(0, 77);
  valueOf(await begun.adopt(first, { size: 77, root: ledger.log.rootAt(77) }));
  valueOf(await restoreLog(folder, opened, begun, sha256));
  assert.deepEqual(begun.log.head.root, ledger.log.head.root);
  const other = await openLedger(t);
  await other.administer('test', 'something', 'else');
  const refused = await restoreLog(folder, opened, other, sha256);
  assert.equal(refused.ok ? 'done' : refused.refusal.code, 'backup.forked');
  assert.equal(other.log.size, 1);
});

/** Ways to spoil a backup of 600 entries, and what is then said of it. */
const DAMAGE: readonly (readonly [string, string, (path: string) => Promise<void>, readonly string[]])[] = [
  ['a flipped bit in a full bundle of entries', 'tile/entries/001', flip(5_000), ['tile/entries/001 295']],
  ['a flipped bit in a length of one', 'tile/entries/000', flip(1), ['tile/entries/000 0']],
  [
    'a flipped bit in the last, partial one',
    'tile/entries/002.p/88',
    flip(60),
    ['tile/entries/002.p/88 512'],
  ],
  ['a flipped bit in what is stored', 'sealed/000', flip(100), ['sealed/000 1']],
  ['a flipped bit in a length of it', 'sealed/000', flip(3), ['sealed/000 0']],
  ['a flipped bit in a tile of leaves', 'tile/0/000', flip(70), ['tile/0/000 2']],
  ['a flipped bit in the partial one', 'tile/0/002.p/88', flip(70), ['tile/0/002.p/88 514']],
  ['a flipped bit in the tile above', 'tile/1/000.p/2', flip(40), ['tile/1/000.p/2 256']],
  ['a flipped bit in the checkpoint', 'checkpoint', flip(22), ['backup.damaged checkpoint']],
  ['a flipped bit in its signature', 'checkpoint', flip(140), ['backup.damaged checkpoint']],
  ['a flipped bit in the manifest', 'manifest', flip(90), ['backup.damaged manifest']],
  ['a bundle that is cut short', 'tile/entries/001', cut(9_000), ['tile/entries/001 327']],
  ['what is stored cut short', 'sealed/001', cut(9_000), ['sealed/001 353']],
  ['a byte too many', 'sealed/001', append, ['sealed/001 512']],
  ['a missing tile', 'tile/0/001', remove, ['tile/0/001 256']],
  ['a missing bundle', 'tile/entries/001', remove, ['tile/entries/001 256']],
  ['what is stored missing', 'sealed/002.p/88', remove, ['sealed/002.p/88 512']],
  ['the tile above missing', 'tile/1/000.p/2', remove, ['tile/1/000.p/2 0']],
  ['a missing manifest', 'manifest', remove, ['backup.damaged manifest']],
  ['a missing checkpoint', 'checkpoint', remove, ['backup.missing undefined']],
];

for (const [what, file, spoil, expected] of DAMAGE) {
  test(`${what} is named`, async (t) => {
    const { source, folder } = await logToBackUp(t, 600);
    await backUpWhole(source, folder);
    assert.deepEqual(await said(folder), []);
    await spoil(join(folder.directory, file));
    assert.deepEqual(await said(folder), expected);
    const opened = await openBackup(folder, sodiumSuite);
    if (!opened.ok || !/entries|sealed/.test(file)) return;
    const restored = await restoreLog(folder, opened.value, await openLedger(t), sha256);
    assert.equal(
      restored.ok,
      what === 'a byte too many',
      'what the restored archive would hold was not checked',
    );
  });
}

test('a backup that is broken off leaves the one before as it was, and is gone on with', async (t) => {
  const { ledger, source, folder, grow } = await logToBackUp(t, 300);
  await backUpWhole(source, folder);
  await grow(700);
  const failing = { ...source, checkpoint: () => Promise.reject(new Error('the power went')) };
  await assert.rejects(backUpWhole(failing, folder));
  assert.deepEqual(await said(folder), [], 'the backup of 300 entries is whole');
  assert.equal(valueOf(await openBackup(folder, sodiumSuite)).checkpoint.size, 300);
  const { writtenInAll } = await backUpWhole(source, folder);
  assert.equal(writtenInAll, 0, 'what was copied is kept');
  assert.deepEqual(await said(folder), []);
  assert.deepEqual(valueOf(await openBackup(folder, sodiumSuite)).checkpoint.root, ledger.log.head.root);
});

test('a full window that went missing is written again', async (t) => {
  const { source, folder, grow } = await logToBackUp(t, 600);
  await backUpWhole(source, folder);
  await rm(join(folder.directory, 'sealed/000'));
  await grow(1);
  assert.equal((await backUpWhole(source, folder)).writtenInAll, 1);
  assert.deepEqual(await said(folder), []);
});

test('the backup of another log, of a fork, or of a log that went on is not written over', async (t) => {
  const { source, folder } = await logToBackUp(t, 300);
  await backUpWhole(source, folder);
  const before = await filesIn(folder.directory);
  const shorter = await logToBackUp(t, 299);
  const forked = await logToBackUp(t, 0);
  await forked.ledger.administer('test', 'something', 'else');
  await forked.grow(300);
  const elsewhere = { ...source, beside: async () => ({ ...(await source.beside()), domain: 'other.test' }) };
  assert.equal(await codeOf(backUpWhole(shorter.source, folder)), 'backup.ahead');
  assert.equal(await codeOf(backUpWhole(forked.source, folder)), 'backup.forked');
  assert.equal(await codeOf(backUpWhole(elsewhere, folder)), 'backup.other-log');
  assert.deepEqual(await filesIn(folder.directory), before);
});

test('a folder that holds something else is not filled', async (t) => {
  const { source, folder } = await logToBackUp(t, 10);
  await writeFile(join(folder.directory, 'letter.txt'), 'dear all');
  assert.equal(await codeOf(backUpWhole(source, folder)), 'request.invalid');
  assert.deepEqual([...(await filesIn(folder.directory)).keys()], ['letter.txt']);
});

test('files that cannot be written are a failed backup, with the reason', async (t) => {
  const { source, folder } = await logToBackUp(t, 300);
  await mkdir(join(folder.directory, 'tile/entries/000'), { recursive: true }); // a folder where a file is to be
  await assert.rejects(
    backUpWhole(source, folder),
    (error) => error instanceof ChanceryError && error.code === 'backup.failed' && /000/.test(error.message),
  );
});

test('a backup holds nothing that others can read', async (t) => {
  const { source, folder } = await logToBackUp(t, 300);
  await backUpWhole(source, folder);
  for (const path of (await filesIn(folder.directory)).keys())
    assert.equal((await stat(join(folder.directory, path))).mode & 0o077, 0, path);
});

function flip(at: number) {
  return async (path: string): Promise<void> => {
    const bytes = await readFile(path);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    await writeFile(path, bytes);
  };
}

function cut(length: number) {
  return (path: string): Promise<void> => truncate(path, length);
}

async function append(path: string): Promise<void> {
  await writeFile(path, Uint8Array.of(0), { flag: 'a' });
}

function remove(path: string): Promise<void> {
  return rm(path);
}
