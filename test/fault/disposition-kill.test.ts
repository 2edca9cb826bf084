/**
 * A process that disposes of messages is killed at any moment, again and again: what its certificates name is gone once the
 * archive was opened anew, with the file that it brought along, what they do not name is there, and everything still proves
 * itself. The file is both the test and, started with a directory, that process.
 */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isDisposed } from '../../node/archive/index.ts';
import { runKilled } from '../support/killed-process.ts';
import { DAY, policyOf, RetainingWorld } from '../support/retaining.ts';

/** How often a process is killed in all. */
const KILLS = Number(process.env['CHANCERY_KILLS'] ?? 5);

const PROGRAM = fileURLToPath(import.meta.url);

const CONVERSATIONS = 4;
const MESSAGES = 80;
const FILES = 20;
const POLICY = policyOf(30, 30);

async function disposeOfAll(folder: string, now: number): Promise<void> {
  const world = await RetainingWorld.at(folder, POLICY, now);
  process.stdout.write('begun\n');
  await world.retaining.retention.look();
  process.stdout.write('done\n');
}

/** Whether the content of an entry is there; asserts that it is there or certified to be gone. */
function isThere(world: RetainingWorld, sequence: number): boolean {
  try {
    return world.log.content(sequence) !== undefined;
  } catch (error) {
    assert.ok(isDisposed(error), `entry ${sequence} can be read, or was disposed of`);
    return false;
  }
}

/** Messages with files, by sequence number, and the hash of each file. */
type Attached = ReadonlyMap<number, Uint8Array>;

/** An archive in which every message must go. */
async function prepare(
  folder: string,
): Promise<{ said: readonly number[]; attached: Attached; now: number }> {
  const world = await RetainingWorld.at(folder, POLICY, Date.UTC(2026, 0, 10));
  const said: number[] = [];
  const attached = new Map<number, Uint8Array>();
  for (let each = 0; each < CONVERSATIONS; each += 1) {
    const conversation = await world.create(['alice@acme.test', 'bob@acme.test']);
    const saying = Array.from({ length: MESSAGES }, (_, at) => world.say(conversation, `message ${at}`));
    said.push(...(await Promise.all(saying)).map(({ sequence }) => sequence));
    for (let at = 0; at < FILES; at += 1) {
      const { sequence, sealed } = await world.attach(conversation, 1_000);
      said.push(sequence);
      attached.set(sequence, sealed);
    }
  }
  await world.live(31 * DAY);
  await world.close();
  return { said, attached, now: world.now };
}

/** Kills once; returns whether that was between the first and the last certificate. */
async function oneKill(
  folder: string,
  said: readonly number[],
  attached: Attached,
  now: number,
  within: number,
): Promise<boolean> {
  await runKilled(PROGRAM, [folder, String(now)], randomInt(within));
  const after = await RetainingWorld.at(folder, POLICY, now);
  assert.deepEqual(after.log.findings, []);
  assert.deepEqual((await after.log.verify()).findings, []);
  const named = said.filter((sequence) => after.ledger.isDisposed(sequence));
  for (const sequence of said) assert.equal(isThere(after, sequence), !named.includes(sequence));
  for (const [sequence, sealed] of attached)
    assert.equal(
      await after.files.isWhole(sealed),
      !named.includes(sequence),
      `the file of entry ${sequence}`,
    );
  await after.retaining.retention.look();
  const left = said.filter((sequence) => isThere(after, sequence));
  assert.deepEqual(left, [], 'the rest goes as it would have');
  for (const sealed of attached.values()) assert.ok(!after.files.has(sealed));
  assert.deepEqual((await after.log.verify()).findings, []);
  await after.close();
  return named.length > 0 && named.length < said.length;
}

const [, , given, time] = process.argv;
if (given !== undefined && time !== undefined) await disposeOfAll(given, Number(time));
else
  test(`C7, C11: ${KILLS} processes killed while they dispose leave nothing half gone`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'chancery-disposition-'));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const { said, attached, now } = await prepare(join(folder, 'before'));
    // how long all of it takes depends on the machine, and the moments are drawn from all of it
    const whole = join(folder, 'whole');
    await cp(join(folder, 'before'), whole, { recursive: true });
    const within = await runKilled(PROGRAM, [whole, String(now)], null);
    let midway = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const copy = join(folder, String(kill));
      await cp(join(folder, 'before'), copy, { recursive: true });
      if (await oneKill(copy, said, attached, now, within)) midway += 1;
      await rm(copy, { recursive: true });
    }
    t.diagnostic(`${midway} of ${KILLS} died between their first and last certificate`);
  });
