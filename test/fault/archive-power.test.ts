/**
 * The power fails at any moment of an archive's life: every file is cut back to what was synced of it by then, or to
 * somewhere behind that, and what had been acknowledged must be there. With syncing turned off it is not, which proves
 * that the test can tell. The file is both the test and, started with a directory, the process that writes.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Level } from 'level';
import { ArchiveLog, storeOn, type OpenStore } from '../../node/archive/index.ts';
import { archiveOptions } from '../support/archive.ts';
import { requireCommands } from '../support/requirements.ts';
import { seededRandom, type SeededRandom } from '../support/seeded-random.ts';

/** How often the power fails. */
const FAILURES = Number(process.env['CHANCERY_POWER_FAILURES'] ?? 30);

/** How often the archive is opened and closed in its life: what was in LevelDB's log file is in a table from then on. */
const LIVES = 6;
const BATCHES = 40;

/** LevelDB at a place, without syncing anything that is acknowledged. */
const openUnsynced =
  (location: string): OpenStore =>
  async () => {
    const level = new Level<Uint8Array, Uint8Array>(location, { keyEncoding: 'view', valueEncoding: 'view' });
    await level.open();
    return storeOn({
      getSync: (key) => level.getSync(key),
      batch: (ops) => level.batch([...ops], { sync: false }),
      iterate: (range) => level.iterator(range),
      close: () => level.close(),
    });
  };

async function writeLives(folder: string, isSynced: boolean): Promise<void> {
  const location = join(folder, 'archive');
  const acknowledged = openSync(join(folder, 'acknowledged'), 'w');
  for (let life = 0; life < LIVES; life += 1) {
    const more = isSynced ? {} : { openStore: openUnsynced(location) };
    await using log = await ArchiveLog.open(archiveOptions(location, more));
    for (let batch = 0; batch < BATCHES; batch += 1) {
      const ids = Array.from({ length: randomInt(1, 20) }, () => randomBytes(8).toString('hex'));
      const contents = ids.map((id) => Buffer.concat([Buffer.from(id), randomBytes(randomInt(900))]));
      const { first } = await log.append(contents.map((content) => ({ kind: 'message', content })));
      writeSync(acknowledged, ids.map((id, at) => `${first + at} ${id}\n`).join(''));
    }
  }
  closeSync(acknowledged);
}

interface Event {
  readonly kind: string;
  readonly path: string;
  readonly other: string;
  readonly offset: number;
  readonly data: Buffer;
}

function* eventsIn(trace: Buffer): Generator<Event> {
  for (let at = 0; at < trace.length;) {
    const [path, other, data] = [
      trace.readUInt16LE(at + 1),
      trace.readUInt16LE(at + 3),
      trace.readUInt32LE(at + 13),
    ];
    const body = at + 17;
    yield {
      kind: String.fromCharCode(trace[at]!),
      path: trace.toString('utf8', body, body + path),
      other: trace.toString('utf8', body + path, body + path + other),
      offset: Number(trace.readBigUInt64LE(at + 5)),
      data: trace.subarray(body + path + other, body + path + other + data),
    };
    at = body + path + other + data;
  }
}

interface File {
  bytes: Buffer;
  synced: number;
}

/** The files as they are in memory after so many events, with how much of each is on the disk. */
function filesAfter(events: readonly Event[]): Map<string, File> {
  const files = new Map<string, File>();
  for (const { kind, path, other, offset, data } of events) {
    const file = files.get(path) ?? { bytes: Buffer.alloc(0), synced: 0 };
    if (kind === 'w') {
      const bytes = Buffer.alloc(Math.max(file.bytes.length, offset + data.length));
      file.bytes.copy(bytes);
      data.copy(bytes, offset);
      files.set(path, { ...file, bytes });
    } else if (kind === 's') {
      if (files.has(path)) files.set(path, { ...file, synced: file.bytes.length }); // or a folder
    } else {
      files.delete(path);
      if (kind === 'r') files.set(other, file);
    }
  }
  return files;
}

