/**
 * Links that are written `[shown](target)`, and images `![shown](target)`, a little more freely than CommonMark has them:
 * what some client might take for a link is one. Guarantees: one pass; the parts of links overlap nowhere, except that a
 * link can show an image.
 */

export interface MarkdownLink {
  readonly start: number;
  readonly end: number;
  readonly shown: string;
  /** Where the shown text ends: the target stands between here and the end. */
  readonly shownEnd: number;
  readonly target: string;
}

interface Bracket {
  readonly at: number;
  readonly isImage: boolean;
}

interface Parenthesis {
  readonly at: number;
  /** The bracket of the shown text that ends right before; undefined for any other parenthesis. */
  readonly shown: Bracket | undefined;
}

/** References to characters that can hide a scheme or a host from who reads the raw text (CommonMark, section 2.5). */
const NAMED: Readonly<Record<string, string>> = {
  colon: ':',
  sol: '/',
  bsol: '\\',
  period: '.',
  commat: '@',
  quest: '?',
  num: '#',
  amp: '&',
  Tab: '\t',
  NewLine: '\n',
};

const MARK = /\\.|\n[ \t]*\n|\]\(<[^<>\n]*>|\]\(|[[\]()]/gs;

/** The Markdown links of a text, in the order in which they end. */
export function markdownLinks(text: string): MarkdownLink[] {
  const found: MarkdownLink[] = [];
  let brackets: Bracket[] = [];
  let parentheses: Parenthesis[] = [];
  for (const { 0: mark, index } of text.matchAll(MARK)) {
    if (mark.startsWith('\n')) [brackets, parentheses] = [[], []];
    else if (mark === '[') brackets.push({ at: index, isImage: text[index - 1] === '!' });
    else if (mark === '(') parentheses.push({ at: index, shown: undefined });
    else if (mark === ']') brackets.pop();
    else if (mark.startsWith('](')) parentheses.push({ at: index + 1, shown: brackets.pop() });
    else if (mark === ')') {
      const opened = parentheses.pop();
      if (opened?.shown === undefined) continue;
      found.push(linkOf(text, opened.shown, opened.at, index));
      parentheses = [];
      // no link within a link; an image can be what a link shows
      if (!opened.shown.isImage || brackets.at(-1)?.isImage === true) brackets = [];
    }
  }
  return found;
}

function linkOf(text: string, shown: Bracket, opening: number, closing: number): MarkdownLink {
  return {
    start: shown.isImage ? shown.at - 1 : shown.at,
    end: closing + 1,
    shown: text.slice(shown.at + 1, opening - 1),
    shownEnd: opening - 1,
    target: destination(text.slice(opening + 1, closing).trimStart()),
  };
}

/** The destination without its title, with escapes and references to characters resolved. */
function destination(text: string): string {
  const written = /^<([^<>\n]*)>/.exec(text)?.[1] ?? /^\S*/.exec(text)?.[0] ?? '';
  return written
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    .replace(
      /&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|(\w{1,8}));/g,
      (whole, decimal?: string, hex?: string, name?: string) => {
        if (name !== undefined) return NAMED[name] ?? whole;
        const point = decimal === undefined ? parseInt(hex ?? '', 16) : parseInt(decimal, 10);
        return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : whole;
      },
    );
}
