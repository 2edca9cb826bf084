import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { entriesOf, runsOf } from '../../../protocol/oversight/index.ts';
import { entryRunsShape } from '../../../protocol/oversight/entry-runs.ts';

test('any set of entries comes back from its runs, in one form whatever order it came in', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(500), { minLength: 1, maxLength: 200 }), (sequences) => {
      const runs = runsOf(sequences);
      assert.deepEqual(
        entriesOf(runs),
        [...sequences].sort((a, b) => a - b),
      );
      assert.deepEqual(runsOf([...sequences].reverse()), runs);
      assert.ok(entryRunsShape.safeParse(runs).success);
    }),
  );
});

test('runs that touch, are empty, are cut off or name too many are refused', () => {
  for (const runs of [[], [0], [0, 0], [0, 1, 0, 1], [0, 1, 2], [0, 50_001]])
    assert.equal(entryRunsShape.safeParse(runs).success, false, JSON.stringify(runs));
});
