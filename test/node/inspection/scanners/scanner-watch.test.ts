import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ScannerWatch, type Scanner, type Verdict } from '../../../../node/inspection/index.ts';

const HOUR_MS = 3_600_000;

test('a scanner is given the test file once an hour while it finds it, and is asked at each look whether it answers', async () => {
  let now = 0;
  let checks = 0;
  let verdict: Verdict = { state: 'clean', engine: 'test 1' };
  const scanner: Scanner = {
    name: 'clamav',
    scan: () => Promise.resolve(verdict),
    check: () => {
      checks += 1;
      const isThere = verdict.state !== 'failed';
      return Promise.resolve(isThere ? { ok: true, engine: 'test 1' } : { ok: false, reason: 'away' });
    },
  };
  const watch = new ScannerWatch([scanner], () => now);
  const look = async () => [(await watch.look())[0]?.health.ok, checks];
  assert.deepEqual(
    [await look(), await look()],
    [
      [true, 1],
      [true, 1],
    ],
  );
  now = HOUR_MS;
  assert.deepEqual(await look(), [true, 2]);
  verdict = { state: 'failed', name: 'away', engine: '' };
  assert.deepEqual(
    [await look(), await look()],
    [
      [false, 2],
      [false, 3],
    ],
  );
  verdict = { state: 'clean', engine: 'test 1' };
  assert.deepEqual(
    [await look(), await look()],
    [
      [true, 4],
      [true, 4],
    ],
  );
  verdict = { state: 'infected', name: 'all of it', engine: 'test 1' };
  assert.deepEqual(await look(), [false, 4]);
});
