/** Where a link in running text ends: before the punctuation of the sentence around it. */

/** What ends a sentence, or marks words up, rather than a URL; characters that show nothing end none. */
const TRAILING = /[.,:;!?'*_~…’。，！？、：；\p{Default_Ignorable_Code_Point}]/u;

const CLOSING: Readonly<Record<string, string>> = {
  ')': '(',
  ']': '[',
  '}': '{',
  '）': '（',
  '】': '【',
  '」': '「',
  '』': '『',
  '》': '《',
};

/** The end without trailing punctuation, and without brackets that were opened before the start. */
export function visibleEnd(text: string, start: number, end: number): number {
  const surplus = new Map<string, number>();
  let at = end;
  for (; at > start; at--) {
    const last = text[at - 1] ?? '';
    if (TRAILING.test(last)) continue;
    const opening = CLOSING[last];
    if (opening === undefined) break;
    const more = surplus.get(last) ?? count(text, last, start, at) - count(text, opening, start, at);
    if (more <= 0) break;
    surplus.set(last, more - 1);
  }
  return at;
}

function count(text: string, character: string, start: number, end: number): number {
  let found = 0;
  for (let at = text.indexOf(character, start); at >= 0 && at < end; at = text.indexOf(character, at + 1))
    found++;
  return found;
}
