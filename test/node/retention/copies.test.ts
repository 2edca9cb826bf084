/** What was disposed of is gone from every copy, and none brings it back: replicas, backups, mending. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { pino } from 'pino';
import { ArchiveLog, isDisposed, type StoredRecord } from '../../../node/archive/index.ts';
import { PartFile, SealedFiles } from '../../../node/attachments/index.ts';
import { BackupFolder, checkBackup, openBackup, restoreLog } from '../../../node/backup/index.ts';
import { sodiumSuite } from '../../../node/crypto/index.ts';
import { firstAwaited, ledgerOn, type Ledger } from '../../../node/ledger/index.ts';
import { Backoff } from '../../../node/federation/index.ts';
import { FileFollower } from '../../../node/replication/index.ts';
import { openEffects } from '../../../node/retention/index.ts';
import { sealingUnder } from '../../../node/sealing/index.ts';
import { valueOf } from '../../../protocol/errors/index.ts';
import { archiveOptions } from '../../support/archive.ts';
import { backUpWhole, sourceOf } from '../../support/backup.ts';
import { platform } from '../../../node/composition/platform.ts';
import { DAY, policyOf, RetainingWorld } from '../../support/retaining.ts';

const POLICY = policyOf(30, 30);

interface Spoken {
  readonly world: RetainingWorld;
  readonly conversation: Uint8Array;
  /** What goes, what stays, and what was stored for what goes. */
  readonly gone: number;
  readonly stays: number;
  readonly stored: Uint8Array;
}

/** A conversation of which all that is older than a month is due. */
async function spoken(t: TestContext): Promise<Spoken> {
  const world = await RetainingWorld.start(t, POLICY);
  await world.member('alice@acme.test');
  const conversation = await world.create(['alice@acme.test', 'bob@acme.test']);
  const { sequence: gone } = await world.say(conversation, 'the plover egg');
  const stored = await world.stored(gone);
  await world.live(31 * DAY);
  const { sequence: stays } = await world.say(conversation, 'a month later');
  return { world, conversation, gone, stays, stored };
}

/** An empty archive of the same organisation. */
async function emptyCopy(t: TestContext): Promise<Ledger> {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-copy-'));
  const sealing = sealingUnder(new Uint8Array(32).fill(9), platform.randomBytes);
  const log = await ArchiveLog.open(archiveOptions(join(folder, 'archive'), { sealer: sealing.entries }));
  t.after(async () => {
    await log.close();
    await rm(folder, { recursive: true, force: true });
  });
  return ledgerOn(log, 'acme.test', sodiumSuite.sha256, sealing.views);
}

/** The folder of the files of a copy, made anew. */
async function filesOf(t: TestContext): Promise<SealedFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-files-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return SealedFiles.open(folder);
}

/** Hands a copy the next entries. */
async function follow(from: ArchiveLog, to: Ledger, count = Infinity): Promise<void> {
  const end = Math.min(from.size, to.log.size + count);
  while (to.log.size < end) {
    const records: StoredRecord[] = await from.stored(to.log.size, end - to.log.size);
    const size = to.log.size + records.length;
    valueOf(await to.adopt(records, { size, root: from.rootAt(size) }));
  }
}

const quiet = pino({ level: 'silent' });

async function assertSame(copy: Ledger, { world, conversation, gone, stays }: Spoken): Promise<void> {
  assert.deepEqual(copy.log.head.root, world.log.head.root);
  assert.deepEqual((await copy.log.verify()).findings, []);
  assert.throws(() => copy.log.content(gone), isDisposed);
  assert.deepEqual(
    copy.header('message', stays)?.conversation,
    conversation,
    'what was not disposed of is there',
  );
  assert.equal(await firstAwaited(copy), undefined);
}

