/** What a member was sent, by where it stands: also what was released long after it came. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { positionsOf } from '../../../node/ledger/released-rows.ts';
import { encodeSequence } from '../../../node/ledger/view-key.ts';

const RELEASED = 2;

async function* rowsOf(releases: ReadonlyMap<number, number>, size: number) {
  await Promise.resolve();
  for (let at = size - 1; at >= 0; at -= 1) {
    const message = releases.get(at);
    const isHeld = [...releases.values()].includes(at);
    if (isHeld) continue; // it has no row of its own: the one of its release is there for it
    const value =
      message === undefined ? new Uint8Array() : Uint8Array.of(RELEASED, ...encodeSequence(message));
    yield [encodeSequence(at), value] as const;
  }
}

test('what was released stands where it came, whatever was released before or after it', async () => {
  const size = 40;
  const pairs = fc.uniqueArray(fc.nat(size - 1), { minLength: 2, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(pairs, async (places) => {
      const releases = new Map<number, number>();
      for (let each = 0; each + 1 < places.length; each += 2) {
        const [one = 0, other = 0] = [places[each], places[each + 1]];
        releases.set(Math.max(one, other), Math.min(one, other));
      }
      const expected = Array.from({ length: size }, (_, at) => size - 1 - at).filter(
        (at) => !releases.has(at),
      );
      const found: number[] = [];
      for await (const position of positionsOf(rowsOf(releases, size))) found.push(position);
      assert.deepEqual(found, expected);
    }),
  );
});
