/**
 * Sequence numbers of entries as runs: how far the next run begins after the end of the one before, and how long it is.
 * One form for one set: rising, no number twice, no run that another touches.
 */
import { z } from 'zod';
import { count } from '../encoding/index.ts';

/** Entries in one set: those of the largest export. */
const MAX_RUN_ENTRIES = 50_000;

/** Gap, length, gap, length, and so on. */
export const entryRunsShape = z
  .array(count)
  .min(2)
  .max(2 * MAX_RUN_ENTRIES)
  .refine(isInOrder, 'is not a set of entries');

export type EntryRuns = readonly number[];

/** The runs of some entries, in whatever order they come. */
export function runsOf(sequences: Iterable<number>): number[] {
  const runs: number[] = [];
  let end = 0;
  for (const sequence of [...new Set(sequences)].sort((a, b) => a - b)) {
    if (runs.length > 0 && sequence === end) runs[runs.length - 1] = (runs.at(-1) ?? 0) + 1;
    else runs.push(sequence - end, 1);
    end = sequence + 1;
  }
  return runs;
}

/** The entries of some runs, rising. */
export function entriesOf(runs: EntryRuns): number[] {
  const entries: number[] = [];
  let at = 0;
  for (let index = 0; index < runs.length; index += 2) {
    at += runs[index] ?? 0;
    const end = at + (runs[index + 1] ?? 0);
    for (; at < end; at += 1) entries.push(at);
  }
  return entries;
}

function isInOrder(runs: EntryRuns): boolean {
  if (runs.length % 2 !== 0) return false;
  let entries = 0;
  for (let index = 0; index < runs.length; index += 2) {
    const [gap = 0, length = 0] = [runs[index], runs[index + 1]];
    entries += length;
    if (length === 0 || (index > 0 && gap === 0) || entries > MAX_RUN_ENTRIES) return false;
  }
  return true;
}
