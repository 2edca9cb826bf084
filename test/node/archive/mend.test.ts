/** A damaged archive opens for reading, never for appending, and is put right from another copy: by the root, or not at all. */
import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { ArchiveLog, type Mender, type StoredRecord } from '../../../node/archive/index.ts';
import { contentKey, entryKey, HEAD_KEY, tileKey } from '../../../node/archive/keys.ts';
import { archiveOptions, record, records } from '../../support/archive.ts';
import { FaultyDisk } from '../../support/faulty-store.ts';

const SIZE = 700;
const hex = (key: Uint8Array): string => Buffer.from(key).toString('hex');

async function filled(): Promise<FaultyDisk> {
  const disk = new FaultyDisk();
  await using log = await ArchiveLog.open(archiveOptions('', { openStore: disk.open }));
  await log.append(records(0, SIZE));
  return disk;
}

function copyOf(disk: FaultyDisk): FaultyDisk {
  const copy = new FaultyDisk();
  for (const [key, value] of disk.pairs) copy.pairs.set(key, Uint8Array.from(value));
  return copy;
}

/** Another copy, that hands out what it has. */
async function menderOn(disk: FaultyDisk, asked: number[] = []): Promise<Mender> {
  const log = await ArchiveLog.open(archiveOptions('', { openStore: disk.open }));
  return {
    async fetch(sequences) {
      const found = new Map<number, StoredRecord>();
      for (const sequence of sequences) {
        asked.push(sequence);
        const [stored] = await log.stored(sequence, 1);
        if (stored !== undefined) found.set(sequence, stored);
      }
      return found;
    },
  };
}

function flip(disk: FaultyDisk, key: Uint8Array, at: number): void {
  const value = disk.pairs.get(hex(key))!;
  value[at < 0 ? value.length + at : at]! ^= 4;
}

const without = (key: Uint8Array) => (disk: FaultyDisk) => void disk.pairs.delete(hex(key));

const DAMAGES: [string, (disk: FaultyDisk) => void, number[]][] = [
  ['a content', (disk) => flip(disk, contentKey(3), -1), [3]],
  ['an entry', (disk) => flip(disk, entryKey(300), 50), [300]],
  ['a leaf hash', (disk) => flip(disk, entryKey(301), 0), [301]],
  ['the last entry', (disk) => flip(disk, entryKey(SIZE - 1), -1), [SIZE - 1]],
  ['a missing entry', without(entryKey(400)), [400]],
  ['a missing content', without(contentKey(513)), [513]],
  ['a tile', (disk) => flip(disk, tileKey(0, 1), 64), []],
  ['a missing tile', without(tileKey(0, 0)), []],
  ['a tile above', (disk) => flip(disk, tileKey(1, 0), 33), []],
  ['a missing tile above', without(tileKey(1, 0)), []],
  ['two at once', (disk) => [1, 600].forEach((at) => flip(disk, contentKey(at), 3)), [1, 600]],
];

test('whatever is damaged is put right from another copy, and only what is damaged is asked for', async () => {
  const intact = await filled();
  for (const [what, damage, asked] of DAMAGES) {
    const disk = copyOf(intact);
    damage(disk);
    await using log = await ArchiveLog.open(archiveOptions('', { openStore: disk.open }));
    assert.ok(log.findings.length > 0, what);
    await assert.rejects(log.append([record(SIZE)]), { code: 'archive.damaged' }, what);
    const requested: number[] = [];
    assert.deepEqual(await log.mend(await menderOn(intact, requested)), asked, what);
    assert.deepEqual(requested, asked, what);
    assert.deepEqual(log.findings, [], what);
    assert.deepEqual((await log.verify()).findings, [], what);
    for (const [key, value] of intact.pairs) assert.deepEqual(disk.pairs.get(key), value, `${what}: ${key}`);
    assert.equal((await log.append([record(SIZE)])).first, SIZE, what);
  }
});

test('what another copy says is not taken where it does not lead to the root', async () => {
  const intact = await filled();
  const other = new FaultyDisk();
  {
    await using log = await ArchiveLog.open(archiveOptions('', { openStore: other.open }));
    await log.append(records(1_000, SIZE));
  }
  for (const sequence of [3, SIZE - 1]) {
    const disk = copyOf(intact);
    flip(disk, entryKey(sequence), 40);
    const before = new Map(disk.pairs);
    await using log = await ArchiveLog.open(archiveOptions('', { openStore: disk.open }));
    assert.deepEqual(await log.mend(await menderOn(other)), []);
    assert.equal(log.findings[0]?.sequence, sequence);
    await assert.rejects(log.append([record(0)]), { code: 'archive.damaged' });
    for (const [key, value] of before) assert.deepEqual(disk.pairs.get(key), value, key);
  }
});

