/**
 * Searches the archive by its index: which messages match a query, and how many, without opening what they say. Guarantees:
 * what is searched for was recorded before anything that was found is told; where that fails, nothing is.
 */
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import { parseQuery, type Query } from '../../protocol/search/index.ts';
import type { Ledger } from '../ledger/index.ts';
import { countMatches, findNewest, type Finding } from './find.ts';
import { planOf, type Plan } from './plan.ts';
import type { Part, SearchIndex } from './search-index.ts';

export interface SearchOptions {
  readonly ledger: Ledger;
  readonly index: SearchIndex;
  /** The whole id of a conversation, in hex, by the beginning of it. Throws `request.invalid`. */
  readonly conversationId: (beginning: string) => Promise<string>;
  /** Records a search; only once it resolves is anything told of what was found. */
  readonly recordSearch: (search: SearchRequest) => Promise<void>;
}

export interface SearchRequest {
  readonly query: string;
  /** The most that are told; null where they are only to be counted. */
  readonly limit: number | null;
  /** The cursor: entries below this sequence number; null from the newest on. */
  readonly below: number | null;
}

export class Search {
  readonly #options: SearchOptions;

  constructor(options: SearchOptions) {
    this.#options = options;
  }

  /** The newest that match. Throws `request.invalid`, `archive.unavailable` while the index is not whole, or what keeps the search from being recorded. */
  async find(request: SearchRequest & { readonly limit: number }): Promise<Finding> {
    const query = valueOf(parseQuery(request.query));
    await this.#options.recordSearch(request);
    return this.#run(query, request.below, (parts, plan) => findNewest(parts, plan, request.limit));
  }

  /** How many match. Throws like `find`. */
  async count(request: SearchRequest): Promise<number> {
    const query = valueOf(parseQuery(request.query));
    await this.#options.recordSearch(request);
    return this.#run(query, request.below, countMatches);
  }

  async #run<T>(
    query: Query,
    below: number | null,
    work: (parts: readonly Part[], plan: Plan) => Promise<T>,
  ): Promise<T> {
    const { ledger, index } = this.#options;
    const conversations = await this.#conversationsOf(query);
    const span = {
      from: this.#firstFrom(query.from),
      below: Math.min(below ?? Infinity, this.#firstFrom(query.until ?? Infinity)),
    };
    try {
      return await work(index.parts(), planOf(query, ledger.tokens, conversations, span));
    } catch (error) {
      const from = error instanceof ChanceryError && error.code === 'archive.damaged' && error.facts['from'];
      if (typeof from !== 'number') throw error;
      index.remake(from);
      const message = 'a part of the search index was damaged, and is made anew; try again in a moment';
      throw new ChanceryError('archive.unavailable', message, { cause: error, facts: { from } });
    }
  }

  async #conversationsOf({ conditions }: Query): Promise<Map<string, string>> {
    const ids = new Map<string, string>();
    for (const condition of conditions)
      if (condition.what === 'conversation')
        ids.set(condition.id, await this.#options.conversationId(condition.id));
    return ids;
  }

  /** The first entry that came at a time (milliseconds since 1970) or later: receipt times never decrease along the log. */
  #firstFrom(time: number | null): number {
    const { log } = this.#options.ledger;
    if (time === null) return 0;
    let [low, high] = [0, log.size];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((log.entry(middle)?.time ?? Infinity) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
