import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Backoff } from '../../../node/federation/index.ts';

/** How long each of the next waits takes, on a clock that only this moves. */
async function waits(t: TestContext, backoff: Backoff, count: number): Promise<number[]> {
  const taken: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const state = { over: false };
    const waiting = backoff.wait().then(() => (state.over = true));
    let elapsed = 0;
    for (; !state.over && elapsed <= 120_000; elapsed += 50) {
      t.mock.timers.tick(50);
      await Promise.resolve();
      await Promise.resolve();
      await Promise.resolve();
    }
    await waiting;
    taken.push(elapsed);
  }
  return taken;
}

test('a partner that does not answer is tried ever less often, at last once a minute, for ever', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const backoff = new Backoff(() => 1);
  const taken = await waits(t, backoff, 14);
  assert.deepEqual(taken.slice(0, 5), [100, 200, 400, 800, 1_600]);
  assert.deepEqual(taken.slice(10), [60_000, 60_000, 60_000, 60_000]);
});

test('no wait is shorter than half of its limit, so that partners do not come back all at once', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  assert.deepEqual(await waits(t, new Backoff(() => 0), 3), [50, 100, 200]);
});

test('a partner seen to be back is tried at once, and soon again if that fails', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const backoff = new Backoff(() => 1);
  await waits(t, backoff, 12);
  const waiting = backoff.wait();
  backoff.skip();
  await waiting;
  assert.deepEqual(await waits(t, backoff, 1), [100]);
});

test('one that answered begins anew', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const backoff = new Backoff(() => 1);
  await waits(t, backoff, 5);
  backoff.reset();
  assert.deepEqual(await waits(t, backoff, 1), [100]);
});
