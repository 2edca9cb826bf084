/** What is done to a stored log behind its back is noticed, and named by sequence number. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ArchiveLog } from '../../../node/archive/index.ts';
import { checkUpperTiles } from '../../../node/archive/check.ts';
import { decodeHead, encodeHead, type Head } from '../../../node/archive/head.ts';
import { contentKey, entryKey, HEAD_KEY, tileKey } from '../../../node/archive/keys.ts';
import { sodiumSuite } from '../../../node/crypto/index.ts';
import { EMPTY_TREE, growTree } from '../../../protocol/merkle/index.ts';
import { archiveOptions, record, records } from '../../support/archive.ts';
import { FaultyDisk } from '../../support/faulty-store.ts';

const { sha256 } = sodiumSuite;
const SIZE = 600;
const hex = (key: Uint8Array): string => Buffer.from(key).toString('hex');

async function filledDisk(size = SIZE, contentBytes = 0): Promise<FaultyDisk> {
  const disk = new FaultyDisk();
  await using log = await ArchiveLog.open(archiveOptions('', { openStore: disk.open }));
  for (let next = 0; next < size; next += 500) {
    const group = records(next, Math.min(500, size - next));
    const content = new Uint8Array(contentBytes);
    await log.append(contentBytes > 0 ? group.map(({ kind }) => ({ kind, content })) : group);
  }
  return disk;
}

/** Changes the value of a key; `at` counts from the end where it is negative. */
function flip(disk: FaultyDisk, key: Uint8Array, at: number): void {
  const value = disk.pairs.get(hex(key));
  assert.ok(value, 'there is something to damage');
  const index = at < 0 ? value.length + at : at;
  value[index] = (value[index] ?? 0) ^ 0x10;
}

/** Puts each of two entries, with its content, in the place of the other. */
function exchange(disk: FaultyDisk, one: number, other: number): void {
  for (const keyOf of [entryKey, contentKey]) {
    const [a, b] = [hex(keyOf(one)), hex(keyOf(other))];
    const [first, second] = [disk.pairs.get(a)!, disk.pairs.get(b)!];
    disk.pairs.set(a, second);
    disk.pairs.set(b, first);
  }
}

/** Which sequence numbers a walk over the damaged log names, and which one opening it names. */
async function named(
  damage: (disk: FaultyDisk) => void,
): Promise<{ walked: number[]; opened: number | undefined }> {
  const disk = await filledDisk();
  const log = await ArchiveLog.open(archiveOptions('', { openStore: disk.open }));
  damage(disk);
  const { findings, checked } = await log.verify();
  assert.equal(checked, SIZE);
  await log.close();
  const opened = await openedAt(disk);
  return { walked: findings.map(({ sequence }) => sequence), opened };
}

/** The first sequence number that opening names: then nothing is appended. */
async function openedAt(disk: FaultyDisk): Promise<number | undefined> {
  await using log = await ArchiveLog.open(archiveOptions('', { openStore: disk.open }));
  const [first] = log.findings;
  if (first === undefined) return undefined;
  const { sequence } = first;
  await assert.rejects(log.append([record(0)]), { code: 'archive.damaged', facts: { sequence } });
  return sequence;
}

test('an undamaged log has no findings, and progress is told to the end', async () => {
  const disk = await filledDisk();
  await using log = await ArchiveLog.open(archiveOptions('', { openStore: disk.open }));
  const steps: string[] = [];
  const { findings, checked, size } = await log.verify({
    onProgress: (done, all) => steps.push(`${done}/${all}`),
  });
  assert.deepEqual({ findings, checked, size }, { findings: [], checked: SIZE, size: SIZE });
  assert.deepEqual(steps, ['256/600', '512/600', '600/600']);
});

test('a flipped bit in an entry is named, whether a tile covers the entry or not', async () => {
  for (const sequence of [0, 300, 555, SIZE - 1]) {
    for (const at of [0, 40, -1]) {
      const expected = { walked: [sequence], opened: sequence };
      assert.deepEqual(await named((disk) => flip(disk, entryKey(sequence), at)), expected, `byte ${at}`);
    }
  }
});

