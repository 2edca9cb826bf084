/**
 * What officers decide about what policy kept back or flagged, and about what was reported. Guarantees: nobody reviews what they
 * wrote; each decision is an entry before it takes effect; what is released goes out once; what goes with a report is let go
 * or turned down with it, in the order it came.
 */
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { ReportTrait, ReviewOutcome } from '../../protocol/wire/index.ts';
import { assertOfficer } from '../custody/index.ts';
import {
  fact,
  reportOfRule,
  type Fact,
  type Ledger,
  type Members,
  type Messages,
  type Queued,
  type RecordOf,
  type Reports,
  type ReviewQueue,
  type Turn,
} from '../ledger/index.ts';
import type { Verdicts } from '../reports/index.ts';
import { undeliverable } from './deliverable.ts';
import { outcomesFor } from './outcomes.ts';
import type { Parties } from './parties.ts';

/** Messages that are let go or turned down with a report in one batch. */
const MAX_AT_ONCE = 1_024;

export interface ReviewDeskOptions {
  readonly ledger: Ledger;
  readonly members: Members;
  readonly messages: Messages;
  readonly queue: ReviewQueue;
  readonly reports: Reports;
  readonly parties: Parties;
  /** What the partner is told of what was decided of a report. */
  readonly verdicts: Pick<Verdicts, 'on'>;
  readonly turn: Turn;
}

/** Who decides: an officer by address, and the peer id of their device. */
export interface Reviewer {
  readonly address: string;
  readonly device: string | null;
}

/** What is decided, about which entry, and why. */
export interface Verdict {
  readonly entry: number;
  readonly outcome: ReviewOutcome;
  readonly reason: string;
  /** With `confirm`: by what other messages are blocked from then on; by all where it is left out. */
  readonly matching?: readonly ReportTrait[] | undefined;
}

/** What came of it: the item as it stands, and how many messages went with it. */
export interface Decided {
  readonly item: Queued;
  readonly released: number;
  readonly rejected: number;
}

export class ReviewDesk {
  readonly #options: ReviewDeskOptions;

  constructor(options: ReviewDeskOptions) {
    this.#options = options;
  }

  /** Throws `officer.required`, `review.unknown`. */
  at(entry: number): Queued {
    const item = this.#options.queue.at(entry);
    if (item !== undefined) return item;
    throw new ChanceryError(
      'review.unknown',
      `entry ${entry} is neither a decision of the policy nor a report; see chancery review list`,
    );
  }

