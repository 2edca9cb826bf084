/** Entries of a member's feed by where they stand in the log: what was released stands further back than the row that says so. */
import { placedRow } from './quarantine.ts';
import { decodeSequence } from './view-key.ts';

/** Positions of what rows of a feed, given newest first, bring along, falling: receipts and news bring nothing. */
export async function* positionsOf(
  rows: AsyncIterable<readonly [key: Uint8Array, value: Uint8Array]>,
): AsyncGenerator<number, void, undefined> {
  const released: number[] = []; // rising
  for await (const [key, value] of rows) {
    const at = decodeSequence(key);
    yield* passed(released, at);
    const placed = placedRow(value);
    if (placed?.what === 'released') insert(released, placed.message);
    else if (value.length === 0) yield at;
  }
  yield* passed(released, -1);
}

function* passed(released: number[], at: number): Generator<number, void, undefined> {
  for (let last = released.at(-1); last !== undefined && last > at; last = released.at(-1)) {
    released.pop();
    yield last;
  }
}

/** Those found later mostly stand further back. */
function insert(released: number[], position: number): void {
  const after = released.findIndex((one) => one > position);
  released.splice(after < 0 ? released.length : after, 0, position);
}
