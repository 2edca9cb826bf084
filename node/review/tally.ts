/** The queue counted: how much waits and for how long, by which rules it came, who decided what. */
import type { Queued, Reviewed, ReviewQueue } from '../ledger/index.ts';

export interface Tally {
  readonly waiting: number;
  /** Milliseconds since 1970; null where nothing waits. */
  readonly oldest: number | null;
  /** What came within the entries that were asked for, and what was decided within them. */
  readonly came: number;
  readonly decided: number;
  readonly rules: readonly RuleTally[];
  readonly reviewers: readonly ReviewerTally[];
}

/** What came because of one rule, and of that what still waits. */
export interface RuleTally {
  readonly rule: string;
  readonly control: string;
  readonly came: number;
  readonly waiting: number;
}

/** What one reviewer decided, by outcome, and how long it had waited on average (milliseconds). */
export interface ReviewerTally {
  readonly reviewer: string;
  readonly outcome: Reviewed['outcome'];
  readonly decided: number;
  readonly waited: number;
}

/** @param within from which entry to which (exclusive) */
export async function tally(queue: ReviewQueue, within: readonly [number, number]): Promise<Tally> {
  const rules = new Map<string, { rule: string; control: string; came: number; waiting: number }>();
  let came = 0;
  for await (const item of queue.within(within)) {
    came += 1;
    for (const { rule, control } of causesOf(item)) {
      const known = rules.get(rule) ?? { rule, control, came: 0, waiting: 0 };
      known.came += 1;
      known.waiting += Number(item.review === null || item.review.outcome === 'escalated');
      rules.set(rule, known);
    }
  }
  const reviewers = new Map<string, { tally: ReviewerTally; waited: number; decided: number }>();
  let decided = 0;
  for await (const review of queue.reviews(within)) {
    decided += 1;
    const { actor: reviewer, outcome } = review;
    const name = `${reviewer}\0${outcome}`;
    const known = reviewers.get(name) ?? {
      ...{ tally: { reviewer, outcome, decided: 0, waited: 0 }, waited: 0, decided: 0 },
    };
    known.decided += 1;
    known.waited += Math.max(0, review.time - (queue.at(review.decision)?.time ?? review.time));
    reviewers.set(name, known);
  }
  return {
    ...(await queue.waiting()),
    ...{ came, decided, rules: [...rules.values()].sort((one, other) => other.came - one.came) },
    reviewers: [...reviewers.values()].map(({ tally: one, waited, decided: number }) => ({
      ...one,
      decided: number,
      waited: Math.round(waited / number),
    })),
  };
}

/** By what an item came into the queue: rules that hold or flag, each once, or that somebody reported it. */
function causesOf(item: Queued): { rule: string; control: string }[] {
  if (item.kind === 'report') return [{ rule: 'report', control: 'report' }];
  const causes = item.decision.reasons.filter(({ outcome }) => outcome === 'hold' || outcome === 'flag');
  return causes.map(({ rule, control }) => ({
    rule: control === 'report' ? 'report' : rule,
    control,
  }));
}