  /**
   * Records what an officer decides, and with it what follows. Throws `officer.required`, `review.unknown`, `review.settled`,
   * `review.own`, `review.party`, `request.invalid`, or why what is to be released cannot be delivered any more: `archive.*`.
   */
  decide({ entry, outcome, reason, matching }: Verdict, by: Reviewer): Promise<Decided> {
    return this.#options.turn.take(async () => {
      const { members, parties } = this.#options;
      assertOfficer(members, by.address);
      const item = this.at(entry);
      assertPossible(item, outcome);
      if (matching !== undefined && outcome !== 'confirm')
        throw new ChanceryError('request.invalid', 'what is blocked from then on is said with confirm alone');
      await parties.assertMay(by.address, item);
      const { message } = item.kind === 'decision' ? item.decision : item.report;
      if (outcome === 'release') this.#assertDeliverable(message);
      const review = {
        ...{ decision: entry, message, outcome, actor: by.address, device: by.device, reason },
        ...(matching === undefined ? {} : { matching: [...new Set(matching)] }),
      };
      const { released, rejected } = await this.#withReport(review, item);
      return {
        item: this.at(entry),
        released: released + Number(outcome === 'release'),
        rejected: rejected + Number(outcome === 'reject'),
      };
    });
  }

  #assertDeliverable(message: Uint8Array): void {
    const { ledger, messages } = this.#options;
    const why = undeliverable(ledger, messages, message);
    if (why !== undefined)
      throw new ChanceryError(
        why.code,
        'what was held is older than the archive can deliver; reject it, and have it written again',
        { cause: why },
      );
  }

  /** Records a review, and of one that ends a report what becomes of all that is held for it. */
  async #withReport(
    review: RecordOf<'review'>,
    item: Queued,
  ): Promise<{ released: number; rejected: number }> {
    const { ledger, reports, verdicts } = this.#options;
    let batch: Fact[] = [fact('review', review)];
    const count = { released: 0, rejected: 0 };
    if (item.kind === 'report' && (review.outcome === 'confirm' || review.outcome === 'dismiss')) {
      const verdict = review.outcome === 'confirm' ? 'confirmed' : 'dismissed';
      batch.push(...(await verdicts.on(review.decision, item.report, verdict, review.actor)));
      let after: number | null = null;
      // once more when it is recorded: what was decided about until then is held for it too
      for (let recorded = false; ; recorded = true) {
        const held: readonly number[] = await reports.held(review.decision, after, MAX_AT_ONCE);
        for (const sequence of held) {
          const outcome = this.#endOf(sequence, review);
          if (outcome === undefined) continue;
          count[outcome === 'release' ? 'released' : 'rejected'] += 1;
          batch.push(this.#following(sequence, outcome, review));
        }
        if (batch.length > 0) await ledger.append(batch);
        batch = [];
        after = held.at(-1) ?? after;
        if (recorded && held.length < MAX_AT_ONCE) break;
      }
    }
    if (batch.length > 0) await ledger.append(batch);
    return count;
  }

  /** What becomes of a message that is held for a report; undefined where it stays as it is. */
  #endOf(sequence: number, review: RecordOf<'review'>): 'release' | 'reject' | undefined {
    const { ledger, messages, reports, queue, parties } = this.#options;
    const item = queue.at(sequence);
    if (item?.kind !== 'decision' || !outcomesFor(item).includes('release')) return undefined;
    // nobody lets go what they wrote, not even with a report
    if (parties.wrote(review.actor, item)) return undefined;
    const holding = item.decision.reasons.filter(({ outcome }) => outcome === 'hold');
    const own = holding.find(({ rule }) => reportOfRule(rule) === review.decision);
    const isMeant = ({ kind }: { readonly kind: string | null }): boolean =>
      review.matching === undefined || review.matching.some((trait) => trait === kind);
    if (review.outcome === 'confirm' && own?.findings.some(isMeant) === true) return 'reject';
    const isOver = holding.every(({ rule }) => {
      const report = reportOfRule(rule);
      if (report === undefined) return false;
      if (report === review.decision) return true;
      const other = reports.at(report);
      return other === undefined || reports.of(other.message)?.report !== report;
    });
    // what cannot be delivered any more waits on, to be turned down
    const { message } = item.decision;
    return isOver && undeliverable(ledger, messages, message) === undefined ? 'release' : undefined;
  }

  #following(sequence: number, outcome: 'release' | 'reject', review: RecordOf<'review'>): Fact {
    const item = this.at(sequence);
    const { message } = item.kind === 'decision' ? item.decision : item.report;
    const { actor, reason } = review;
    return fact('review', { decision: sequence, message, outcome, actor, device: null, reason });
  }
}

function assertPossible(item: Queued, outcome: ReviewOutcome): void {
  const possible = outcomesFor(item);
  if (possible.includes(outcome)) return;
  const { sequence, review } = item;
  if (possible.length === 0)
    throw new ChanceryError(
      'review.settled',
      review === null
        ? `entry ${sequence} asks for no review`
        : `${review.actor} has reviewed entry ${sequence} already`,
    );
  throw new ChanceryError(
    'request.invalid',
    `of entry ${sequence} it can be said: ${possible.join(', ')}; it was ${item.kind === 'report' ? 'reported' : item.decision.outcome === 'hold' ? 'held' : 'delivered, and cannot be held any more'}`,
  );
}
