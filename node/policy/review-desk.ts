/**
 * What officers and members decide about what policy kept back or flagged. Guarantees: nobody reviews what they wrote, or what
 * was for them; each decision is an entry before it takes effect; what is released goes out once.
 */
import { ChanceryError } from '../../protocol/errors/index.ts';
import { assertOfficer } from '../custody/index.ts';
import {
  fact,
  type DecisionEntry,
  type Decisions,
  type Ledger,
  type Members,
  type RecordOf,
} from '../ledger/index.ts';

/** Messages released at once when somebody is accepted. */
const MAX_RELEASED = 1_000;

export interface ReviewDeskOptions {
  readonly ledger: Ledger;
  readonly members: Members;
  readonly decisions: Decisions;
}

export type ReviewOutcome = RecordOf<'review'>['outcome'];

export class ReviewDesk {
  readonly #options: ReviewDeskOptions;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: ReviewDeskOptions) {
    this.#options = options;
  }

  /**
   * Records what an officer decides about a decision of the policy, and with it what follows. Throws `officer.required`,
   * `review.unknown`, `review.settled`, `review.own` or `request.invalid`.
   */
  review(decision: number, outcome: ReviewOutcome, actor: string, reason: string): Promise<number> {
    return this.#inTurn(async () => {
      const { ledger, members } = this.#options;
      assertOfficer(members, actor);
      const entry = this.#waiting(decision);
      const isHeld = entry.decision.outcome === 'hold';
      if (isHeld !== (outcome === 'release' || outcome === 'reject'))
        throw new ChanceryError(
          'request.invalid',
          isHeld
            ? 'what is held is released or rejected'
            : 'what was delivered is seen or escalated: it cannot be held any more',
        );
      if (entry.decision.sender === actor)
        throw new ChanceryError('review.own', `${actor} wrote it; another officer has to review it`);
      const { message } = entry.decision;
      const { first } = await ledger.append([fact('review', { decision, message, outcome, actor, reason })]);
      return first;
    });
  }

  /**
   * Accepts or declines somebody of a partner, for a member or for everybody, and releases what waited for nothing but that.
   * Returns how many messages were released.
   */
  contact({ person, member, accepted, actor, reason }: RecordOf<'contact'>): Promise<number> {
    return this.#inTurn(async () => {
      const { ledger } = this.#options;
      const waiting = accepted ? await this.#waitingFor(person, member) : [];
      await ledger.append([
        fact('contact', { person, member, accepted, actor, reason }),
        ...waiting.map(({ sequence, decision: { message } }) =>
          fact('review', { decision: sequence, message, outcome: 'release', actor, reason }),
        ),
      ]);
      return waiting.length;
    });
  }

  /** What of a person is held for first contact alone, and is for the member. */
  async #waitingFor(person: string, member: string | null): Promise<readonly DecisionEntry[]> {
    const { decisions } = this.#options;
    const found: DecisionEntry[] = [];
    let after: number | null = null;
    for (;;) {
      const page: readonly DecisionEntry[] = await decisions.open(after, MAX_PAGE);
      for (const entry of page) {
        const { sender, outcome, reasons, message } = entry.decision;
        if (sender !== person || outcome !== 'hold') continue;
        const isContact = reasons.every(
          (reason) => reason.outcome !== 'hold' || reason.control === 'contact',
        );
        const members = decisions.quarantined(message)?.members ?? [];
        if (isContact && (member === null || members.includes(member))) found.push(entry);
      }
      after = page.at(-1)?.sequence ?? null;
      if (page.length < MAX_PAGE || found.length >= MAX_RELEASED) return found;
    }
  }

  #waiting(decision: number): DecisionEntry {
    const entry = this.#options.decisions.at(decision);
    if (entry === undefined)
      throw new ChanceryError(
        'review.unknown',
        `entry ${decision} is no decision of the policy; see chancery review list`,
      );
    if (entry.review !== null)
      throw new ChanceryError(
        'review.settled',
        `${entry.review.actor} has reviewed decision ${decision} already`,
      );
    if (entry.decision.outcome !== 'hold' && !entry.decision.flagged)
      throw new ChanceryError('review.settled', `decision ${decision} asks for no review`);
    return entry;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }
}

/** Decisions looked at in one go. */
const MAX_PAGE = 256;
