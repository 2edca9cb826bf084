/**
 * Searches the archive by its index: which messages match a query, and how many, without opening what they say. Guarantees:
 * what is searched for was recorded before anything that was found is told; where that fails, nothing is.
 */
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import { parseQuery, type Query } from '../../protocol/search/index.ts';
import { entriesWithin } from '../archive/index.ts';
import type { Ledger } from '../ledger/index.ts';
import { countMatches, findNewest, type Finding } from './find.ts';
import { planOf, type Plan } from './plan.ts';
import type { Part, SearchIndex } from './search-index.ts';

export interface SearchOptions {
  readonly ledger: Ledger;
  readonly index: SearchIndex;
  /** The whole id of a conversation, in hex, by the beginning of it. Throws `request.invalid`. */
  readonly conversationId: (beginning: string) => Promise<string>;
  /** Records a search, and what it is about to tell of; only once it resolves is anything told. */
  readonly recordSearch: (search: SearchRequest, sequences: readonly number[]) => Promise<void>;
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
    const finding = await this.#run(query, request.below, (parts, plan) =>
      findNewest(parts, plan, request.limit),
    );
    await this.#options.recordSearch(request, finding.sequences);
    return finding;
  }

  /** How many match. Throws like `find`. */
  async count(request: SearchRequest): Promise<number> {
    const query = valueOf(parseQuery(request.query));
    const count = await this.#run(query, request.below, countMatches);
    await this.#options.recordSearch(request, []);
    return count;
  }

  async #run<T>(
    query: Query,
    below: number | null,
    work: (parts: readonly Part[], plan: Plan) => Promise<T>,
  ): Promise<T> {
    const { ledger, index } = this.#options;
    const conversations = await this.#conversationsOf(query);
    const { log } = ledger;
    const until = query.until === null ? null : query.until - 1; // the last millisecond is within
    const [from, to] = entriesWithin(log, log.size, { since: query.from, until });
    const span = { from, below: Math.min(below ?? to, to) };
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
}
