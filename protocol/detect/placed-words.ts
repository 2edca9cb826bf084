/**
 * The words of a text and where they stand: cut and folded as search does it (search/words.ts), whole as they are written.
 */
import {
  asciiWordAt,
  asciiWordEnd,
  BY_CHARACTER,
  BY_DICTIONARY,
  fold,
  isAscii,
  wordsOf,
} from '../search/words.ts';

/** A word, folded, and its place in the text as it was given. */
export interface Placed {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

const PIECE = new RegExp(
  String.raw`[${BY_CHARACTER}]\p{M}*|[[\p{L}\p{N}\p{M}\p{Default_Ignorable_Code_Point}]--[${BY_CHARACTER}]]+`,
  'gv',
);
/** A folded piece that is one word. */
const ONE_WORD = new RegExp(
  String.raw`^(?:[${BY_CHARACTER}]\p{M}*|[[\p{L}\p{N}\p{M}]--[${BY_CHARACTER}${BY_DICTIONARY}]]+)$`,
  'v',
);
/** Between pieces while they are folded, which changes nothing across it. */
const BETWEEN = '\n';

export function placedWordsOf(text: string): readonly Placed[] {
  const placed: Placed[] = [];
  if (isAscii(text)) {
    for (let start = asciiWordAt(text, 0); start < text.length;) {
      const end = asciiWordEnd(text, start);
      placed.push({ word: text.slice(start, end).toLowerCase(), start, end });
      start = asciiWordAt(text, end);
    }
    return placed;
  }
  const pieces = [...text.matchAll(PIECE)];
  const folded = fold(pieces.map(({ 0: piece }) => piece).join(BETWEEN)).split(BETWEEN);
  for (const [at, { 0: piece, index: start }] of pieces.entries()) {
    const word = folded[at] ?? '';
    const end = start + piece.length;
    // what folds to several words, such as ½ or what a dictionary cuts, is found as a whole
    if (word.length === 1 || ONE_WORD.test(word)) placed.push({ word, start, end });
    else for (const each of wordsOf(word)) placed.push({ word: each, start, end });
  }
  return placed;
}
