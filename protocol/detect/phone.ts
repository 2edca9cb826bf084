/**
 * Telephone numbers: international ones (ITU-T E.164) by their country's numbering plan, as libphonenumber has it, those
 * of North America as they are usually written, and others near a word for telephone. The library's own search takes a
 * second for 64 KB of hostile text, so only its plans are used here.
 */
import metadata from 'libphonenumber-js/min/metadata';
import { words } from './context.ts';
import { seekForms } from './forms.ts';
import type { Seek, Span } from './found.ts';

/** A calling code's countries, each with the expression that a national number meets. */
interface Plan {
  readonly country: string;
  readonly number: RegExp;
}

/** Where a plan of the minified metadata (version 4) has its expression; they repeat nothing without a bound. */
const NATIONAL_NUMBER = 2;

const PLANS: ReadonlyMap<string, readonly Plan[]> = new Map(
  Object.entries(metadata.country_calling_codes).map(([code, countries]) => [
    code,
    countries.map((country) => ({
      country,
      number: new RegExp(`^(?:${String(metadata.countries[country]?.[NATIONAL_NUMBER])})$`),
    })),
  ]),
);

export const PHONE_KINDS: readonly string[] = Object.values(metadata.country_calling_codes).flat();

const MAX_CALLING_CODE = 3;
const NORTH_AMERICA = '1';

/** E.164, 6.1: at most 15 digits; shorter ones than seven are no one's with a country's code. */
const MIN_DIGITS = 7;
const INTERNATIONAL = /(?<![\w+])\+ ?\(?\d(?:[ ./()-]{0,3}\d){6,15}/g;
const TRUNK = /\(0\)/;
const LAST_GROUP = /[ ./()-]+\d+$/;

const NEAR = words(
  'phone', 'telephone', 'tel', 'mobile', 'cell', 'cellphone', 'fax', 'whatsapp', 'signal', 'call me', 'call us', 'call my', 'ring me', 'text me',
  'reach me', 'telefon', 'mobil', 'handy', 'rufnummer', 'durchwahl', 'téléphone', 'portable', 'teléfono', 'móvil', 'celular', 'cellulare',
  'telemóvel', 'telefone', 'telefoon', 'puhelin', 'gsm', 'тел', 'телефон', 'τηλέφωνο', '电话', '電話', '手机', '携帯', '전화', 'هاتف', 'טלפון',
); // prettier-ignore

/** A date of three groups, which may begin a run of digits. */
const NO_DATE = String.raw`(?!\d{4}[-./]\d\d?[-./]\d|\d\d?[-./]\d\d?[-./]\d{2,4}(?![-./ ]?\d))`;

const seekNational = seekForms([
  { kind: 'US', heads: [1, 3], source: String.raw`(?:1[ .-])?\d{3}(?:\) ?|[ .-])\d{3}[.-]\d{4}`,
    check: (digits) => planOf(NORTH_AMERICA, digits.slice(-10)) !== undefined },
  { heads: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13], near: NEAR,
    source: String.raw`${NO_DATE}\d(?:[ ./()-]{0,2}\d){6,12}` },
]); // prettier-ignore

export const seekPhones: Seek = (plain) => {
  const spans: Span[] = [...seekNational(plain)];
  if (!plain.text.includes('+')) return spans;
  for (const { 0: match, index } of plain.text.matchAll(INTERNATIONAL)) {
    const span = internationalAt(match, index);
    if (span !== undefined) spans.push(span);
  }
  return spans;
};

/** The number that begins here, with as many of the groups of digits after it as make one. */
function internationalAt(match: string, start: number): Span | undefined {
  const code = callingCodeOf(match);
  for (let rest = match; code !== undefined; rest = shortened(rest)) {
    const digits = rest.replace(TRUNK, '').replace(/\D/g, '');
    if (digits.length < MIN_DIGITS) return undefined;
    const plan = planOf(code, digits.slice(code.length));
    if (plan !== undefined) return { kind: plan.country, start, end: start + rest.length };
  }
  return undefined;
}

/** No calling code begins another one. */
function callingCodeOf(match: string): string | undefined {
  const digits = match.slice(0, 2 * MAX_CALLING_CODE + 2).replace(/\D/g, '');
  return [1, 2, MAX_CALLING_CODE].map((length) => digits.slice(0, length)).find((code) => PLANS.has(code));
}

function shortened(match: string): string {
  return LAST_GROUP.test(match) ? match.replace(LAST_GROUP, '') : '';
}

/** The first country with the calling code that gives out such a number. */
function planOf(code: string, number: string): Plan | undefined {
  return PLANS.get(code)?.find((plan) => plan.number.test(number));
}
