/**
 * A bit flips anywhere in the files of an archive: it is noticed, by opening it or by the verifier; nothing that was
 * changed is served; and the log is mended from another copy.
 */
import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ArchiveLog, Verifier, type Mender, type StoredRecord } from '../../node/archive/index.ts';
import { archiveOptions, records } from '../support/archive.ts';
import { seededRandom } from '../support/seeded-random.ts';

/** How often a bit flips. */
const FLIPS = Number(process.env['CHANCERY_FLIPS'] ?? 60);

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
  const mender: Mender = {
    async fetch(sequences) {
      const found = new Map<number, StoredRecord>();
      for (const sequence of sequences) {
        const [stored] = await other.stored(sequence, 1);
        if (stored !== undefined) found.set(sequence, stored);
      }
      return found;
    },
  };
  const names = [...(await readdir(intact)).filter((name) => FILES.test(name)), 'mark'];
  const counts = { refused: 0, opening: 0, verifier: 0, mended: 0 };
  for (let flip = 0; flip < FLIPS; flip += 1) {
    const copy = join(folder, 'copy');
    for (const suffix of ['', '.mark', '.damaged'])
      await rm(`${copy}${suffix}`, { recursive: true, force: true });
    await cp(intact, copy, { recursive: true });
    await cp(`${intact}.mark`, `${copy}.mark`);
    const name = random.pick(names);
    const file = name === 'mark' ? `${copy}.mark` : join(copy, name);
    const bytes = await readFile(file);
    const at = random.between(0, bytes.length);
    bytes[at]! ^= 1 << random.between(0, 8);
    await writeFile(file, bytes);
    const place = `byte ${at} of ${name}`;

    const alarms: string[] = [];
    const logger = { error: (_: object, text: string) => void alarms.push(text), info: () => undefined };
    const log = await ArchiveLog.open(archiveOptions(copy, { logger })).catch((error: unknown) => {
      assert.equal((error as { code: string }).code, 'archive.damaged', place);
      counts.refused += 1;
      return undefined;
    });
    if (log === undefined) continue;
    const isSeen = alarms.length > 0 || log.findings.length > 0;
    for (let sequence = 0; sequence < SIZE; sequence += 1) {
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
  t.diagnostic(JSON.stringify(counts));
});

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
