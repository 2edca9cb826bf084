/** A table with a flipped bit is put right to the byte; of one with more damage the blocks that are left can be read. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Level } from 'level';
import { checkTable } from '../../../../node/archive/files/table-file.ts';
import { mendTable } from '../../../../node/archive/files/mend-table.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

const PAIRS = 2_000;
const FLIPS = Number(process.env['CHANCERY_FLIPS'] ?? 300);
const EVERYTHING = { from: new Uint8Array(0), to: Uint8Array.of(0xff) };
const OPTIONS = { keyEncoding: 'view', valueEncoding: 'view', blockSize: 4096, compression: false };

/** What Level can do in Node.js, which its types do not say. */
interface Compacting {
  compactRange(from: Uint8Array, to: Uint8Array): Promise<void>;
}

let folder = '';
let file = '';
let intact = Buffer.alloc(0);

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chancery-table-'));
  await make();
});

/** Makes the database anew, with one table. */
async function make(): Promise<void> {
  await rm(folder, { recursive: true });
  const db = await opened();
  await db.batch(
    Array.from({ length: PAIRS }, (_, at) => ({ type: 'put' as const, key: keyOf(at), value: valueOf(at) })),
  );
  await (db as unknown as Compacting).compactRange(keyOf(0), keyOf(PAIRS));
  await db.close();
  const [name = '', ...more] = (await readdir(folder)).filter((one) => one.endsWith('.ldb'));
  assert.deepEqual(more, []);
  file = join(folder, name);
  intact = await readFile(file);
}

after(() => rm(folder, { recursive: true, force: true }));

async function opened(): Promise<Level<Uint8Array, Uint8Array>> {
  const db = new Level<Uint8Array, Uint8Array>(folder, OPTIONS);
  await db.open();
  return db;
}

function keyOf(at: number): Uint8Array {
  return Buffer.from(`key ${String(at).padStart(6, '0')}`);
}

function valueOf(at: number): Uint8Array {
  return Buffer.from(`value ${at} `.repeat(1 + (at % 7)));
}

async function changed(change: (bytes: Buffer) => void): Promise<string> {
  const bytes = Buffer.from(intact);
  change(bytes);
  await writeFile(file, bytes);
  return mendTable(file);
}

test('a table in order is left alone', async () => {
  assert.equal(await changed(() => undefined), 'intact');
  assert.deepEqual(await readFile(file), intact);
});

test(`each of ${FLIPS} flipped bits is turned back, and each bit of the end of the file`, async (t) => {
  const random = seededRandom(t);
  const end = Array.from({ length: 48 * 8 }, (_, bit) => [intact.length - 48 + (bit >> 3), bit & 7] as const);
  const anywhere = Array.from(
    { length: FLIPS },
    () => [random.between(0, intact.length), random.between(0, 8)] as const,
  );
  for (const [at, bit] of [...anywhere, ...end]) {
    const mended = await changed((bytes) => void (bytes[at]! ^= 1 << bit));
    assert.equal(mended, 'corrected', `bit ${bit} of byte ${at}`);
    assert.ok(intact.equals(await readFile(file)), `bit ${bit} of byte ${at}`);
  }
});

test('blocks with more damage than one bit are left out, and LevelDB reads the others as they were', async (t) => {
  const random = seededRandom(t);
  for (let run = 0; run < 10; run += 1) {
    const at = random.between(0, Math.floor(intact.length / 2));
    assert.equal(await changed((bytes) => void bytes.fill(0, at, at + 100)), 'reduced');
    assert.deepEqual(await checkTable(file, EVERYTHING, () => Promise.resolve()), []);
    await (Level as unknown as { repair(location: string): Promise<void> }).repair(folder);
    const db = await opened();
    const found = new Map(
      (await db.iterator().all()).map(([key, value]) => [Buffer.from(key).toString(), value]),
    );
    await db.close();
    assert.ok(found.size < PAIRS && found.size > PAIRS / 2, String(found.size));
    for (const [key, value] of found)
      assert.deepEqual(Buffer.from(value), Buffer.from(valueOf(Number(key.slice(4)))));
    await make();
  }
});

test('filters that are damaged are left out, and all pairs are there', async () => {
  // the filters lie before the list of them, which lies before the index
  const mended = await changed(
    (bytes) =>
      void bytes.fill(0xff, bytes.indexOf('filter.leveldb') - 60, bytes.indexOf('filter.leveldb') - 20),
  );
  assert.equal(mended, 'reduced');
  assert.deepEqual(await checkTable(file, EVERYTHING, () => Promise.resolve()), []);
});

test('a table whose index or end cannot be read is removed', async () => {
  assert.equal(await changed((bytes) => void bytes.fill(0, bytes.length - 40)), 'removed');
  await assert.rejects(readFile(file), { code: 'ENOENT' });
  assert.equal(
    await changed((bytes) => void bytes.fill(0, bytes.length - 300, bytes.length - 60)),
    'removed',
  );
});
