/** The files of messages in backups: carried once, checked with no key, brought back, and gone with their messages. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { ArchiveLog } from '../../../node/archive/index.ts';
import { SealedFiles } from '../../../node/attachments/index.ts';
import {
  BackupFolder,
  checkBackup,
  openBackup,
  restoreFiles,
  restoreLog,
  type BackupSource,
} from '../../../node/backup/index.ts';
import { attachmentPath } from '../../../node/backup/paths.ts';
import { platform } from '../../../node/composition/platform.ts';
import { sodiumSuite } from '../../../node/crypto/index.ts';
import { ledgerOn, type Ledger } from '../../../node/ledger/index.ts';
import { sealingUnder } from '../../../node/sealing/index.ts';
import { valueOf } from '../../../protocol/errors/index.ts';
import { FILE_CHUNK_BYTES } from '../../../protocol/message/index.ts';
import { signCheckpoint } from '../../../protocol/checkpoint/index.ts';
import { archiveOptions, ORIGIN } from '../../support/archive.ts';
import { backUpWhole, filesIn, sourceOf } from '../../support/backup.ts';
import { DAY, policyOf, RetainingWorld, type Attached } from '../../support/retaining.ts';

const POLICY = policyOf(30, 30);

interface World {
  readonly world: RetainingWorld;
  readonly conversation: Uint8Array;
  readonly source: BackupSource;
  readonly folder: BackupFolder;
  readonly old: Attached;
}

/** A log of several windows whose first has a file that is due, and an empty folder. */
async function start(t: TestContext): Promise<World> {
  const world = await RetainingWorld.start(t, POLICY);
  await world.member('alice@acme.test');
  const conversation = await world.create(['alice@acme.test', 'bob@acme.test']);
  const old = await world.attach(conversation, FILE_CHUNK_BYTES + 100);
  await world.fill(300);
  await world.live(31 * DAY);
  const directory = await mkdtemp(join(tmpdir(), 'chancery-backup-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const { log, files, messages, ledger } = world;
  const source = await sourceOf(log, {
    from: (sequence) => messages.files(sequence),
    files,
    isDisposed: (sequence) => ledger.isDisposed(sequence),
  });
  return { world, conversation, source, folder: new BackupFolder(directory), old };
}

async function check(folder: BackupFolder): ReturnType<typeof checkBackup> {
  return checkBackup(folder, valueOf(await openBackup(folder, sodiumSuite)), sodiumSuite);
}

/** An empty home, and the archive in it. */
async function emptyHome(t: TestContext): Promise<{ ledger: Ledger; files: SealedFiles }> {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-restored-'));
  const sealing = sealingUnder(new Uint8Array(32).fill(9), platform.randomBytes);
  const log = await ArchiveLog.open(archiveOptions(join(folder, 'archive'), { sealer: sealing.entries }));
  t.after(async () => {
    await log.close();
    await rm(folder, { recursive: true, force: true });
  });
  const ledger = ledgerOn(log, 'acme.test', sodiumSuite.sha256, sealing.views);
  return { ledger, files: await SealedFiles.open(join(folder, 'attachments')) };
}

test('C5: a backup carries the files of messages, writes none twice, and brings them back', async (t) => {
  const { world, conversation, source, folder, old } = await start(t);
  assert.deepEqual((await backUpWhole(source, folder)).lost, []);
  const before = await filesIn(folder.directory);
  const young = await world.attach(conversation, 100);
  await backUpWhole(source, folder);
  const after = await filesIn(folder.directory);
  const path = attachmentPath(old.sealed);
  assert.ok(before.has(path));
  assert.equal(after.get(path), before.get(path), 'what is there is not written again');
  const checked = await check(folder);
  assert.deepEqual([checked.files, checked.findings, checked.fileFindings], [2, [], []]);
  assert.deepEqual(await readFile(folder.pathOf(path)), await readFile(old.path));

  const { ledger, files } = await emptyHome(t);
  valueOf(
    await restoreLog(folder, valueOf(await openBackup(folder, sodiumSuite)), ledger, sodiumSuite.sha256),
  );
  await writeFile(files.partPath(young.sealed), 'from an attempt that was broken off, and not of this file');
  const first = await restoreFiles(folder, ledger, files, true);
  assert.deepEqual(first.missing, [young.sequence], 'nothing that is not of the hash comes to its place');
  assert.deepEqual(await restoreFiles(folder, ledger, files, true), { files: 2, missing: [] });
  for (const { sealed } of [old, young]) assert.ok(await files.isWhole(sealed));
});

test('C11: a file leaves the backup with the next one after its message was disposed of, and is not missed', async (t) => {
  const { world, conversation, source, folder, old } = await start(t);
  await backUpWhole(source, folder);
  const young = await world.attach(conversation, 100);
  const sealed = (await readFile(old.path)).subarray(0, 64);
  await world.retaining.retention.look();
  await backUpWhole(source, folder);
  for (const file of (await filesIn(folder.directory)).keys())
    assert.ok(!(await readFile(folder.pathOf(file))).includes(sealed), file);
  const checked = await check(folder);
  assert.deepEqual([checked.files, checked.findings, checked.fileFindings], [1, [], []]);
  assert.ok(existsSync(folder.pathOf(attachmentPath(young.sealed))));
});

test('a file of a backup that is missing or was changed is named, with no key, by its message', async (t) => {
  const { world, conversation, source, folder, old } = await start(t);
  const young = await world.attach(conversation, 100);
  await backUpWhole(source, folder);
  await rm(folder.pathOf(attachmentPath(old.sealed)));
  const changed = folder.pathOf(attachmentPath(young.sealed));
  const bytes = await readFile(changed);
  bytes[50]! ^= 1;
  await writeFile(changed, bytes);
  const { findings, fileFindings } = await check(folder);
  assert.deepEqual(findings, []);
  assert.deepEqual(
    fileFindings.map(({ file, sequence, problem }) => [file, sequence, problem]),
    [
      [attachmentPath(old.sealed), old.sequence, 'it is missing'],
      [attachmentPath(young.sealed), young.sequence, 'it is not the file that the message brought along'],
    ],
  );
  const [list] = (await folder.namesIn('attachments')).filter((name) => name.endsWith('.list'));
  await rm(folder.pathOf(`attachments/${list}`));
  assert.deepEqual(
    (await check(folder)).fileFindings.map(({ file }) => file),
    [`attachments/${list}`],
  );
});

test('a file that the archive lost is told and missed; everything else is carried, and what was carried before stays', async (t) => {
  const { world, conversation, source, folder, old } = await start(t);
  await backUpWhole(source, folder);
  const young = await world.attach(conversation, 100);
  const bytes = await readFile(young.path);
  for (const { path } of [old, young]) await rm(path);
  const { lost } = await backUpWhole(source, folder);
  assert.deepEqual(
    lost.map(({ sequence }) => sequence),
    [young.sequence],
  );
  assert.ok(existsSync(folder.pathOf(attachmentPath(old.sealed))));
  const { fileFindings } = await check(folder);
  assert.deepEqual(
    fileFindings.map(({ sequence }) => sequence),
    [young.sequence],
  );
  await writeFile(young.path, bytes);
  assert.deepEqual((await backUpWhole(source, folder)).lost, []);
  assert.deepEqual((await check(folder)).fileFindings, []);

  // rows of the views that are lost take nothing out of a backup
  await world.tamper((key) => Buffer.from(key).equals(world.ledger.keys.file(old.sequence)), undefined);
  await world.open(POLICY);
  const { log, messages } = world;
  const without: BackupSource = {
    ...source,
    log,
    size: () => log.size,
    checkpoint: () => {
      const { size, root } = log.head;
      return signCheckpoint({ origin: ORIGIN, size, root }, source.signer, sodiumSuite.sha256);
    },
    attachments: {
      from: (sequence) => messages.files(sequence),
      files: world.files,
      isDisposed: (sequence) => world.ledger.isDisposed(sequence),
    },
  };
  await backUpWhole(without, folder);
  const checked = await check(folder);
  assert.deepEqual([checked.files, checked.fileFindings], [2, []]);
});
