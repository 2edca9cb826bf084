/**
 * A bit flips anywhere in the files of an archive, while it is closed or while it is open: it is noticed, by opening it or
 * by the verifier; nothing that was changed is served; and the log is mended, from itself or from another copy.
 */
import assert from 'node:assert/strict';
import { cp, mkdtemp, open, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ArchiveLog, Verifier, type Mender, type StoredRecord } from '../../node/archive/index.ts';
import { archiveOptions, records } from '../support/archive.ts';
import { seededRandom } from '../support/seeded-random.ts';

/** How often a bit flips. */
const FLIPS = Number(process.env['CHANCERY_FLIPS'] ?? 30);

const SIZE = 1_500;

/** LevelDB's own notes for people, and its lock, which is empty, are no part of the archive. */
const FILES = /^(?:CURRENT|MANIFEST-\d+|\d+\.(?:ldb|log))$/;

test(`each of ${FLIPS} flipped bits is noticed, none is served, and the log is mended from a copy`, async (t) => {
  const random = seededRandom(t);
  const folder = await mkdtemp(join(tmpdir(), 'chancery-flips-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const intact = join(folder, 'intact');
  for (let life = 0; life < 2; life += 1) {
    await using log = await ArchiveLog.open(archiveOptions(intact));
    for (let from = 0; from < SIZE / 2; from += 50) await log.append(records((life * SIZE) / 2 + from, 50));
  }
  await cp(intact, join(folder, 'other'), { recursive: true });
  await using other = await ArchiveLog.open(archiveOptions(join(folder, 'other')));
  let fetched = 0;
  const mender: Mender = {
    async fetch(sequences) {
      const found = new Map<number, StoredRecord>();
      for (const sequence of sequences) {
        const [stored] = await other.stored(sequence, 1);
        if (stored !== undefined) found.set(sequence, stored);
        fetched += 1;
      }
      return found;
    },
  };
  const names = [...(await filesOf(intact)), 'mark'];
  const counts = { refused: 0, opening: 0, verifier: 0, mended: 0 };
  for (let flip = 0; flip < FLIPS; flip += 1) {
    const copy = join(folder, 'copy');
    for (const suffix of ['', '.mark', '.damaged'])
      await rm(`${copy}${suffix}`, { recursive: true, force: true });
    await cp(intact, copy, { recursive: true });
    await cp(`${intact}.mark`, `${copy}.mark`);
    const isOpen = flip % 2 === 1;
    const flipOne = async (): Promise<string> => {
      // what a process has open it does not read from the mark, and has another log file and list of tables
      const name = random.pick(isOpen ? await filesOf(copy) : names);
      const file = name === 'mark' ? `${copy}.mark` : join(copy, name);
      await using handle = await open(file, 'r+');
      const { size } = await handle.stat();
      const at = random.between(0, size);
      const byte = new Uint8Array(1);
      await handle.read(byte, 0, 1, at);
      byte[0]! ^= 1 << random.between(0, 8);
      await handle.write(byte, 0, 1, at);
      return `byte ${at} of ${name}, ${isOpen ? 'open' : 'closed'}`;
    };
    let place = isOpen ? '' : await flipOne();

    const alarms: string[] = [];
    const logger = { error: (_: object, text: string) => void alarms.push(text), info: () => undefined };
    const log = await ArchiveLog.open(archiveOptions(copy, { logger })).catch((error: unknown) => {
      assert.equal((error as { code: string }).code, 'archive.damaged', place);
      counts.refused += 1;
      return undefined;
    });
    if (log === undefined) continue;
    if (isOpen) place = await flipOne();
    const isSeen = alarms.length > 0 || log.findings.length > 0;
    for (let sequence = 0; sequence < SIZE && !isOpen; sequence += 1) {
      const served = contentOf(log, sequence);
      if (served !== undefined) assert.equal(served, `message ${sequence}`, place);
    }
    const clock = (): number => performance.now();
    const verifier = new Verifier({ log, location: copy, cycleSeconds: 0, mender, clock, logger });
    await verifier.cycle();
    assert.ok(alarms.length > 0 || isSeen, `${place} was not noticed`);
    counts[isSeen ? 'opening' : 'verifier'] += 1;
    assert.deepEqual(log.findings, [], `${place} was not mended`);
    for (let sequence = 0; sequence < SIZE; sequence += 1)
      assert.equal(contentOf(log, sequence), `message ${sequence}`, place);
    counts.mended += 1;
    await log.close();
  }
  t.diagnostic(JSON.stringify({ ...counts, fetched }));
});

/** The files of a database that hold something. */
async function filesOf(location: string): Promise<string[]> {
  const names = (await readdir(location)).filter((name) => FILES.test(name)).sort();
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(location, name))).size));
  return names.filter((_, at) => sizes[at]! > 0);
}

/** What the log serves as an entry; undefined where it says that it is damaged, or does not have it. */
function contentOf(log: ArchiveLog, sequence: number): string | undefined {
  try {
    const content = log.content(sequence);
    return content && Buffer.from(content).toString();
  } catch (error) {
    assert.equal((error as { code: string }).code, 'archive.damaged');
    return undefined;
  }
}
