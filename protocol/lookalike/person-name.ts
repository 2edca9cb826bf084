/** The forms in which names of people are compared: by their look, whatever their case, order, accents and punctuation. */
import { skeleton, withoutAccents } from './skeleton.ts';

/** Characters of a name that are looked at. */
const MAX_NAME = 512;

/** Whole names are written without a space in these. */
const UNSPACED =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Thai}\p{scx=Khmer}\p{scx=Lao}]/u;

/** What stands with a name and is none of its words. */
const TITLES = new Set(
  'dr prof professor mr mrs ms miss mx sir herr frau dipl mag phd md mba llm llb msc bsc cpa esq jr sr'.split(
    ' ',
  ),
);

/** What sets a name apart from the firm or the place after it. */
const APART = /\s[|/·•–—@-]\s|\s(?:via|at|from)\s|,\s/;

/** Umlauts as they are written without: Juergen is Jürgen. An e at the end of a word is none, as of Joe. */
const UMLAUT = /([aou])e(?=\p{L})/gu;

const APOSTROPHES = /(?<=\p{L})['’‘ʼ`´](?=\p{L})/gu;

const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;

/** What is said of a name in brackets: the firm, or the place. */
const IN_BRACKETS = /\([^()]*\)|\[[^[\]]*\]/g;

/**
 * Keys of a name; two names with a key in common look alike. Two keys, for a skeleton before folding case sees that `I`
 * is like `l`, and one after it that `А` is like `a`. None for a name without letters.
 */
export function nameKeys(name: string): readonly string[] {
  const words = wordsOf(name);
  if (words.length === 0) return [];
  const folded = words.map((word) => skeleton(inAscii(word.toLowerCase())).toLowerCase());
  const written = words.map((word) => skeleton(word));
  return [...new Set([`f ${folded.sort().join(' ')}`, `w ${written.sort().join(' ')}`])];
}

/** The keys of a name as it stands, without what it says in brackets, and of each full name in it that is set apart. */
export function keysOfShown(name: string): readonly string[] {
  const bare = name.slice(0, MAX_NAME).replace(IN_BRACKETS, ' ');
  const parts = bare.split(APART).filter(isFullName);
  return [...new Set([name, bare, ...parts].flatMap(nameKeys))];
}

/** Whether the name tells who is meant: of two words that are no initials, or of a script that sets no spaces. */
export function isFullName(name: string): boolean {
  const words = wordsOf(name).filter((word) => Array.from(word).length > 1);
  return words.length > 1 || words.some((word) => UNSPACED.test(word));
}

/** Whether a local part is somebody's own: a full name, or no word of the name of who has it, as `asmith` is none. */
export function isDistinct(local: string, name: string): boolean {
  if (isFullName(local)) return true;
  const words = new Set(wordsOf(name).flatMap(nameKeys));
  return !nameKeys(local).some((key) => words.has(key));
}

/** Whether two names are the same without any disguise: letter by letter, case and accents aside. */
export function isSamePlainly(one: string, other: string): boolean {
  return plain(one) === plain(other);
}

export function addressParts(address: string): { local: string; domain: string } {
  const at = address.lastIndexOf('@');
  return { local: address.slice(0, Math.max(at, 0)), domain: address.slice(at + 1) };
}

function plain(name: string): string {
  return wordsOf(name)
    .map((word) => word.toLowerCase())
    .sort()
    .join(' ');
}

function inAscii(word: string): string {
  return word.replaceAll('ß', 'ss').replace(UMLAUT, '$1');
}

/** Without titles, where more than a title and a word is left. */
function wordsOf(name: string): string[] {
  const visible = name.slice(0, MAX_NAME).normalize('NFKC').replace(INVISIBLE, '').replace(APOSTROPHES, '');
  const words = withoutAccents(visible).match(/[\p{L}\p{M}\p{N}|]+/gu) ?? [];
  const named = words.filter((word) => !TITLES.has(word.toLowerCase()));
  return named.length > 1 ? named : words;
}
