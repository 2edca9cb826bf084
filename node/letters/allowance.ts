/** How much one partner may have recorded here: what waits for an officer at a time, and what comes in a day. */
import { refuse, type Code } from '../../protocol/errors/index.ts';

const DAY_MS = 86_400_000;

export interface Allowance {
  /** What is counted, in the plural, as its refusal names it. */
  readonly what: string;
  readonly code: Code;
  readonly waiting: number;
  readonly perDay: number;
}

/** What a partner had recorded: counted to a limit at most; and when that came which is so many back (milliseconds). */
interface Recorded {
  waiting(partner: string, limit: number): Promise<number>;
  received(partner: string, back: number): Promise<number | undefined>;
}

/** Refuses with the allowance's code; undefined where one more is taken. */
export async function refuseMore(
  recorded: Recorded,
  partner: string,
  { what, code, waiting, perDay }: Allowance,
  now: number,
): Promise<ReturnType<typeof refuse> | undefined> {
  if ((await recorded.waiting(partner, waiting)) >= waiting)
    return refuse(code, `${waiting} ${what} of ${partner} wait for an officer here; try again later`);
  const came = await recorded.received(partner, perDay);
  return came === undefined || now - came > DAY_MS
    ? undefined
    : refuse(code, `${perDay} ${what} of ${partner} came within a day; try again later`);
}
