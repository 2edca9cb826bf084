/**
 * Searches of a case: saved in it, run, and run again. Guarantees: that a search was run, by whom, for which case and what
 * it found is in the log before anything of that is told, as the look at the archive that it is and as an event of the case.
 */
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import { parseQuery } from '../../protocol/search/index.ts';
import { Accesses, type Case, type Cases, type Ledger } from '../ledger/index.ts';
import { Search } from '../search/index.ts';
import type { Actor, CaseWork } from './case-work.ts';

type SearchOptions = ConstructorParameters<typeof Search>[0];

export interface CaseSearchOptions extends Omit<SearchOptions, 'recordSearch'> {
  readonly ledger: Ledger;
  readonly cases: Cases;
  readonly work: CaseWork;
}

export interface CaseSearchRequest {
  /** What to search for, which is saved; or the number of a search that is. */
  readonly what: { readonly query: string } | { readonly search: number };
  readonly purpose: string;
  readonly limit: number;
  /** The cursor: entries below this sequence number; null from the newest on. Only that is a run of the search. */
  readonly below: number | null;
}

export interface CaseFinding {
  /** The number under which it is saved, and how many match; null below a cursor, where it is but looked further. */
  readonly search: number | null;
  readonly found: number | null;
  readonly query: string;
  readonly sequences: readonly number[];
  readonly more: boolean;
}

/**
 * Runs a search in a case. Throws what `CaseWork.readOpen` does, `request.invalid`, `limit.exceeded`, `archive.unavailable`
 * while the index is not whole, and what keeps it from being recorded.
 */
export async function searchInCase(
  options: CaseSearchOptions,
  by: Actor,
  name: string,
  { what, purpose, limit, below }: CaseSearchRequest,
): Promise<CaseFinding> {
  const { ledger, cases, work } = options;
  const query = queryOf(cases, work.readOpen(by, name), what);
  const look = { actor: by.address, device: by.device, action: 'find', purpose, case: name, query } as const;
  // only counts, which nobody is told before the search itself is on record
  const counting = new Search({ ...options, recordSearch: () => Promise.resolve() });
  const found = below === null ? await counting.count({ query, limit: null, below }) : null;
  let search: number | null = null;
  const searching = new Search({
    ...options,
    async recordSearch(_request, sequences) {
      const access = { ...look, entries: [...sequences] };
      const newest = sequences.find((sequence) => !ledger.isDisposed(sequence)) ?? null;
      if (found === null) await new Accesses(ledger).record(access);
      else search = await work.ran(by, name, { query, found, newest, access });
    },
  });
  const { sequences, more } = await searching.find({ query, limit, below });
  return { search, query, found, sequences, more };
}

/** What is to be searched for: what was given, or what is saved under a number. */
function queryOf(cases: Cases, found: Case, what: CaseSearchRequest['what']): string {
  if ('query' in what) {
    valueOf(parseQuery(what.query));
    return what.query;
  }
  const { act } = cases.search(found.sequence, what.search)?.saved ?? {};
  if (act?.event === 'search-saved') return act.query;
  throw new ChanceryError(
    'request.invalid',
    `case ${found.name} has no search ${what.search}; see chancery case show`,
  );
}
