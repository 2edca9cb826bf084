/** Which entries of the log a batch in LevelDB's log file holds. */
import { isEntryKey, sequenceOf } from '../keys.ts';
import { Bytes } from './bytes.ts';

/** The number of the first write, and how many there are. */
const HEADER_BYTES = 12;
const PUT = 1;

/** The first and last sequence number of a batch; undefined where it holds no entry. */
export function entriesOfBatch(batch: Uint8Array): { first: number; last: number } | undefined {
  const input = new Bytes(batch.subarray(HEADER_BYTES));
  let first = Infinity;
  let last = -1;
  while (input.left > 0) {
    const [type] = input.take(1) ?? [];
    const key = input.prefixed();
    if (type === PUT) input.prefixed();
    if (key === undefined) break;
    if (type !== PUT || !isEntryKey(key)) continue;
    first = Math.min(first, sequenceOf(key));
    last = Math.max(last, sequenceOf(key));
  }
  return last < 0 ? undefined : { first, last };
}
