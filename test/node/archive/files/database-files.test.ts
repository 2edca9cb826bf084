/** Whatever is done to the files of the archive's database is noticed, and it is told which entries lie there. */
import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ArchiveLog } from '../../../../node/archive/index.ts';
import { checkFiles } from '../../../../node/archive/files/database-files.ts';
import { spanText, type FileFinding } from '../../../../node/archive/files/file-finding.ts';
import { contentKey, entryKey } from '../../../../node/archive/keys.ts';
import { archiveOptions, records } from '../../../support/archive.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

const TABLED = 3_000;
const SIZE = 4_000;
const FLIPS = Number(process.env['CHANCERY_FLIPS'] ?? 150);

let folder = '';
/** A database with tables, a log file and all else, which is only ever copied. */
let intact = '';

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chancery-files-'));
  intact = join(folder, 'intact');
  await fill(0, TABLED);
  await fill(TABLED, SIZE);
});

after(() => rm(folder, { recursive: true, force: true }));

async function fill(from: number, to: number): Promise<void> {
  await using log = await ArchiveLog.open(archiveOptions(intact));
  for (let next = from; next < to; next += 100) await log.append(records(next, 100));
}

async function filesOf(directory: string): Promise<string[]> {
  const names = await readdir(directory);
  return names.filter((name) => /^(?:CURRENT|MANIFEST-\d+|\d+\.(?:ldb|log))$/.test(name)).sort();
}

/** What is found in a copy to which something was done. */
async function found(damage: (copy: string) => Promise<void>): Promise<FileFinding[]> {
  const copy = join(folder, 'copy');
  await rm(copy, { recursive: true, force: true });
  await cp(intact, copy, { recursive: true });
  await damage(copy);
  return checkFiles(copy, { isOpen: true, tables: true });
}

async function change(file: string, change: (bytes: Buffer) => unknown): Promise<void> {
  const bytes = await readFile(file);
  const changed = change(bytes);
  await writeFile(file, changed instanceof Uint8Array ? changed : bytes);
}

test('files in order have no findings, also while they are written to', async () => {
  assert.deepEqual(await found(() => Promise.resolve()), []);
  await using log = await ArchiveLog.open(archiveOptions(join(folder, 'written')));
  for (let next = 0; next < 20; next += 1) {
    const [, findings] = await Promise.all([
      log.append(records(next * 500, 500)),
      checkFiles(join(folder, 'written'), { isOpen: true, tables: true }),
    ]);
    assert.deepEqual(findings, []);
  }
});

test('a directory without a database has no findings', async () => {
  assert.deepEqual(await checkFiles(join(folder, 'nowhere'), { isOpen: true, tables: true }), []);
});

test(`each of ${FLIPS} flipped bits is noticed, in every kind of file`, async (t) => {
  const random = seededRandom(t);
  const names = await filesOf(intact);
  assert.deepEqual([...new Set(names.map((name) => name.replace(/\d+/, '')))].sort(), [
    '.ldb',
    '.log',
    'CURRENT',
    'MANIFEST-',
  ]);
  for (let flip = 0; flip < FLIPS; flip += 1) {
    const name = names[flip % names.length]!;
    let place = '';
    const findings = await found((copy) =>
      change(join(copy, name), (bytes) => {
        const at = random.between(0, bytes.length);
        const bit = random.between(0, 8);
        bytes[at]! ^= 1 << bit;
        place = `bit ${bit} of byte ${at} of ${name}`;
        return undefined;
      }),
    );
    assert.ok(findings.length > 0, place);
  }
});

test('each missing file is noticed', async () => {
  for (const name of await filesOf(intact)) {
    const findings = await found((copy) => rm(join(copy, name)));
    if (!name.endsWith('.log')) assert.ok(findings.length > 0, name); // what a log held is missed by the log itself
  }
});

test('a file that was cut short is noticed', async () => {
  for (const name of await filesOf(intact)) {
    const findings = await found((copy) => change(join(copy, name), (bytes) => bytes.subarray(0, -20)));
    assert.ok(findings.length > 0, name);
  }
});

test('what lies in a damaged block of a table is told by sequence number', async () => {
  const findings = await found(async (copy) => {
    const tables = (await filesOf(copy)).filter((file) => file.endsWith('.ldb'));
    for (const name of tables) await change(join(copy, name), (bytes) => void (bytes[1_000]! ^= 1));
  });
  assert.equal(findings.length, 1);
  const [, first, last] = /^head, entries (\d+) to (\d+)$/.exec(spanText(findings[0]!.span)) ?? [];
  assert.equal(Number(first), 0, 'the block is the first');
  assert.ok(Number(last) > 0 && Number(last) < 500, `to ${last}`);
});

test('what a damaged log file lost is told by sequence number', async () => {
  const findings = await found(async (copy) => {
    const name = (await filesOf(copy)).find((file) => file.endsWith('.log'))!;
    await change(join(copy, name), (bytes) => {
      const at = bytes.indexOf(contentKey(3350));
      assert.ok(at > 0);
      bytes[at + 20]! ^= 1;
    });
  });
  const [first] = findings;
  assert.deepEqual(first?.span.from, entryKey(3300));
  assert.match(spanText(first.span), /^entries 3300 to 3[4-9]00$/);
});
