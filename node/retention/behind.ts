/** What must go by now, may, and is still there: how much of it, and since when. Changes nothing. */
import type { Partners } from '../ledger/index.ts';
import type { Disposition } from './disposition.ts';
import type { PassedTime } from './passed-time.ts';

/** Messages looked at, the oldest first: of those whose floor is to come a date is read and no more. */
const LOOKED_AT = 100_000;

/** Messages of which it is found out whether something keeps them. */
const MAX_ASKED = 2_000;

export interface ScheduleBehind {
  readonly name: string;
  readonly messages: number;
  /** Milliseconds since 1970: when the first of them had to go. */
  readonly first: number;
}

export interface BehindOptions {
  readonly partners: Partners;
  readonly disposition: Disposition;
  readonly passed: PassedTime;
}

/** By schedule. Throws `archive.damaged`. */
export async function behind(options: BehindOptions): Promise<readonly ScheduleBehind[]> {
  const { partners, disposition, passed } = options;
  await passed.look();
  const agreed = (await partners.agreements()).map(({ domain }) => domain);
  const { due } = await disposition.due(0, LOOKED_AT);
  const found = new Map<string, ScheduleBehind>();
  for (const message of due.slice(0, MAX_ASKED)) {
    if ((await disposition.keptBy(message, agreed)) !== undefined) continue;
    const { schedule: name, ceiling } = message;
    const before = found.get(name) ?? { name, messages: 0, first: Infinity };
    const first = Math.min(before.first, ceiling ?? Infinity);
    found.set(name, { name, messages: before.messages + 1, first });
  }
  return [...found.values()];
}
