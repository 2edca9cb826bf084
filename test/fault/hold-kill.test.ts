/**
 * A process that lays a legal hold and ends it is killed at any moment, again and again: once the archive was opened anew, each
 * message is under the holds that the log has in force, and under no other. The file is both the test and, started with a
 * directory, that process.
 */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { matterOf } from '../../node/ledger/index.ts';
import { runKilled } from '../support/killed-process.ts';
import { DAY, policyOf, RetainingWorld } from '../support/retaining.ts';

/** How often a process is killed in all. */
const KILLS = Number(process.env['CHANCERY_KILLS'] ?? 3);

const PROGRAM = fileURLToPath(import.meta.url);

const MESSAGES = 250;
const POLICY = policyOf(30, 30);
const OLIVE = 'olive@acme.test';
const OSCAR = 'oscar@acme.test';
const BEGAN = Date.UTC(2026, 0, 10);

/** Holds what Alice wrote for two matters, and releases the first. */
async function holdAndRelease(folder: string, now: number): Promise<void> {
  const world = await RetainingWorld.at(folder, POLICY, now);
  const { holding } = world.retaining;
  const scope = {
    ...{ people: ['alice@acme.test'], conversations: [], organisations: [], words: [] },
    ...{ from: null, until: null },
  };
  process.stdout.write('begun\n');
  for (const matter of ['first', 'second'])
    await holding.place({ matter, scope, actor: OLIVE, reason: 'a claim was made' });
  const { request } = await holding.request('first', OLIVE, 'it is settled');
  await holding.approve('first', request, OSCAR);
  process.stdout.write('done\n');
}

/** Messages of two people, of whom one will be held. */
async function prepare(folder: string): Promise<{ alice: number[]; carol: number[]; now: number }> {
  const world = await RetainingWorld.at(folder, POLICY, BEGAN);
  for (const officer of [OLIVE, OSCAR]) await world.member(officer, ['member', 'compliance-officer']);
  const said = async (person: string): Promise<number[]> => {
    const conversation = await world.create([person, `friend.of.${person}`]);
    const saying = Array.from({ length: MESSAGES }, (_, at) =>
      world.say(conversation, `message ${at}`, person),
    );
    return (await Promise.all(saying)).map(({ sequence }) => sequence);
  };
  const [alice, carol] = [await said('alice@acme.test'), await said('carol@acme.test')];
  await world.live(DAY);
  await world.close();
  return { alice, carol, now: world.now };
}

type Prepared = Awaited<ReturnType<typeof prepare>>;

/** Entries that the store holds for the hold of a certain entry. */
async function heldFor(world: RetainingWorld, hold: number): Promise<number[]> {
  const held: number[] = [];
  for await (const sequence of world.log.heldFor(matterOf(hold))) held.push(sequence);
  return held;
}

/** Kills once; returns how many holds there are in force. */
async function oneKill(folder: string, { alice, carol, now }: Prepared, within: number): Promise<number> {
  await runKilled(PROGRAM, [folder, String(now)], randomInt(within));
  const world = await RetainingWorld.at(folder, POLICY, now);
  assert.deepEqual((await world.log.verify()).findings, []);
  assert.deepEqual(await world.retaining.dates.check(0, world.log.size), []);
  const every = await world.retaining.holds.all();
  for (const { sequence, released } of every) {
    const held = new Set(await heldFor(world, sequence));
    for (const message of alice) assert.equal(held.has(message), released === null, `entry ${message}`);
    for (const message of carol) assert.equal(held.has(message), false, `entry ${message}`);
  }
  await world.live(31 * DAY);
  await world.retaining.retention.look();
  const active = world.retaining.holds.active.length;
  for (const message of alice)
    assert.equal(world.ledger.isDisposed(message), active === 0, `entry ${message}`);
  for (const message of carol) assert.equal(world.ledger.isDisposed(message), true, `entry ${message}`);
  await world.close();
  return active;
}

const [, , given, time] = process.argv;
if (given !== undefined && time !== undefined) await holdAndRelease(given, Number(time));
else
  test(`C12: ${KILLS} processes killed while they hold and release leave nothing half held`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'chancery-hold-'));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const prepared = await prepare(join(folder, 'before'));
    const whole = join(folder, 'whole');
    await cp(join(folder, 'before'), whole, { recursive: true });
    const within = await runKilled(PROGRAM, [whole, String(prepared.now)], null);
    const active: number[] = [];
    for (let kill = 0; kill < KILLS; kill += 1) {
      const copy = join(folder, String(kill));
      await cp(join(folder, 'before'), copy, { recursive: true });
      active.push(await oneKill(copy, prepared, within));
      await rm(copy, { recursive: true });
    }
    t.diagnostic(`holds in force after each: ${active.join(' ')}`);
  });
