/** National numbers of western and southern Europe; their standards are named in the README. */
import { digitAt, luhn, mod97, mod11And10, weighted } from '../checksums.ts';
import { words } from '../context.ts';
import { grouped, type Form } from '../forms.ts';
import { isDay } from './dates.ts';

const GB_NEAR = words('national insurance', 'NINO', 'NI number', 'NI no', 'HMRC', 'payroll');
const GB_PREFIX = '(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]';
const BE_NEAR = words(
  'rijksregister', 'registre national', 'nationalregister', 'numéro national', 'nationaal nummer', 'INSZ', 'NISS',
); // prettier-ignore
const ES_NEAR = words(
  'DNI',
  'NIF',
  'NIE',
  'documento nacional',
  'identidad',
  'extranjero',
  'identificación fiscal',
);

const SPANISH = 'TRWAGMYFPDXBNJZSQVHLCKE';

/** The letter that the digits leave, divided by 23 (Orden del Ministerio del Interior, 1990). */
function spanish(compact: string): boolean {
  const digits = compact.slice(0, -1).replace(/^[XYZ]/, (letter) => String('XYZ'.indexOf(letter)));
  return SPANISH.charAt(Number(digits) % 23) === compact.at(-1);
}

/** One digit twice or thrice among the first ten, and none leads with 0 (BZSt, since 2016). */
function german(digits: string): boolean {
  const counts = new Map<string, number>();
  for (const digit of digits.slice(0, -1)) counts.set(digit, (counts.get(digit) ?? 0) + 1);
  const repeated = [...counts.values()].filter((count) => count > 1);
  return !digits.startsWith('0') && repeated.length === 1 && (repeated[0] ?? 0) <= 3 && mod11And10(digits);
}

/** The key is 97 less the rest of the thirteen characters; Corsica's 2A and 2B count as 19 and 18. */
function french(compact: string): boolean {
  const number = compact.slice(0, 13).replace('2A', '19').replace('2B', '18');
  return 97 - mod97(number) === Number(compact.slice(13));
}

/** 97 less the rest of nine digits, before which those born since 2000 have a 2. */
function belgian(digits: string): boolean {
  const month = Number(digits.slice(2, 4)) % 20;
  const day = Number(digits.slice(4, 6));
  if (month > 12 || day > 31) return false;
  const check = Number(digits.slice(9));
  return [digits.slice(0, 9), `2${digits.slice(0, 9)}`].some((number) => 97 - mod97(number) === check);
}

function dutch(digits: string): boolean {
  return !/^0+$/.test(digits) && weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0;
}

/** The letters and digits at odd places count by this table, those at even places by their rank (D.M. 23/12/1976). */
const ITALIAN_ODD = [
  1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
];

function italian(compact: string): boolean {
  let sum = 0;
  for (let at = 0; at < 15; at += 1) {
    const code = compact.charCodeAt(at);
    const rank = code < 65 ? code - 48 : code - 65;
    sum += at % 2 === 0 ? (ITALIAN_ODD[rank] ?? 0) : rank;
  }
  return compact.charCodeAt(15) === 65 + (sum % 26);
}

/** EAN-13 (GS1 General Specifications, 7.9), as the Swiss AHV number has it. */
function ean(digits: string): boolean {
  return weighted(digits, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 === 0;
}

function austrian(digits: string): boolean {
  const sum = weighted(digits, [3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11;
  const month = Number(digits.slice(6, 8));
  return (
    sum === digitAt(digits, 3) && digitAt(digits, 0) > 0 && month <= 15 && Number(digits.slice(4, 6)) <= 31
  );
}

function portuguese(digits: string): boolean {
  const check = 11 - (weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2]) % 11);
  return /^(?:[123]|45)/.test(digits) && (check > 9 ? 0 : check) === digitAt(digits, 8);
}

function irish(compact: string): boolean {
  const second = compact.length === 9 ? compact.charCodeAt(8) - 64 : 0;
  const rest = (weighted(compact, [8, 7, 6, 5, 4, 3, 2]) + 9 * second) % 23;
  return compact[7] === 'WABCDEFGHIJKLMNOPQRSTUV'.charAt(rest);
}

function greek(digits: string): boolean {
  return isDay(Number(digits.slice(2, 4)), Number(digits.slice(0, 2))) && luhn(digits);
}

export const WESTERN_EUROPE: readonly Form[] = [
  { kind: 'GB', heads: ['lettered'], source: `${GB_PREFIX} \\d{2} \\d{2} \\d{2} [A-D]` },
  { kind: 'GB', heads: ['lettered'], source: `${GB_PREFIX}[ -]?\\d{2}[ -]?\\d{2}[ -]?\\d{2}[ -]?[A-D]`, near: GB_NEAR },
  { kind: 'DE', ...grouped(2, 3, 3, 3), check: german,
    near: words('steuer', 'IdNr', 'identifikationsnummer') },
  { kind: 'FR', heads: [1, 3, 5, 13, 15, 'lettered'], check: french,
    source: String.raw`[1278][ .-]?\d{2}[ .-]?\d{2}[ .-]?(?:\d{2}|2[AB])[ .-]?\d{3}[ .-]?\d{3}[ .-]?\d{2}` },
  { kind: 'ES', heads: [8, 'lettered', 2], source: String.raw`\d{2}\.?\d{3}\.?\d{3}[ -]?[A-Z]`, check: spanish, near: ES_NEAR },
  { kind: 'ES', heads: ['lettered'], source: String.raw`[XYZ][ -]?\d{7}[ -]?[A-Z]`, check: spanish, near: ES_NEAR },
  { kind: 'IT', heads: ['lettered'], check: italian,
    source: '[A-Z]{6} ?[\\dL-NP-V]{2}[A-EHLMPRST][\\dL-NP-V]{2} ?[A-Z][\\dL-NP-V]{3} ?[A-Z]' },
  { kind: 'NL', ...grouped(4, 2, 3), check: dutch, near: words('BSN', 'burgerservice', 'sofi', 'persoonsnummer') },
  { kind: 'NL', ...grouped(3, 3, 3), check: dutch, near: words('BSN', 'burgerservice', 'sofi', 'persoonsnummer') },
  { kind: 'BE', heads: [2], source: String.raw`\d{2}\.\d{2}\.\d{2}[ -]\d{3}\.\d{2}`, check: belgian },
  { kind: 'BE', ...grouped(2, 2, 2, 3, 2), check: belgian, near: BE_NEAR },
  { kind: 'CH', heads: [3], source: String.raw`756[. ]\d{4}[. ]\d{4}[. ]\d{2}`, check: ean },
  { kind: 'CH', heads: [13], source: String.raw`756\d{10}`, check: ean,
    near: words('AHV', 'AVS', 'OASI', 'NAVS', 'versichertennummer', 'assuré', 'assicurato') },
  { kind: 'AT', ...grouped(4, 6), check: austrian,
    near: words('sozialversicherung', 'SVNR', 'SV Nummer', 'SV Nr', 'versicherungsnummer') },
  { kind: 'PT', ...grouped(3, 3, 3), check: portuguese, near: words('NIF', 'contribuinte', 'identificação fiscal') },
  { kind: 'IE', heads: ['lettered', 7], source: '\\d{7} ?[A-W][A-IW]?', check: irish,
    near: words('PPS', 'PPSN', 'personal public service', 'uimhir phearsanta') },
  { kind: 'GR', ...grouped(6, 5), check: greek, near: words('AMKA', 'ΑΜΚΑ', 'κοινωνικής ασφάλισης') },
]; // prettier-ignore
