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
import { Sieve } from './sieve.ts';

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
  /** What is to hold beside the query. */
  readonly also?: Query;
}

export class Search {
  readonly #options: SearchOptions;

  constructor(options: SearchOptions) {
    this.#options = options;
  }

  /** The newest that match. Throws `request.invalid`, `archive.unavailable` while the index is not whole, or what keeps the search from being recorded. */
  async find(request: SearchRequest & { readonly limit: number }): Promise<Finding> {
    const finding = await this.#run(request, (parts, plan, sieve) =>
      findNewest(parts, plan, sieve, request.limit),
    );
    await this.#options.recordSearch(request, finding.sequences);
    return finding;
  }

  /** How many match. Throws like `find`. */
  async count(request: SearchRequest): Promise<number> {
    const { index } = this.#options;
    const count = await this.#run(request, (parts, plan, sieve) =>
      countMatches(parts, plan, sieve, index.isClean),
    );
    await this.#options.recordSearch(request, []);
    return count;
  }

  async #run<T>(
    { query: text, also, below }: SearchRequest,
    work: (parts: readonly Part[], plan: Plan, sieve: Sieve) => Promise<T>,
  ): Promise<T> {
    const { ledger, index } = this.#options;
    const query = both(valueOf(parseQuery(text)), also);
    const conversations = await this.#conversationsOf(query);
    const { log } = ledger;
    const until = query.until === null ? null : query.until - 1; // the last millisecond is within
    const [from, to] = entriesWithin(log, log.size, { since: query.from, until });
    const span = { from, below: Math.min(below ?? to, to) };
    try {
      const plan = planOf(query, ledger.tokens, conversations, span);
      return await work(index.parts(), plan, new Sieve(ledger));
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

/** What asks for all that two queries ask for. */
function both(first: Query, second: Query | undefined): Query {
  if (second === undefined) return first;
  const later = Math.max(first.from ?? -Infinity, second.from ?? -Infinity);
  const earlier = Math.min(first.until ?? Infinity, second.until ?? Infinity);
  return {
    conditions: [...first.conditions, ...second.conditions],
    from: later === -Infinity ? null : later,
    until: earlier === Infinity ? null : earlier,
  };
}
