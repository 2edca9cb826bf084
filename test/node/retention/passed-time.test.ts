/** Time that has passed for certain, as disposal certificates name it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PassedTime } from '../../../node/retention/passed-time.ts';

test('a clock that is set ahead while the node runs leaves whole milliseconds: others cannot be read back from a certificate', () => {
  let clock = 1_000_000;
  let steady = 12.25;
  const head = { size: 0, root: new Uint8Array(), time: 9_000_000 };
  const log = { size: 0, head, entry: () => undefined };
  const passed = new PassedTime({ log, clock: () => clock, steady: () => steady });
  clock += 5_000_000;
  steady += 77.5;
  assert.equal(passed.since(0), 1_000_077);
});
