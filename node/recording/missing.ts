/** Stretches of time in which nothing could be recorded, one after the other, as they become entries of the log. */
import type { AbsenceRecord } from '../ledger/index.ts';

/** Milliseconds without recording that are recorded: a restart within is none. */
const ABSENCE_MS = 60_000;

/** Milliseconds by which a clock may be set back that a time service corrects now and then. */
export const CLOCK_TOLERANCE_MS = 1_000;

/** Codes named in one entry. */
const MAX_CODES = 16;

/** One that is over, or as it would be if it were. */
export type Stretch = Omit<AbsenceRecord, 'codes'> & { readonly codes: readonly string[] };

/**
 * As they are recorded: nothing of them reaches before the log's last entry, since that was recorded. Empty where all of
 * them together, which follow each other, are too short to be recorded.
 */
export function recordable(stretches: readonly Stretch[], lastEntry: number): AbsenceRecord[] {
  const left = stretches.flatMap((stretch) => after(lastEntry, stretch));
  const first = left[0]?.from ?? 0;
  const between = (left.at(-1)?.until ?? 0) - first;
  const lasted = left.reduce((sum, one) => sum + (one.lasted ?? 0), 0);
  const isUnknown = left.some(({ setBack }) => setBack > 0);
  return isUnknown || Math.max(between, lasted) > ABSENCE_MS ? left : [];
}

/** What of a stretch is after a time. */
function after(time: number, { codes, ...stretch }: Stretch): AbsenceRecord[] {
  const cut = Math.max(0, time - stretch.from);
  const from = stretch.from + cut;
  const until = Math.max(from, stretch.until);
  const lasted = stretch.lasted === null ? null : Math.max(0, stretch.lasted - cut);
  const isOver = until === from && lasted === 0 && stretch.setBack === 0;
  return isOver ? [] : [{ ...stretch, from, until, lasted, codes: codes.slice(0, MAX_CODES) }];
}