test('C5, C11: a replica that held it takes it away by the certificate, and one that comes later never has it', async (t) => {
  const all = await spoken(t);
  const { world, gone } = all;
  const before = await emptyCopy(t);
  await follow(world.log, before);
  const effects = openEffects(before, await filesOf(t), quiet);
  await world.retaining.retention.look();
  await follow(world.log, before);
  await effects.run();
  await assertSame(before, all);
  const later = await emptyCopy(t);
  await follow(world.log, later, gone + 2);
  assert.ok((await firstAwaited(later)) !== undefined, 'what came without its content is waited for');
  assert.notDeepEqual((await later.log.verify()).findings, [], 'and missed until its certificate is here');
  await follow(world.log, later);
  await openEffects(later, await filesOf(t), quiet).run();
  await assertSame(later, all);
});

test('C11: a replica takes the file away with its message, and one that comes later does not miss it', async (t) => {
  const world = await RetainingWorld.start(t, POLICY);
  await world.member('alice@acme.test');
  const conversation = await world.create(['alice@acme.test', 'bob@acme.test']);
  const { sealed, path } = await world.attach(conversation, 1_000);
  const before = await emptyCopy(t);
  const files = await filesOf(t);
  await follow(world.log, before);
  const part = await PartFile.open(files, sealed);
  await part.append(await readFile(path));
  assert.ok((await part.finish(() => true)) && (await files.isWhole(sealed)));
  await world.live(31 * DAY);
  await world.retaining.retention.look();
  await follow(world.log, before);
  await openEffects(before, files, quiet).run();
  assert.ok(!files.has(sealed));
  const later = await emptyCopy(t);
  await follow(world.log, later);
  await openEffects(later, await filesOf(t), quiet).run();
  const open = (): Promise<never> => Promise.reject(new Error('nothing is to be asked for'));
  const backoff = new Backoff(Math.random);
  for (const ledger of [before, later]) {
    const following = new FileFollower({ ledger, files, open, backoff, logger: quiet });
    assert.equal(await following.heldUpTo(), world.log.size);
  }
});

test('C11: mending never brings back what was disposed of, whoever still has it', async (t) => {
  const all = await spoken(t);
  const { world, gone } = all;
  const old = await emptyCopy(t);
  await follow(world.log, old);
  await world.retaining.retention.look();
  await world.tamper((key) => key[0] === 0x01 && key[8] === gone, undefined);
  await world.open(POLICY);
  assert.equal(world.log.findings[0]?.sequence, gone);
  const mended = await world.log.mend({
    fetch: async (sequences) =>
      new Map(
        await Promise.all(
          sequences.map(async (sequence) => [sequence, (await old.log.stored(sequence, 1))[0]!] as const),
        ),
      ),
  });
  assert.ok(mended.includes(gone));
  await assertSame(world.ledger, all);
});

test('C5, C11: the next backup takes it out of the files, is verified without a key, and restores to the same root', async (t) => {
  const all = await spoken(t);
  const { world, stored } = all;
  const directory = await mkdtemp(join(world.folder, 'backup-'));
  const folder = new BackupFolder(directory);
  const source = await sourceOf(world.log);
  await world.fill(300);
  await backUpWhole(source, folder);
  assert.equal((await world.filesWith(stored)).filter((file) => file.startsWith(directory)).length, 1);
  await world.retaining.retention.look();
  await backUpWhole(source, folder);
  assert.deepEqual(await world.filesWith(stored), []);
  const opened = valueOf(await openBackup(folder, sodiumSuite));
  assert.deepEqual((await checkBackup(folder, opened, sodiumSuite)).findings, []);
  const restored = await emptyCopy(t);
  valueOf(await restoreLog(folder, opened, restored, sodiumSuite.sha256));
  await openEffects(restored, await filesOf(t), quiet).run();
  await assertSame(restored, all);
});

test('C5: a backup that lacks a content without a certificate is refused, and its file named', async (t) => {
  const { world } = await spoken(t);
  const folder = new BackupFolder(await mkdtemp(join(world.folder, 'backup-')));
  await world.retaining.retention.look();
  await backUpWhole(await sourceOf(world.log), folder);
  await folder.remove('disposals');
  const opened = valueOf(await openBackup(folder, sodiumSuite));
  const { findings } = await checkBackup(folder, opened, sodiumSuite);
  assert.match(findings[0]?.file ?? '', /^sealed/);
});
