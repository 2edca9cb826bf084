/**
 * The words of a text as they are indexed and searched for, in any script. Guarantees: how a word was typed (case, width,
 * composed or not, with invisible characters or Arabic vowel signs) makes no difference; a query is cut as the text was.
 */

/** Written without spaces, and cut by a dictionary (Unicode UAX 29, as Intl.Segmenter does). */
export const BY_DICTIONARY = String.raw`\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}`;

/**
 * Written without spaces, and cut into characters: a dictionary cuts 東京 out of 東京都 and not out of 東京都庁, so words
 * would be found in one text and not in the other. Each character is a word, and a query of several a phrase.
 */
export const BY_CHARACTER = String.raw`\p{sc=Han}\p{sc=Hira}\p{sc=Kana}ー`;

const PIECE = new RegExp(
  [
    String.raw`[${BY_CHARACTER}]\p{M}*`,
    String.raw`(?<cut>[${BY_DICTIONARY}][${BY_DICTIONARY}\p{M}]*)`,
    String.raw`[[\p{L}\p{N}\p{M}]--[${BY_CHARACTER}${BY_DICTIONARY}]]+`,
  ].join('|'),
  'gv',
);

/** What is written or left out at will: invisible characters, the Arabic tatweel and vowel signs. */
const OPTIONAL = /[\p{Default_Ignorable_Code_Point}\u0640\u064b-\u0652\u0670]/gu;

const ASCII = /^[\0-\x7f]*$/;
const ASCII_PIECE = /[a-z0-9]+/g;

const segmenter = new Intl.Segmenter('en', { granularity: 'word' });

/** Whether the words of a text are those that {@link asciiWordAt} and {@link asciiWordEnd} find: its runs of ASCII letters and digits. */
export function isAscii(text: string): boolean {
  return ASCII.test(text);
}

/** Where the next word of an ASCII text begins, from a place on; the text's length where there is none. */
export function asciiWordAt(text: string, from: number): number {
  let at = from;
  while (at < text.length && !isAsciiWord(text.charCodeAt(at))) at += 1;
  return at;
}

/** Where the word ends that stands at a place. */
export function asciiWordEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && isAsciiWord(text.charCodeAt(at))) at += 1;
  return at;
}

function isAsciiWord(code: number): boolean {
  const small = code | 0x20;
  return (small >= 0x61 && small <= 0x7a) || (code >= 0x30 && code <= 0x39);
}

/** The words of a text in their order, folded. */
export function wordsOf(text: string): string[] {
  const folded = fold(text);
  if (ASCII.test(folded)) return folded.match(ASCII_PIECE) ?? [];
  const words: string[] = [];
  for (const { 0: piece, groups } of folded.matchAll(PIECE)) {
    if (groups?.['cut'] === undefined) words.push(piece);
    else for (const { segment } of segmenter.segment(piece)) words.push(segment);
  }
  return words;
}

/** NFKC and full case folding (Unicode 3.13; ß is ss), without what is optional in writing. */
export function fold(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  const plain = text.normalize('NFKC').replace(OPTIONAL, '');
  // a final sigma is a sigma, and a Turkish capital İ an i
  const lower = plain.toUpperCase().toLowerCase().replaceAll('ς', 'σ').replaceAll('i\u0307', 'i');
  return lower.normalize('NFKC');
}
