/**
 * Two organisations as processes, a member who writes without pause, and kill -9 at any moment, of either node, of
 * both, and of one that is just starting: what was acknowledged is in both archives, once, in the order it was written.
 */
import { setTimeout as after } from 'node:timers/promises';
import { test } from 'node:test';
import { assertNothingLost } from '../support/archived.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { startTalk } from '../support/talk.ts';

/** How often nodes are killed. */
const KILLS = Number(process.env['CHANCERY_KILLS'] ?? 3);

const IN_FLIGHT = 128;

/** How far the next kill is away at most: acknowledged messages, then milliseconds. */
const PROGRESS_MAX = 300;
const DELAY_MAX_MS = 100;

/** One start in so many is killed as well, at most so many milliseconds after it began. */
const KILLED_STARTS = 4;
const START_MS = 1_500;

test(`what was acknowledged is in both archives after ${KILLS} kills`, async (t) => {
  const random = seededRandom(t);
  const talk = await startTalk(t, { inFlight: IN_FLIGHT });
  const { conversation, load, reader, organisations } = talk;
  const [acme, partner] = organisations;

  const starts: number[] = [];
  for (let kill = 0; kill < KILLS; kill += 1) {
    const victims = random.pick([[acme], [partner], [acme, partner]]);
    const progress = random.between(1, PROGRESS_MAX);
    if (victims.includes(partner)) {
      const least = reader.shown(conversation).length + progress;
      await reader.until(() => reader.shown(conversation).length >= least);
    } else {
      await load.moreAcknowledged(progress);
    }
    await after(random.between(0, DELAY_MAX_MS));
    await Promise.all(victims.map((node) => node.kill()));
    for (const node of victims) {
      if (random.between(0, KILLED_STARTS) === 0) {
        const starting = node.start().catch(() => undefined);
        await after(random.between(0, START_MS));
        if (node.running) await node.kill();
        await starting;
      }
      const began = performance.now();
      await node.start();
      starts.push(performance.now() - began);
    }
  }
  await load.moreAcknowledged(1);
  await assertNothingLost(talk);
  t.diagnostic(`${load.written.length} messages; milliseconds from start to running: ${summary(starts)}`);
});

function summary(starts: readonly number[]): string {
  const sorted = starts.map(Math.round).sort((one, other) => one - other);
  return `median ${sorted[Math.floor(sorted.length / 2)] ?? 0}, longest ${sorted.at(-1) ?? 0}`;
}
