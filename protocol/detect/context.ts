/**
 * The words near a number that tell what it is, where its check digit alone does not: nine digits of which one is a
 * check digit are found in every tenth order number.
 */

/** How far, in characters, such a word may stand before or after. */
const NEAR = 40;
/** Longer than any mark that mask.ts writes. */
const MARK_LENGTH = 80;
const MARK = /\[[^[\]\n]{1,70} removed\]/g;

/** Words this short are matched whole: SIN is no since, NI no night. */
const SHORT = 5;

/**
 * Finds any of the words, whatever their case; a longer word may go on (Ausweis finds Ausweisnummer), and a space in it
 * stands for any one separator or none.
 */
export function words(...list: readonly string[]): RegExp {
  const alternatives = list.map((word) => {
    const source = word.replaceAll(' ', String.raw`[\s_.\-]?`);
    if (!/^[\p{sc=Latn}\p{sc=Grek}\p{sc=Cyrl}\s-]+$/u.test(word)) return source;
    return word.length <= SHORT ? `${source}(?!\\p{L})` : source;
  });
  const latin = alternatives.filter((_, at) => /^[\p{sc=Latn}\p{sc=Grek}\p{sc=Cyrl}]/u.test(list[at] ?? ''));
  const other = alternatives.filter((source) => !latin.includes(source));
  return new RegExp([`(?<!\\p{L})(?:${latin.join('|')})`, ...other].join('|'), 'iu');
}

/** Whether one of the words stands near a span of a plain text, marks of what was removed left out. */
export function isNear(text: string, start: number, end: number, of: RegExp): boolean {
  const before = unmarked(text.slice(Math.max(0, start - NEAR - MARK_LENGTH), start)).slice(-NEAR);
  if (of.test(before)) return true;
  return of.test(unmarked(text.slice(end, end + NEAR + MARK_LENGTH)).slice(0, NEAR));
}

function unmarked(text: string): string {
  return text.includes(' removed]') ? text.replace(MARK, ({ length }) => ' '.repeat(length)) : text;
}