test('with no other copy what is damaged stays so, and everything else can be read', async () => {
  const disk = await filled();
  flip(disk, contentKey(3), -1);
  await using log = await ArchiveLog.open(archiveOptions('', { openStore: disk.open }));
  assert.deepEqual(await log.mend({ fetch: () => Promise.resolve(null) }), []);
  assert.equal(log.findings[0]?.sequence, 3);
  assert.throws(() => log.content(3), { code: 'archive.damaged', facts: { sequence: 3 } });
  for (const sequence of [2, 4, SIZE - 1])
    assert.equal(Buffer.from(log.content(sequence)!).toString(), `message ${sequence}`);
});

test('a head that is gone leaves the log to be read', async () => {
  const disk = await filled();
  disk.pairs.delete(hex(HEAD_KEY));
  await using log = await ArchiveLog.open(archiveOptions('', { openStore: disk.open }));
  assert.equal(log.size, SIZE);
  assert.equal(Buffer.from(log.content(SIZE - 1)!).toString(), `message ${SIZE - 1}`);
  await assert.rejects(log.append([record(0)]), { code: 'archive.damaged' });
});

async function directory(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-mend-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'archive');
}

/** A database of some hundred entries in tables, and some hundred in its log file. */
async function database(t: TestContext): Promise<string> {
  const location = await directory(t);
  for (let next = 0; next < SIZE; next += 350) {
    await using log = await ArchiveLog.open(archiveOptions(location));
    for (let from = next; from < next + 350; from += 50) await log.append(records(from, 50));
  }
  return location;
}

const fileIn = async (location: string, pattern: RegExp): Promise<string> =>
  join(
    location,
    (await readdir(location)).find((name) => pattern.test(name))!,
  );

test('the end of a log file that LevelDB drops without a word is missed, named, and had from elsewhere', async (t) => {
  const location = await database(t);
  await cp(location, `${location}.copy`, { recursive: true });
  await cp(`${location}.mark`, `${location}.copy.mark`);
  const file = await fileIn(location, /\.log$/);
  const { length } = await readFile(file);
  await truncate(file, length - 10);
  await using log = await ArchiveLog.open(archiveOptions(location));
  assert.equal(log.size, SIZE - 50);
  assert.equal(log.findings[0]?.sequence, SIZE - 50);
  await assert.rejects(log.append([record(0)]), { code: 'archive.damaged' });
  await using copy = await ArchiveLog.open(archiveOptions(`${location}.copy`));
  const mender: Mender = {
    fetch: async (sequences) =>
      new Map(await Promise.all(sequences.map(async (at) => [at, (await copy.stored(at, 1))[0]!] as const))),
  };
  assert.equal((await log.mend(mender)).length, 50);
  assert.equal(log.size, SIZE);
  assert.deepEqual((await log.verify()).findings, []);
});

test('a database without its list of files, or without a table, opens for reading, and nothing of it is lost', async (t) => {
  for (const damage of [
    async (location: string) => rm(join(location, 'CURRENT')),
    async (location: string) => rm(await fileIn(location, /^MANIFEST/)),
    async (location: string) => writeFile(await fileIn(location, /^MANIFEST/), 'nothing'),
    async (location: string) => writeFile(join(location, 'CURRENT'), 'MANIFEST-999999\n'),
  ]) {
    const location = await database(t);
    await damage(location);
    const before = await readdir(location);
    const alarms: object[] = [];
    const logger = { error: (facts: object) => void alarms.push(facts) };
    await using log = await ArchiveLog.open(archiveOptions(location, { logger }));
    assert.deepEqual(log.findings, []);
    assert.equal(log.size, SIZE);
    assert.deepEqual((await log.verify()).findings, []);
    assert.ok(alarms.length > 0);
    assert.deepEqual(await readdir(join(`${location}.damaged`, '1')), before, 'as it was found');
  }
  const location = await database(t);
  await rm(await fileIn(location, /\.ldb$/));
  await using log = await ArchiveLog.open(archiveOptions(location));
  assert.equal(log.findings[0]?.sequence, 0);
  assert.equal(Buffer.from(log.content(SIZE - 1)!).toString(), `message ${SIZE - 1}`);
  await assert.rejects(log.append([record(0)]), { code: 'archive.damaged' });
});

test('a damaged mark is told of and made anew', async (t) => {
  const location = await database(t);
  const bytes = await readFile(`${location}.mark`);
  bytes[3]! ^= 1;
  await writeFile(`${location}.mark`, bytes);
  const alarms: object[] = [];
  const logger = { error: (facts: object) => void alarms.push(facts) };
  {
    await using log = await ArchiveLog.open(archiveOptions(location, { logger }));
    await log.append([record(SIZE)]);
    assert.equal(alarms.length, 1);
  }
  await using log = await ArchiveLog.open(archiveOptions(location, { logger }));
  assert.equal(alarms.length, 1);
  assert.equal(log.size, SIZE + 1);
});