/** What an archive lost of what was acknowledged when the power failed after so many events; undefined for nothing. */
async function lostAt(
  events: readonly Event[],
  folder: string,
  into: string,
  random: SeededRandom,
): Promise<string | undefined> {
  const files = filesAfter(events);
  const acknowledged = files.get(join(folder, 'acknowledged'))?.bytes.toString() ?? '';
  const isWhole = random.between(0, 2) === 0;
  await rm(into, { recursive: true, force: true });
  await mkdir(join(into, 'archive'), { recursive: true });
  for (const [path, { bytes, synced }] of files) {
    if (!path.startsWith(join(folder, 'archive'))) continue;
    const length = isWhole ? synced : random.between(synced, bytes.length + 1);
    const place = join(into, path.slice(folder.length));
    await mkdir(dirname(place), { recursive: true });
    await writeFile(place, bytes.subarray(0, length));
  }
  try {
    await using log = await ArchiveLog.open(archiveOptions(join(into, 'archive')));
    const [finding] = log.findings;
    if (finding !== undefined) return `entry ${finding.sequence}: ${finding.problem}`;
    for (const line of acknowledged.split('\n').slice(0, -1)) {
      const [sequence, id = ''] = line.split(' ');
      const content = log.content(Number(sequence));
      if (content === undefined || Buffer.from(content.subarray(0, 16)).toString() !== id) return line;
    }
    return undefined;
  } catch (error) {
    return String(error);
  }
}

/** Everything that a process does to its archive. */
async function traceOf(
  t: TestContext,
  isSynced: boolean,
): Promise<{ events: Event[]; folder: string; into: string }> {
  const base = await mkdtemp(join(tmpdir(), 'chancery-power-'));
  t.after(() => rm(base, { recursive: true, force: true }));
  const [library, trace, folder] = [join(base, 'trace.so'), join(base, 'trace'), join(base, 'life')];
  await mkdir(folder);
  const source = fileURLToPath(new URL('../support/sync-trace.c', import.meta.url));
  const built = spawnSync('cc', [
    '-shared',
    '-fPIC',
    '-O1',
    '-w',
    '-o',
    library,
    source,
    '-ldl',
    '-lpthread',
  ]);
  assert.equal(built.status, 0, built.stderr.toString());
  const { status, stderr } = spawnSync(process.execPath, [fileURLToPath(import.meta.url)], {
    env: {
      ...process.env,
      NODE_TEST_CONTEXT: undefined,
      CHANCERY_POWER_TEST: folder,
      CHANCERY_POWER_TEST_SYNCED: String(isSynced),
      LD_PRELOAD: library,
      SYNC_TRACE: trace,
      SYNC_TRACE_FOLDER: folder,
    },
  });
  assert.equal(status, 0, stderr.toString());
  return { events: [...eventsIn(await readFile(trace))], folder, into: join(base, 'after') };
}

const folder = process.env['CHANCERY_POWER_TEST'];
if (folder !== undefined) {
  await writeLives(folder, process.env['CHANCERY_POWER_TEST_SYNCED'] === 'true');
} else {
  test(`what was acknowledged survives ${FAILURES} power failures`, async (t) => {
    if (!requireCommands(t, ['cc'], 'gcc libc6-dev')) return;
    const random = seededRandom(t);
    const { events, folder: life, into } = await traceOf(t, true);
    assert.ok(events.filter(({ kind }) => kind === 's').length > LIVES * BATCHES, 'each batch was synced');
    for (let failure = 0; failure < FAILURES; failure += 1) {
      const at = random.between(1, events.length + 1);
      assert.equal(await lostAt(events.slice(0, at), life, into, random), undefined, `after event ${at}`);
    }
  });

  test('with syncing turned off, something that was acknowledged is lost', async (t) => {
    if (!requireCommands(t, ['cc'], 'gcc libc6-dev')) return;
    const random = seededRandom(t);
    const { events, folder: life, into } = await traceOf(t, false);
    let lost = 0;
    for (let failure = 0; failure < 20; failure += 1) {
      const at = random.between(1, events.length + 1);
      if ((await lostAt(events.slice(0, at), life, into, random)) !== undefined) lost += 1;
    }
    assert.ok(lost > 0);
    t.diagnostic(`${lost} of 20`);
  });
}
