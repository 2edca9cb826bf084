/** The background verifier finds what was done to an archive behind its back, says it once, and has it mended. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { ArchiveLog, Verifier, type Mender, type StoredRecord } from '../../../node/archive/index.ts';
import { contentKey } from '../../../node/archive/keys.ts';
import { archiveOptions, record, records } from '../../support/archive.ts';
import { FaultyDisk } from '../../support/faulty-store.ts';

type Told = Record<string, unknown> & { message: string };

const NOBODY: Mender = { fetch: () => Promise.resolve(null) };

function verifierOf(
  log: ArchiveLog,
  location: string,
  mender = NOBODY,
): { verifier: Verifier; told: Told[] } {
  const told: Told[] = [];
  const note = (facts: object, message: string): void => void told.push({ ...facts, message });
  const verifier = new Verifier({
    log,
    location,
    cycleSeconds: 0,
    mender,
    clock: () => performance.now(),
    logger: { error: note, info: note },
  });
  return { verifier, told };
}

async function directory(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-verifier-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'archive');
}

test('C3: a content that was changed is named once, by its sequence number, closes the log, and is mended when another copy is back', async () => {
  const disk = new FaultyDisk();
  await using log = await ArchiveLog.open(archiveOptions('', { openStore: disk.open }));
  await log.append(records(0, 600));
  const kept = new Map<number, StoredRecord>();
  for (const [at, { entry, stored }] of (await log.stored(0, 600)).entries())
    kept.set(at, { entry: entry.slice(), stored: stored.slice() });
  const key = Buffer.from(contentKey(42)).toString('hex');
  disk.pairs.get(key)![30]! ^= 1;
  let away = true;
  const mender: Mender = { fetch: () => Promise.resolve(away ? null : kept) };
  const { verifier, told } = verifierOf(log, '', mender);
  for (let again = 0; again < 2; again += 1) {
    const { findings, mended } = await verifier.cycle();
    assert.deepEqual([findings.map(({ sequence }) => sequence), mended], [[42], []]);
    assert.equal(told.length, 1);
    assert.deepEqual({ ...told[0], message: '' }, { sequence: 42, alarm: true, message: '' });
    await assert.rejects(log.append([record(600)]), { code: 'archive.damaged', facts: { sequence: 42 } });
  }
  away = false;
  assert.deepEqual((await verifier.cycle()).mended, [42]);
  assert.deepEqual(verifier.last?.findings, []);
  assert.equal((await log.append([record(600)])).first, 600);
});

test('a file of the database that was changed is named, with what lies there', async (t) => {
  const location = await directory(t);
  {
    await using log = await ArchiveLog.open(archiveOptions(location));
    await log.append(records(0, 600));
  }
  await using log = await ArchiveLog.open(archiveOptions(location));
  const { verifier, told } = verifierOf(log, location);
  assert.deepEqual((await verifier.cycle()).files, []);
  const name = (await readdir(location)).find((file) => file.endsWith('.ldb'))!;
  const bytes = await readFile(join(location, name));
  bytes[100]! ^= 1;
  await writeFile(join(location, name), bytes);
  const { files } = await verifier.cycle();
  assert.deepEqual(
    files.map(({ file }) => file),
    [join(location, name)],
  );
  assert.match(String(told.find(({ file }) => file !== undefined)?.['hit']), /^head, entries 0 to \d+/);
});

test('the verifier walks again and again beside appends, and stops when it is told to', async () => {
  const disk = new FaultyDisk();
  await using log = await ArchiveLog.open(archiveOptions('', { openStore: disk.open }));
  const { verifier, told } = verifierOf(log, '');
  verifier.start();
  let entries = 0;
  for (let next = 0; next < 3_000; next += 100) {
    await log.append(records(next, 100));
    await new Promise((resolve) => setImmediate(resolve));
    entries = Math.max(entries, verifier.last?.entries ?? 0);
  }
  await verifier.stop();
  assert.ok(entries > 0, 'a walk was over while the log grew');
  assert.deepEqual(told, []);
});
