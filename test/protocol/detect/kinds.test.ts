import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DETECTORS, findAll, kindsOf } from '../../../protocol/detect/index.ts';
import { sensitiveText } from '../../support/sensitive-text.ts';

test('whatever is found is of a kind that its detector says it tells', () => {
  const found = new Set<string>();
  fc.assert(
    fc.property(sensitiveText, (text) => {
      for (const { detector, kind } of findAll(text, DETECTORS)) {
        const name = DETECTORS.find((one) => one === detector)!;
        if (kind === undefined) continue;
        assert.ok(kindsOf(name).has(kind), `${kind} of ${detector}`);
        found.add(name);
      }
    }),
    { numRuns: 2_000 },
  );
  // all but addresses have kinds
  assert.deepEqual([...found].sort(), DETECTORS.filter((name) => name !== 'email').toSorted());
  assert.equal(kindsOf('email').size, 0);
});
