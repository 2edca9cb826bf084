/**
 * International bank account numbers (ISO 13616): a country's length and layout, which ibantools lists from the IBAN
 * registry, and the check digits of ISO/IEC 7064. Written in one piece or in groups of one length, in either case.
 */
import { getCountrySpecifications } from 'ibantools';
import { mod97 } from './checksums.ts';
import { NOTHING, type Seek, type Span } from './found.ts';

interface Layout {
  readonly length: number;
  /** Of what follows the country and the check digits; the registry's layouts have fixed lengths. */
  readonly account: RegExp;
}

const LAYOUTS = new Map(
  Object.entries(getCountrySpecifications()).flatMap(([country, { chars, bban_regexp: account }]) =>
    chars === null || account === null
      ? []
      : [[country, { length: chars, account: new RegExp(account) } satisfies Layout] as const],
  ),
);

export const IBAN_KINDS: readonly string[] = [...LAYOUTS.keys()];

/** One, and where a line was broken, the break besides. */
const SEPARATORS = /[ .-]?\r?\n|[ .-]/g;
const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

const HEAD = /(?<![\dA-Z_])[A-Z]{2} ?\d{2}/gi;

export const seekIbans: Seek = ({ text }) => {
  const spans: Span[] = [];
  for (const { 0: head, index } of text.matchAll(HEAD)) {
    const country = head.slice(0, 2).toUpperCase();
    const layout = LAYOUTS.get(country);
    const end = layout === undefined ? 0 : endOf(text, index, layout);
    if (end > 0) spans.push({ kind: country, start: index, end });
  }
  return spans.length === 0 ? NOTHING : spans;
};

/** Where the number ends that begins here; 0 where none does. */
function endOf(text: string, start: number, { length, account }: Layout): number {
  let at = start;
  for (let left = length, separated = false; left > 0; at += 1) {
    const code = text.charCodeAt(at);
    if (isCharacter(code)) left -= 1;
    else if (separated ? !isBreak(code) || text.charCodeAt(at - 1) === NEWLINE : !isSeparator(code)) return 0;
    separated = !isCharacter(code);
  }
  if (isCharacter(text.charCodeAt(at))) return 0;
  const written = text.slice(start, at);
  if (!isEven(written)) return 0;
  const compact = written.replace(SEPARATORS, '').toUpperCase();
  const isAccount = account.test(compact.slice(4)) && mod97(compact.slice(4) + compact.slice(0, 4)) === 1;
  return isAccount ? at : 0;
}

/** Letters of one case or a capital before small ones, and groups as long as each other, but for the first and last: words are not. */
function isEven(written: string): boolean {
  const rest = written.slice(1);
  if (written !== written.toUpperCase() && rest !== rest.toLowerCase()) return false;
  const groups = written.split(SEPARATORS).slice(1, -1);
  return groups.every(({ length }) => length === groups[0]?.length);
}

function isCharacter(code: number): boolean {
  const small = code | 0x20;
  return (small >= 97 && small <= 122) || (code >= 48 && code <= 57);
}

/** A space, a hyphen, a point, or what breaks a line. */
function isSeparator(code: number): boolean {
  return code === 32 || code === 45 || code === 46 || isBreak(code);
}

function isBreak(code: number): boolean {
  return code === NEWLINE || code === CARRIAGE_RETURN;
}
