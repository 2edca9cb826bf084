/**
 * What waits for an officer to look at it, and what officers decided: decisions that held or flagged a message, reports of
 * members and of partners. Views over the log. Guarantees: what was put in the queue leaves it by a review alone; one that
 * was escalated waits on.
 */
import { del, PRESENT, put } from './fact.ts';
import type { Ledger } from './ledger.ts';
import { endOfHold } from './quarantine.ts';
import type { RecordOf } from './records.ts';
import { endOfReport } from './report-views.ts';
import { decodeSequence, encodeSequence } from './view-key.ts';
import type { View } from './view.ts';

/** Items that are counted at a time. */
const MAX_COUNTED = 100_000;

export const reviewView: View<'review'> = ({ said, sequence }, views) => {
  const { keys } = views;
  const ops = [
    put(keys.reviewed(said.decision), encodeSequence(sequence)),
    put(keys.review(sequence), PRESENT),
  ];
  if (said.outcome === 'escalated') return ops;
  const report = views.view('report', keys.reportRecord(said.decision));
  return [
    ...ops,
    del(keys.openReview(said.decision)),
    ...(report === undefined ? endOfHold(views, said, sequence) : endOfReport(views, report, said, sequence)),
  ];
};

/** What was decided about an item, with its entry and its time (milliseconds). */
export interface Reviewed extends RecordOf<'review'> {
  readonly sequence: number;
  readonly time: number;
}

interface Placed {
  readonly sequence: number;
  /** Milliseconds. */
  readonly time: number;
  /** The newest; null while there is none. */
  readonly review: Reviewed | null;
}

/** A report that somebody looks at: of a member, of a partner, or what a partner's officers decided of theirs. */
type QueuedReport = RecordOf<'report'> & {
  readonly act: Extract<RecordOf<'report'>['act'], { what: 'made' | 'received' | 'learned' }>;
};

/** Something that waits for a review, or did. */
export type Queued =
  | (Placed & { readonly kind: 'decision'; readonly decision: RecordOf<'decision'> })
  | (Placed & { readonly kind: 'report'; readonly report: QueuedReport });

export class ReviewQueue {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** What an entry is, if it is anything that can be reviewed. */
  at(sequence: number): Queued | undefined {
    const ledger = this.#ledger;
    const placed = this.#placed(sequence);
    const kind = ledger.log.entry(sequence)?.kind;
    if (kind === 'decision') {
      const decision = ledger.record('decision', sequence);
      return decision && { ...placed, kind, decision };
    }
    if (kind !== 'report') return undefined;
    const report = ledger.record('report', sequence);
    return report !== undefined && isQueued(report) ? { ...placed, kind, report } : undefined;
  }

  /** What waits, the oldest first, from after an entry. */
  open(after: number | null, limit: number): Promise<Queued[]> {
    const { keys } = this.#ledger;
    const { gte, lt } = keys.within('review', 'open');
    return this.#items({ gte: after === null ? gte : keys.openReview(after + 1), lt, limit });
  }

  /** What ever waited, the newest first, from before an entry. */
  all(before: number | null, limit: number): Promise<Queued[]> {
    const { keys } = this.#ledger;
    const { gte, lt } = keys.within('review', 'all');
    return this.#items({ gte, lt: before === null ? lt : keys.queued(before), limit, reverse: true });
  }

  /** What came within entries, in order, a page at a time. */
  async *within([from, to]: readonly [number, number]): AsyncGenerator<Queued, void, undefined> {
    const { keys } = this.#ledger;
    for await (const [key] of this.#ledger.iterate({ gte: keys.queued(from), lt: keys.queued(to) })) {
      const item = this.at(decodeSequence(key));
      if (item !== undefined) yield item;
    }
  }

  /** What officers decided within entries, in order. */
  async *reviews([from, to]: readonly [number, number]): AsyncGenerator<Reviewed, void, undefined> {
    const { keys } = this.#ledger;
    for await (const [key] of this.#ledger.iterate({ gte: keys.review(from), lt: keys.review(to) })) {
      const review = this.#review(decodeSequence(key));
      if (review !== undefined) yield review;
    }
  }

  /** How many wait, up to a hundred thousand, and since when (milliseconds) the oldest does. */
  async waiting(): Promise<{ readonly waiting: number; readonly oldest: number | null }> {
    const { keys, log } = this.#ledger;
    let waiting = 0;
    let oldest: number | null = null;
    const range = { ...keys.within('review', 'open'), limit: MAX_COUNTED };
    for await (const [key] of this.#ledger.iterate(range)) {
      const sequence = decodeSequence(key);
      if (sequence >= log.size) continue;
      waiting += 1;
      oldest ??= log.entry(sequence)?.time ?? null;
    }
    return { waiting, oldest };
  }

  #placed(sequence: number): Placed {
    const { keys, log } = this.#ledger;
    const value = this.#ledger.get(keys.reviewed(sequence));
    const review = value === undefined ? undefined : this.#review(decodeSequence(value));
    return { sequence, time: log.entry(sequence)?.time ?? 0, review: review ?? null };
  }

  #review(sequence: number): Reviewed | undefined {
    const { log } = this.#ledger;
    const record = sequence < log.size ? this.#ledger.record('review', sequence) : undefined;
    return record && { ...record, sequence, time: log.entry(sequence)?.time ?? 0 };
  }

  async #items(range: Parameters<Ledger['iterate']>[0]): Promise<Queued[]> {
    const found: Queued[] = [];
    const { log } = this.#ledger;
    for await (const [key] of this.#ledger.iterate(range)) {
      const sequence = decodeSequence(key);
      const item = sequence < log.size ? this.at(sequence) : undefined;
      if (item !== undefined) found.push(item);
    }
    return found;
  }
}

function isQueued(report: RecordOf<'report'>): report is QueuedReport {
  return report.act.what !== 'told' && report.act.what !== 'verdict';
}
