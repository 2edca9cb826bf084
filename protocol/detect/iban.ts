/**
 * International bank account numbers (ISO 13616): a country's length and layout, which ibantools lists from the IBAN
 * registry, and the check digits of ISO/IEC 7064. Written in one piece or in groups of any length, in either case.
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

const HEAD = /(?<![\dA-Z_])[A-Z]{2} ?\d{2}/gi;
const CHARACTER = /[\dA-Z]/i;
const SEPARATOR = /[ .-]/;

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
  let compact = '';
  let at = start;
  for (; compact.length < length; at += 1) {
    const character = text.charAt(at);
    if (CHARACTER.test(character)) compact += character;
    else if (!SEPARATOR.test(character) || SEPARATOR.test(text.charAt(at - 1))) return 0;
  }
  if (/[\dA-Z_]/i.test(text.charAt(at))) return 0;
  compact = compact.toUpperCase();
  return account.test(compact.slice(4)) && mod97(compact.slice(4) + compact.slice(0, 4)) === 1 ? at : 0;
}