test('a flipped bit in a content or its salt is named', async () => {
  for (const sequence of [0, 300, SIZE - 1]) {
    for (const at of [0, 1, -1]) {
      const expected = { walked: [sequence], opened: sequence };
      assert.deepEqual(await named((disk) => flip(disk, contentKey(sequence), at)), expected, `byte ${at}`);
    }
  }
});

test('a flipped bit in a tile is named by the entry under it', async () => {
  assert.deepEqual(await named((disk) => flip(disk, tileKey(0, 1), 5 * 32)), { walked: [261], opened: 261 });
  assert.deepEqual(await named((disk) => flip(disk, tileKey(1, 0), 32)), { walked: [256], opened: 256 });
});

test('a missing entry, content or tile is named', async () => {
  const without = (key: Uint8Array) => (disk: FaultyDisk) => void disk.pairs.delete(hex(key));
  assert.deepEqual(await named(without(entryKey(300))), { walked: [300], opened: 300 });
  assert.deepEqual(await named(without(entryKey(SIZE - 1))), { walked: [SIZE - 1], opened: SIZE - 1 });
  assert.deepEqual(await named(without(contentKey(301))), { walked: [301], opened: 301 });
  assert.deepEqual(await named(without(tileKey(0, 1))), { walked: [256], opened: 256 });
  assert.deepEqual((await named(without(tileKey(1, 0)))).opened, 0);
});

test('several damaged entries are all named, in order, up to the number that is asked for', async () => {
  const disk = await filledDisk();
  await using log = await ArchiveLog.open(archiveOptions('', { openStore: disk.open }));
  for (const sequence of [590, 3, 256]) flip(disk, contentKey(sequence), -1);
  disk.pairs.delete(hex(entryKey(4)));
  const all = await log.verify();
  assert.deepEqual(
    all.findings.map(({ sequence }) => sequence),
    [3, 4, 256, 590],
  );
  const one = await log.verify({ findingsMax: 1 });
  assert.deepEqual(
    one.findings.map(({ sequence }) => sequence),
    [3],
  );
});

test('entries that trade places are noticed', async () => {
  const { walked, opened } = await named((disk) => exchange(disk, 10, 11));
  assert.deepEqual({ walked, opened }, { walked: [10, 11], opened: 10 });
});

test('an entry replaced with its leaf hash, where no tile covers it, is noticed by the root', async () => {
  const other = await filledDisk(SIZE, 9);
  const { walked, opened } = await named((disk) => {
    for (const key of [entryKey(SIZE - 1), contentKey(SIZE - 1)])
      disk.pairs.set(hex(key), other.pairs.get(hex(key))!);
  });
  assert.deepEqual({ walked, opened }, { walked: [512], opened: 512 }); // all that can be known: the head alone vouches from here on
});

test('a damaged head, or one that went back, is noticed', async () => {
  const changed = (change: (head: Head) => Partial<Head>) => async (): Promise<number | undefined> => {
    const disk = await filledDisk();
    const head = decodeHead(disk.pairs.get(hex(HEAD_KEY))!);
    assert.ok(head.ok);
    disk.pairs.set(hex(HEAD_KEY), encodeHead({ ...head.value, ...change(head.value) }));
    return openedAt(disk);
  };
  assert.equal(await changed(({ root }) => ({ root: root.map((byte) => byte ^ 1) }))(), 512);
  assert.equal(await changed(() => ({ size: SIZE - 1 }))(), SIZE - 1);
  assert.equal(await changed(() => ({ size: SIZE + 1 }))(), SIZE);
  assert.equal(await changed(() => ({ size: 0 }))(), 0);
  const disk = await filledDisk();
  flip(disk, HEAD_KEY, 0);
  assert.equal(await openedAt(disk), 0);
  disk.pairs.delete(hex(HEAD_KEY));
  assert.equal(await openedAt(disk), 0);
});

