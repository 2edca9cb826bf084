/** Counts what there is by schedule, and what would go now and what would keep it, some messages at a time. Changes nothing. */
import type { ChanceryError } from '../../protocol/errors/index.ts';
import type { Ledger, Partners } from '../ledger/index.ts';
import type { Disposition } from './disposition.ts';
import type { PassedTime } from './passed-time.ts';

/** Messages looked at before others go first. */
const STEP = 64;

/** Messages of one page. */
const PAGE = 2_000;

/** Times in milliseconds since 1970. */
export interface ScheduleCount {
  readonly schedule: string;
  messages: number;
  /** Those that must go by now: of these, how many would, and how many a hold or a partner that waits keeps. */
  goes: number;
  held: number;
  waits: number;
  /** When the first message must go; null for never. */
  next: number | null;
}

export interface SurveyPage {
  readonly counts: readonly ScheduleCount[];
  /** From where to go on; null at the end. */
  readonly next: number | null;
}

export interface SurveyOptions {
  readonly ledger: Ledger;
  readonly partners: Partners;
  readonly disposition: Disposition;
  readonly passed: PassedTime;
}

export async function survey(options: SurveyOptions, from: number): Promise<SurveyPage> {
  const { ledger, partners, disposition, passed } = options;
  await passed.look();
  const agreed = (await partners.agreements()).map(({ domain }) => domain);
  const counts = new Map<string, ScheduleCount>();
  let seen = 0;
  for await (const { sequence } of ledger.log.keptUntil(from)) {
    if (seen === PAGE) return { counts: [...counts.values()], next: sequence };
    seen += 1;
    if (seen % STEP === 0) await new Promise((resolve) => setImmediate(resolve));
    const found = disposition.candidate(sequence);
    if (found === undefined) continue;
    const { schedule, ceiling } = found;
    const none = { schedule, messages: 0, goes: 0, held: 0, waits: 0, next: null };
    const counted: ScheduleCount = counts.get(schedule) ?? none;
    counts.set(schedule, counted);
    counted.messages += 1;
    if (ceiling === null) continue;
    counted.next = Math.min(counted.next ?? Infinity, ceiling);
    if (ceiling > passed.since(found.received)) continue;
    const reason: ChanceryError | undefined = await disposition.keptBy(found, agreed);
    if (reason === undefined) counted.goes += 1;
    else if (reason.code === 'archive.held') counted.held += 1;
    else counted.waits += 1;
  }
  return { counts: [...counts.values()], next: null };
}
