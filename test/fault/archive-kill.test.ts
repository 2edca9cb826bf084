/**
 * A process that appends to an archive is killed at any moment, again and again: what it was told is durable must be
 * there, once, with no gap. The file is both the test and, started with a directory, that process.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ArchiveLog, type ArchiveLogOptions } from '../../node/archive/index.ts';
import { sodiumSuite } from '../../node/crypto/index.ts';
import { testSealing } from '../support/archive.ts';

/** How often a process is killed in all. */
const KILLS = Number(process.env['CHANCERY_KILLS'] ?? 50);

/** So often with the same archive, before all that is in it is looked at. */
const KILLS_OF_ONE = 50;

/** Archives at once: what one waits for its disk, another is started. */
const AT_ONCE = 4;

/** Milliseconds for all of it, on a busy machine. */
const TIMEOUT_MS = 120_000 + KILLS * 2_000;

/** Milliseconds after its start at which a process is killed at the latest: opening and first appends take as long. */
const KILLED_WITHIN_MS = 400;

/** After how many acknowledged appends at most: a random number, so that the moment differs. */
const ACKNOWLEDGED_MAX = 150;

/** Appends under way at once in the process. */
const WRITERS = 8;

function options(location: string): ArchiveLogOptions {
  const clock = (): number => Date.now();
  const salts = (length: number): Uint8Array => randomBytes(length);
  const { sha256 } = sodiumSuite;
  return {
    location,
    origin: 'acme.test/chancery',
    sha256,
    sealer: testSealing().entries,
    clock,
    randomBytes: salts,
  };
}

const idKey = (id: string): Uint8Array => Buffer.from(`\x10${id}`);

/** Appends without end, and prints the sequence number and id of each record that is durable. */
async function appendForEver(location: string): Promise<never> {
  const log = await ArchiveLog.open(options(location));
  const writer = async (): Promise<never> => {
    for (;;) {
      const ids = Array.from({ length: randomInt(1, 20) }, () => randomBytes(8).toString('hex'));
      const { first } = await log.append(
        ids.map((id) => ({
          kind: 'message',
          content: Buffer.concat([Buffer.from(id), randomBytes(randomInt(2000))]),
          ops: (sequence) => [{ type: 'put', key: idKey(id), value: Buffer.from(String(sequence)) }],
        })),
      );
      process.stdout.write(ids.map((id, at) => `${first + at} ${id}\n`).join(''));
    }
  };
  return Promise.race(Array.from({ length: WRITERS }, writer));
}

/**
 * Runs the process, kills it at any moment from its start on, or once it has acknowledged some, and returns all that it
 * acknowledged.
 */
async function killOnce(location: string): Promise<Map<number, string>> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      CHANCERY_KILL_TEST_ARCHIVE: location,
      NODE_COMPILE_CACHE: join(dirname(dirname(location)), 'compiled'),
      NODE_TEST_CONTEXT: undefined,
    },
  });
  const enough = randomInt(1, ACKNOWLEDGED_MAX);
  const timer = setTimeout(() => child.kill('SIGKILL'), randomInt(KILLED_WITHIN_MS));
  if (randomInt(2) === 0) clearTimeout(timer);
  const acknowledged = new Map<number, string>();
  for await (const line of createInterface({ input: child.stdout })) {
    const [sequence = '', id = ''] = line.split(' ');
    if (id.length === 16) acknowledged.set(Number(sequence), id); // the last line may be cut off
    if (acknowledged.size >= enough) child.kill('SIGKILL');
  }
  clearTimeout(timer);
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  assert.equal(child.signalCode, 'SIGKILL', 'the process ended before it was killed');
  return acknowledged;
}

/** An archive whose process is killed so often; how many entries were acknowledged, and are in it. */
async function liveThrough(location: string, kills: number): Promise<{ acknowledged: number; size: number }> {
  const acknowledged = new Map<number, string>();
  for (let kill = 0; kill < kills; kill += 1) {
    for (const [sequence, id] of await killOnce(location)) {
      assert.ok(!acknowledged.has(sequence), `sequence number ${sequence} was given twice`);
      acknowledged.set(sequence, id);
    }
  }
  await using log = await ArchiveLog.open(options(location));
  assert.deepEqual(log.findings, []);
  assert.deepEqual((await log.verify()).findings, []);
  const ids = new Set<string>();
  for (let next = 0; next < log.size;) {
    for (const { sequence, content } of await log.read(next, 1000)) {
      const id = Buffer.from(content!.subarray(0, 16)).toString();
      assert.equal(sequence, next);
      assert.equal(acknowledged.get(sequence) ?? id, id);
      assert.equal(Buffer.from(log.get(idKey(id)) ?? []).toString(), String(sequence));
      ids.add(id);
      next += 1;
    }
  }
  assert.equal(ids.size, log.size, 'no record is there twice');
  for (const id of acknowledged.values()) assert.ok(ids.has(id), `${id} was acknowledged and is gone`);
  return { acknowledged: acknowledged.size, size: log.size };
}

const archive = process.env['CHANCERY_KILL_TEST_ARCHIVE'];
if (archive !== undefined) {
  await appendForEver(archive);
} else {
  test(
    `what was acknowledged survives ${KILLS} kills, once and without a gap`,
    { timeout: TIMEOUT_MS },
    async (t) => {
      const folder = await mkdtemp(join(tmpdir(), 'chancery-kill-'));
      t.after(() => rm(folder, { recursive: true, force: true }));
      let left = KILLS;
      let made = 0;
      const total = { acknowledged: 0, archived: 0 };
      const work = async (): Promise<void> => {
        while (left > 0) {
          const kills = Math.min(left, KILLS_OF_ONE);
          left -= kills;
          made += 1;
          const location = join(folder, String(made), 'archive');
          await mkdir(dirname(location), { recursive: true });
          const { acknowledged, size } = await liveThrough(location, kills);
          total.acknowledged += acknowledged;
          total.archived += size;
          await rm(dirname(location), { recursive: true, force: true });
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      assert.ok(total.acknowledged > 0);
      t.diagnostic(`${KILLS} kills: ${total.acknowledged} acknowledged, ${total.archived} archived`);
    },
  );
}
