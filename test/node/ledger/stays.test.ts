/** What lies in the stays of a person of a partner, whatever their conversations look like. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inStays, type Stay } from '../../../node/ledger/stays.ts';
import { seededRandom } from '../../support/seeded-random.ts';

test('everything in a stay is found once, newest first, and nothing before, between or after', async (t) => {
  const random = seededRandom(t);
  for (let round = 0; round < 50; round += 1) {
    const conversations = Array.from({ length: random.between(1, 5) }, (_, at) => Uint8Array.of(at));
    const size = random.between(1, 1_500);
    const placed = Array.from({ length: size }, () => random.between(0, conversations.length + 1));
    const stays: Stay[] = [];
    for (const conversation of conversations) {
      const ends = Array.from({ length: random.between(0, 5) }, () => random.between(0, size));
      const sorted = [...new Set(ends)].sort((a, b) => a - b);
      for (let at = 0; at < sorted.length; at += 2)
        stays.push({ conversation, from: sorted[at]!, until: sorted[at + 1] ?? null });
    }
    const before = random.between(0, size + 1);
    const found: number[] = [];
    const timeline = (conversation: Uint8Array, below: number, limit: number): Promise<number[]> => {
      const rows = placed.flatMap((one, sequence) =>
        one === conversation[0] && sequence < below ? [sequence] : [],
      );
      return Promise.resolve(rows.reverse().slice(0, limit));
    };
    for await (const sequence of inStays(stays, before, timeline)) found.push(sequence);
    const wanted = placed.flatMap((one, sequence) => {
      const isIn = stays.some(
        ({ conversation, from, until }) =>
          one === conversation[0] && sequence >= from && sequence <= (until ?? size),
      );
      return isIn && sequence < before ? [sequence] : [];
    });
    assert.deepEqual(found, wanted.reverse());
  }
});
