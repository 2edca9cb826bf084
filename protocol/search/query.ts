/**
 * The language in which an archive is searched, such as `invoice "net 30" from:alice after:2026-01-01 -draft`: words,
 * phrases in quotes, filters; all of them are to hold, and what has a `-` before it is not. Errors name their place.
 */
import { accept, refuse, type Result } from '../errors/index.ts';
import { readFilter, type Filter } from './filters.ts';
import { wordsOf } from './words.ts';

/** Characters of a query: several lines of a person's typing. */
export const MAX_QUERY_LENGTH = 1_024;

/** Words, filters and the words of phrases together: each costs a look at every part of the index. */
const MAX_QUERY_WORDS = 64;

/** One thing that is to hold of a message, or not to. */
export type Condition = { readonly not: boolean } & (
  { readonly what: 'words'; readonly words: readonly string[] } | Exclude<Filter, { readonly what: 'time' }>
);

export interface Query {
  readonly conditions: readonly Condition[];
  /** Receipt times in milliseconds since 1970: from (inclusive) and until (exclusive). */
  readonly from: number | null;
  readonly until: number | null;
}

/** A piece of a query: where it stands, what its filter is called, and what is asked for. */
interface Piece {
  readonly at: number;
  readonly not: boolean;
  readonly filter: string | undefined;
  readonly text: string;
}

type Refused = ReturnType<typeof refuse>;

/** Refuses with `request.invalid`; `position` among its facts is the place in UTF-16 units, from 0. */
export function parseQuery(text: string): Result<Query> {
  if (text.length > MAX_QUERY_LENGTH)
    return wrong(MAX_QUERY_LENGTH, `a query has at most ${MAX_QUERY_LENGTH} characters`);
  const conditions: Condition[] = [];
  let [from, until, words]: [number | null, number | null, number] = [null, null, 0];
  for (const piece of piecesOf(text)) {
    if (!piece.ok) return piece;
    const { at, not, filter } = piece.value;
    const read = filter === undefined ? readWords(piece.value) : readFilter(filter, piece.value.text);
    if (!read.ok) return wrong(at, read.refusal.message);
    const found = read.value;
    if (found.what === 'time') {
      if (not) return wrong(at, 'a time cannot be excluded; use after: and before:');
      from = found.from === null ? from : Math.max(from ?? -Infinity, found.from);
      until = found.until === null ? until : Math.min(until ?? Infinity, found.until);
      continue;
    }
    words += found.what === 'words' ? found.words.length : 1;
    if (words > MAX_QUERY_WORDS) return wrong(at, `a query has at most ${MAX_QUERY_WORDS} words`);
    const inverted = found.what === 'mark' && !found.set;
    conditions.push({ ...found, not: not !== inverted });
  }
  if (conditions.length === 0 && from === null && until === null)
    return wrong(0, 'nothing is asked for; give a word, "a phrase" or a filter such as from:alice');
  return accept({ conditions, from, until });
}

const SPACE = /\s/u;
const FILTER = /([a-z]+):/y;

/** Quotation marks that keyboards and word processors make of ". */
const QUOTES = new Set(['"', '“', '”', '„', '«', '»']);

function* piecesOf(text: string): Generator<Result<Piece>> {
  let at = 0;
  while (at < text.length) {
    if (SPACE.test(text.charAt(at))) {
      at += 1;
      continue;
    }
    const begin = at;
    const not = text.startsWith('-', at);
    if (not) at += 1;
    FILTER.lastIndex = at;
    const filter = FILTER.exec(text)?.[1];
    if (filter !== undefined) at += filter.length + 1;
    if (QUOTES.has(text.charAt(at))) {
      const end = endOfQuote(text, at + 1);
      if (end === undefined) {
        yield wrong(at, 'a quotation mark is not closed; add one');
        return;
      }
      yield accept({ at: begin, not, filter, text: text.slice(at + 1, end) });
      at = end + 1;
    } else {
      const from = at;
      while (at < text.length && !SPACE.test(text.charAt(at)) && !QUOTES.has(text.charAt(at))) at += 1;
      yield accept({ at: begin, not, filter, text: text.slice(from, at) });
    }
  }
}

function endOfQuote(text: string, from: number): number | undefined {
  for (let at = from; at < text.length; at += 1) if (QUOTES.has(text.charAt(at))) return at;
  return undefined;
}

function readWords({ text }: Piece): Result<{ readonly what: 'words'; readonly words: readonly string[] }> {
  const words = wordsOf(text);
  if (words.length > 0) return accept({ what: 'words', words });
  return refuse('request.invalid', `${JSON.stringify(text)} has no letter or digit to search for`);
}

function wrong(position: number, message: string): Refused {
  return refuse('request.invalid', `${message} (at character ${position + 1})`, { position });
}
