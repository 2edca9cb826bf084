/**
 * Searches of a case: saved in it, run, and run again. Guarantees: that a search was run, by whom, for which case and what
 * it found is in the log before anything of that is told, as the look at the archive that it is and as an event of the case.
 */
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import { parseQuery } from '../../protocol/search/index.ts';
import type { Case, Cases, Ledger } from '../ledger/index.ts';
import { Accesses } from '../ledger/index.ts';
import { Search, type SearchOptions } from '../search/index.ts';
import type { Actor, CaseWork } from './case-work.ts';

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
  readonly search: number;
  readonly query: string;
  /** All that match; null below a cursor. */
  readonly found: number | null;
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
  const { number, query } = savedIn(cases, work.readOpen(by, name), what);
  const look = { actor: by.address, device: by.device, action: 'find', purpose, case: name, query } as const;
  // only counts, which nobody is told before the search itself is on record
  const counting = new Search({ ...options, recordSearch: () => Promise.resolve() });
  const found = below === null ? await counting.count({ query, limit: null, below }) : null;
  let search = number ?? 0;
  const searching = new Search({
    ...options,
    async recordSearch(_request, sequences) {
      const access = { ...look, entries: [...sequences] };
      if (found === null) {
        work.readOpen(by, name); // it may have been closed meanwhile
        await new Accesses(ledger).record(access);
        return;
      }
      const newest = sequences.find((sequence) => !ledger.isDisposed(sequence)) ?? null;
      search = await work.ran(by, name, { search: number, query, found, newest, access });
    },
  });
  const { sequences, more } = await searching.find({ query, limit, below });
  return { search, query, found, sequences, more };
}

/** A search that is saved already, by its number or by its words; a number of null for a new one. */
function savedIn(
  cases: Cases,
  found: Case,
  what: CaseSearchRequest['what'],
): { readonly number: number | null; readonly query: string } {
  if ('search' in what) {
    const { act } = cases.search(found.sequence, what.search)?.saved ?? {};
    if (act?.event === 'search-saved') return { number: what.search, query: act.query };
    throw new ChanceryError(
      'request.invalid',
      `case ${found.name} has no search ${what.search}; see chancery case show`,
    );
  }
  valueOf(parseQuery(what.query));
  const isIt = ({ saved: { act } }: { readonly saved: { readonly act: object } }): boolean =>
    'query' in act && act.query === what.query;
  return { number: cases.searches(found).find(isIt)?.number ?? null, query: what.query };
}
