/** The part of a log that lies within two times: receipt times never decrease along it, so it is a run of entries. */
import type { ReadableLog } from './readable-log.ts';

/** Milliseconds; null where the range is open. Both ends are within it. */
export interface TimeRange {
  readonly since: number | null;
  readonly until: number | null;
}

/** Entries from the first up to, but not with, the second, of the first `size`. Throws `archive.damaged`. */
export function entriesWithin(log: ReadableLog, size: number, { since, until }: TimeRange): [number, number] {
  const from = since === null ? 0 : firstAfter(log, size, since - 1);
  return [from, until === null ? size : Math.max(from, firstAfter(log, size, until))];
}

/** The first entry that is later than a time; `size` where none is. */
function firstAfter(log: ReadableLog, size: number, time: number): number {
  let [low, high] = [0, size];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((log.entry(middle)?.time ?? Infinity) > time) high = middle;
    else low = middle + 1;
  }
  return low;
}
