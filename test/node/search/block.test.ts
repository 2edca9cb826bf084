import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { blockOf, encodeBlock, placesIn } from '../../../node/search/block.ts';
import { inBoth, inFirstOnly } from '../../../node/search/places.ts';
import { RUN_ENTRIES } from '../../../node/search/run.ts';

const BLOCK = 1_023;
const token = fc.nat(2 ** 30 - 1).map((rest) => BLOCK * 2 ** 30 + rest);

/** So many entries that have the token, anywhere in a run. */
const places = fc
  .tuple(fc.integer({ min: 1, max: 400 }), fc.nat(RUN_ENTRIES - 1))
  .map(([step, first]) =>
    Array.from({ length: Math.ceil((RUN_ENTRIES - first) / step) }, (_, at) => first + at * step).reverse(),
  );

test('each token of a block has the places it was given, newest first, and no other token has any', () => {
  const lists = fc.uniqueArray(fc.tuple(token, places), { selector: ([one]) => one, maxLength: 12 });
  fc.assert(
    fc.property(lists, token, (entries, other) => {
      const pairs = entries
        .toSorted(([one], [another]) => one - another)
        .flatMap(([one, list]) => list.map((place) => [one % 2 ** 30, place] as const));
      const block = encodeBlock(
        {
          rests: Uint32Array.from(pairs, ([rest]) => rest),
          places: Uint16Array.from(pairs, ([, place]) => place),
        },
        new Uint8Array(12 * pairs.length),
      );
      for (const [one, list] of entries) {
        assert.equal(blockOf(one), BLOCK);
        assert.deepEqual([...placesIn(block, one)], list);
      }
      if (entries.every(([one]) => one !== other)) assert.equal(placesIn(block, other).length, 0);
    }),
    { numRuns: 200 },
  );
});

test('what two lists have in common, and what one has alone, is what sets say', () => {
  const list = fc
    .uniqueArray(fc.nat(600), { maxLength: 500 })
    .map((found) => Uint16Array.from(found).sort().reverse());
  const few = fc
    .uniqueArray(fc.nat(600), { maxLength: 5 })
    .map((found) => Uint16Array.from(found).sort().reverse());
  fc.assert(
    fc.property(fc.oneof(list, few), list, (first, second) => {
      const [one, other] = [new Set(first), new Set(second)];
      assert.deepEqual(
        [...inBoth(first, second)],
        [...first].filter((place) => other.has(place)),
      );
      assert.deepEqual(
        [...inBoth(second, first)],
        [...second].filter((place) => one.has(place)),
      );
      assert.deepEqual(
        [...inFirstOnly(first, second)],
        [...first].filter((place) => !other.has(place)),
      );
    }),
    { numRuns: 1_000 },
  );
});

test('a short list is looked up in a long one without passing over a place', () => {
  const many = Uint16Array.from({ length: 1_000 }, (_, at) => 2_000 - 2 * at);
  const few = Uint16Array.of(2_001, 2_000, 1_001, 1_000, 999, 2, 1);
  assert.deepEqual([...inBoth(few, many)], [2_000, 1_000, 2]);
  assert.deepEqual([...inFirstOnly(few, many)], [2_001, 1_001, 999, 1]);
});
