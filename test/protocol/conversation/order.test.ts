import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { inOrder } from '../../../protocol/conversation/index.ts';

interface Node {
  readonly id: Uint8Array;
  readonly parents: readonly Uint8Array[];
  readonly time: number;
}

function idOf(number: number): Uint8Array {
  return Uint8Array.of(number >> 8, number & 0xff);
}

/** Messages of which each names some that were written before it, with clocks that may be wrong. */
const conversation: fc.Arbitrary<Node[]> = fc
  .array(fc.record({ time: fc.nat(20), parents: fc.array(fc.nat(), { maxLength: 3 }) }), { maxLength: 40 })
  .map((drafts) =>
    drafts.map(({ time, parents }, index) => ({
      id: idOf(index * 7919),
      time,
      parents:
        index === 0 ? [] : [...new Set(parents.map((parent) => parent % index))].map((at) => idOf(at * 7919)),
    })),
  );

const names = (ordered: readonly Node[]): string[] =>
  ordered.map(({ id }) => Buffer.from(id).toString('hex'));

test('everyone shows the same messages in the same order, however they came in', () => {
  fc.assert(
    fc.property(
      conversation.chain((nodes) =>
        fc.tuple(fc.constant(nodes), fc.shuffledSubarray(nodes, { minLength: nodes.length })),
      ),
      ([nodes, shuffled]) => assert.deepEqual(names(inOrder(shuffled)), names(inOrder(nodes))),
    ),
  );
});

test('an answer never stands before what it answers, whatever the clocks say', () => {
  fc.assert(
    fc.property(conversation, (nodes) => {
      const ordered = names(inOrder(nodes));
      assert.equal(ordered.length, nodes.length);
      for (const { id, parents } of nodes) {
        const at = ordered.indexOf(Buffer.from(id).toString('hex'));
        for (const parent of parents) assert.ok(ordered.indexOf(Buffer.from(parent).toString('hex')) < at);
      }
    }),
  );
});

test('what nothing connects is ordered by time, then by id; an unknown parent holds nothing up', () => {
  const lone = (number: number, time: number, parents: readonly Uint8Array[] = []): Node => ({
    id: idOf(number),
    time,
    parents,
  });
  const ordered = inOrder([lone(3, 5), lone(1, 5), lone(2, 1, [idOf(999)])]);
  assert.deepEqual(names(ordered), ['0002', '0001', '0003']);
});
