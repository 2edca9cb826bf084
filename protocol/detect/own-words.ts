/**
 * An organisation's own list of words and phrases, such as the names of its projects. Guarantees: whole words only, in
 * any script; case, width, composition and invisible characters make no difference, as in a search (search/words.ts);
 * time is linear in the text, for a phrase has a greatest length.
 */
import { accept, refuse, type Result } from '../errors/result.ts';
import {
  asciiWordAt,
  asciiWordEnd,
  BY_CHARACTER,
  BY_DICTIONARY,
  fold,
  isAscii,
  wordsOf,
} from '../search/words.ts';
import { foundIn, NOTHING, type Find, type Span } from './found.ts';
import { Plain } from './plain.ts';

/** A list is held in memory and looked up word by word. */
export const MAX_WORDS = 50_000;
/** Words in a phrase: each place of a text is compared with as many. */
export const MAX_PHRASE = 16;

export interface WordsOptions {
  /** The kind of all findings. */
  readonly kind?: string;
}

/** A word of a text, folded, and where it stands. */
interface Placed {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

/** The phrases that begin with the same words: what may follow, and whether one ends here. */
interface Branch {
  readonly next: Map<string, Branch>;
  ends: boolean;
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

/** Refuses (`policy.invalid`) an empty or too long list, and an entry without a word or of too many. */
export function wordsDetector(
  name: string,
  words: readonly string[],
  options: WordsOptions = {},
): Result<Find> {
  if (words.length === 0 || words.length > MAX_WORDS) {
    const message = `list ${name} has to hold 1 to ${String(MAX_WORDS)} words or phrases; split it in several`;
    return refuse('policy.invalid', message, { list: name, words: words.length });
  }
  const root: Branch = { next: new Map(), ends: false };
  for (const [at, phrase] of words.entries()) {
    const cut = wordsOf(phrase);
    if (cut.length === 0 || cut.length > MAX_PHRASE) {
      const message = `entry ${String(at + 1)} of list ${name} has to hold 1 to ${String(MAX_PHRASE)} words; shorten or remove it`;
      return refuse('policy.invalid', message, { list: name, entry: at + 1 });
    }
    plant(root, cut);
  }
  return accept((text) => {
    const spans = phrasesIn(placedWordsOf(text), root).map((span) => ({ kind: options.kind, ...span }));
    return foundIn(name, new Plain(text), spans);
  });
}

function plant(root: Branch, phrase: readonly string[]): void {
  let branch = root;
  for (const word of phrase) {
    const next = branch.next.get(word) ?? { next: new Map<string, Branch>(), ends: false };
    branch.next.set(word, next);
    branch = next;
  }
  branch.ends = true;
}

/** The longest phrase that begins at each word. */
function phrasesIn(words: readonly Placed[], root: Branch): readonly Span[] {
  let spans: Span[] | undefined;
  for (const [first, { word, start }] of words.entries()) {
    let branch = root.next.get(word);
    for (let at = first; branch !== undefined; at += 1) {
      const end = words[at]?.end ?? start;
      if (branch.ends) (spans ??= []).push({ start, end });
      branch = branch.next.get(words[at + 1]?.word ?? '');
    }
  }
  return spans ?? NOTHING;
}

function placedWordsOf(text: string): readonly Placed[] {
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
