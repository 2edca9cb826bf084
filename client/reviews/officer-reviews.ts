/**
 * The queue of what waits for a review, as a compliance officer's device works through it. Guarantees: what was said is opened
 * here, with this device's key, and that it is opened, and why, is an entry of the log before. Who decides is this device's
 * member.
 */
import { toString } from 'uint8arrays/to-string';
import {
  MAX_REVIEWS,
  type ReportTrait,
  type ReviewItem,
  type ReviewOutcome,
} from '../../protocol/wire/index.ts';
import type { Looking, OfficerArchive, Opened } from '../archive/index.ts';
import type { Requests } from '../session/index.ts';

/** An item of the queue; ids in hex. */
export type ShownReview = Omit<ReviewItem, 'message'> & { readonly message: string };

/** A page of the queue, and how much waits in all. */
export interface ReviewPage {
  readonly items: readonly ShownReview[];
  /** To go on from; null at the end. */
  readonly next: number | null;
  readonly waiting: number;
  /** Since when the oldest waits, in milliseconds; null where nothing does. */
  readonly oldest: number | null;
}

/** What came of a decision: the item as it stands, and how many messages were let go or turned down with it. */
export interface Reviewed {
  readonly item: ShownReview;
  readonly released: number;
  readonly rejected: number;
}

export interface OfficerReviewsOptions {
  readonly archive: Pick<OfficerArchive, 'open'>;
  /** Throws why there is no connection. */
  readonly requests: () => Requests;
}

export class OfficerReviews {
  readonly #options: OfficerReviewsOptions;

  constructor(options: OfficerReviewsOptions) {
    this.#options = options;
  }

  /**
   * What waits, the oldest first; with `all` what ever did, the newest first. `from` is as the page before said. Throws
   * `officer.required`, `node.unreachable`.
   */
  async list({
    all = false,
    from = null,
    limit = MAX_REVIEWS,
  }: {
    readonly all?: boolean;
    readonly from?: number | null;
    readonly limit?: number;
  } = {}): Promise<ReviewPage> {
    const { items, next, waiting, oldest } = await this.#options
      .requests()
      .ask('review-list', { all, from, limit });
    return { items: items.map(withHex), next, waiting, oldest };
  }

  /** One item, without what was said. Throws like `list`, and `review.unknown`. */
  async item(entry: number): Promise<ShownReview> {
    return withHex((await this.#options.requests().ask('review-show', { entry })).item);
  }

  /**
   * An item with what was said, which is on record first. `opened` is null where the message is not archived. Throws like
   * `item` and like `OfficerArchive.open`. @param looking why; that it is reviewed, where nothing else is said
   */
  async show(
    entry: number,
    looking: Partial<Looking> = {},
  ): Promise<{ readonly item: ShownReview; readonly opened: Opened | null }> {
    const item = await this.item(entry);
    if (item.position === null) return { item, opened: null };
    const why = { ...looking, purpose: looking.purpose ?? `review of entry ${entry}` };
    for await (const opened of this.#options.archive.open([item.position], why)) return { item, opened };
    return { item, opened: null };
  }

  /**
   * Decides about an item: only what its `may` names. Throws like `item`, `review.own`, `review.party`, `review.settled`,
   * `request.invalid`. @param matching with `confirm`: by what other messages are blocked from then on
   */
  async decide(
    entry: number,
    outcome: ReviewOutcome,
    reason: string,
    matching?: readonly ReportTrait[],
  ): Promise<Reviewed> {
    const also = matching === undefined ? {} : { matching: [...matching] };
    const { item, released, rejected } = await this.#options
      .requests()
      .ask('review-decide', { entry, outcome, reason, ...also });
    return { item: withHex(item), released, rejected };
  }
}

function withHex({ message, ...item }: ReviewItem): ShownReview {
  return { ...item, message: toString(message, 'hex') };
}