test('an entry missing from long ago is noticed on opening, a damaged content from then by the walk', async () => {
  const disk = await filledDisk(11_000, 4 * 1024);
  flip(disk, contentKey(7), -1);
  {
    await using log = await ArchiveLog.open(archiveOptions('', { openStore: disk.open }));
    const { findings } = await log.verify({ findingsMax: 1 });
    assert.deepEqual(
      findings.map(({ sequence }) => sequence),
      [7],
    );
  }
  disk.pairs.delete(hex(entryKey(9)));
  assert.equal(await openedAt(disk), 9);
});

test('a damaged tile far up in a large tree is named', async () => {
  const size = 2 * 65_536 + 300;
  const leaves = Array.from({ length: size }, (_, at) => sha256(Uint8Array.of(at >> 16, at >> 8, at)));
  const { tiles } = growTree(sha256, EMPTY_TREE, leaves);
  const disk = new FaultyDisk();
  const store = await disk.open();
  await store.mend(
    tiles.map(({ level, index, hashes }) => ({ type: 'put', key: tileKey(level, index), value: hashes })),
  );
  assert.deepEqual(checkUpperTiles(store, sha256, size), []);
  flip(disk, tileKey(2, 0), 32);
  assert.deepEqual(
    checkUpperTiles(store, sha256, size).map(({ sequence }) => sequence),
    [65_536],
  );
  flip(disk, tileKey(2, 0), 32);
  disk.pairs.delete(hex(tileKey(1, 0)));
  assert.deepEqual(
    checkUpperTiles(store, sha256, size).map(({ sequence }) => sequence),
    [0],
  );
});

test('a flipped bit in LevelDB’s own log, which drops records without a word, is noticed on opening', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-archive-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const log = await ArchiveLog.open(archiveOptions(folder));
  for (let next = 0; next < 2000; next += 1) await log.append([record(next)]);
  const [stored] = await log.stored(1000, 1);
  await log.close();
  const file = (await readdir(folder)).find((name) => name.endsWith('.log'));
  assert.ok(file, 'the records are still in the log file');
  const bytes = await readFile(join(folder, file));
  const middle = bytes.indexOf(stored?.stored.subarray(0, 16) ?? '');
  assert.ok(middle > 0);
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  await writeFile(join(folder, file), bytes);
  await using again = await ArchiveLog.open(archiveOptions(folder));
  const [first] = again.findings;
  assert.ok(first !== undefined && first.sequence <= 1000 && first.sequence > 700, `${first?.sequence}`);
  assert.equal(again.content(5) === undefined, false, 'what is whole can be read');
  await assert.rejects(again.append([record(0)]), { code: 'archive.damaged' });
});

test('what is damaged is never read, and what comes before it is', async () => {
  const damages: [string, number, (disk: FaultyDisk) => void][] = [
    ['a bit of a content', 300, (disk) => flip(disk, contentKey(300), -1)],
    ['a bit of a salt', 301, (disk) => flip(disk, contentKey(301), 1)],
    ['a bit of an entry', 302, (disk) => flip(disk, entryKey(302), 40)],
    ['a bit of the last entry', SIZE - 1, (disk) => flip(disk, entryKey(SIZE - 1), -1)],
    ['a bit of the tile over it', 303, (disk) => flip(disk, tileKey(0, 1), (303 - 256) * 32)],
    ['a missing entry', 304, (disk) => void disk.pairs.delete(hex(entryKey(304)))],
    ['a missing content', 305, (disk) => void disk.pairs.delete(hex(contentKey(305)))],
    ['an entry and content of another place', 306, (disk) => exchange(disk, 306, 307)],
  ];
  for (const [what, sequence, damage] of damages) {
    const disk = await filledDisk();
    await using log = await ArchiveLog.open(archiveOptions('', { openStore: disk.open }));
    damage(disk);
    const expected = { code: 'archive.damaged', facts: { sequence } };
    assert.throws(() => log.content(sequence), expected, what);
    assert.throws(() => log.header(sequence), expected, what);
    const before = await log.read(sequence - 10, 20);
    assert.equal(before.at(-1)?.sequence, sequence - 1, what);
    await assert.rejects(log.read(sequence, 20), expected, what);
    assert.notEqual(log.content(sequence - 1), undefined);
  }
});
