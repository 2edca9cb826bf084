/** National numbers of Asia, Oceania and Africa; their standards are named in the README. */
import { digitAt, luhn, mod11And2, verhoeff, weighted } from '../checksums.ts';
import { words } from '../context.ts';
import { grouped, type Form } from '../forms.ts';
import { isDayOf } from './dates.ts';

const AADHAAR_NEAR = words('aadhaar', 'aadhar', 'adhar', 'UIDAI', 'आधार', 'ஆதார்', 'ఆధార్', 'আধার');

/** Not of one digit alone, not a palindrome (UIDAI), and Verhoeff's check digit. */
function aadhaar(digits: string): boolean {
  return /^[2-9]/.test(digits) && verhoeff(digits) && Array.from(digits).reverse().join('') !== digits;
}

function australian(digits: string): boolean {
  return Number(digits) > 0 && weighted(digits, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0;
}

/** GB 11643-1999: a date of birth with its century, ISO 7064 MOD 11-2. */
function chinese(compact: string): boolean {
  return (
    /^[1-9].{5}(?:19|20)/.test(compact) &&
    isDayOf(compact.slice(10, 12), compact.slice(12, 14)) &&
    mod11And2(compact)
  );
}

/** Since October 2020 the last six digits are drawn by lot, so date and first digit alone are checked. */
function korean(digits: string): boolean {
  return isDayOf(digits.slice(2, 4), digits.slice(4, 6)) && /^.{6}[1-8]/.test(digits);
}

function japanese(digits: string): boolean {
  const rest = weighted(digits, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
  return (rest <= 1 ? 0 : 11 - rest) === digitAt(digits, 11) && !/^0+$/.test(digits);
}

/** The letters of each series, as they have been worked out; 4 is added for those registered since 2000. */
const SINGAPOREAN: Readonly<Record<string, string>> = {
  S: 'JZIHGFEDCBA',
  T: 'JZIHGFEDCBA',
  F: 'XWUTRQPNMLK',
  G: 'XWUTRQPNMLK',
};

function singaporean(compact: string): boolean {
  const series = compact.charAt(0);
  const sum = weighted(compact.slice(1), [2, 7, 6, 5, 4, 3, 2]) + ('TG'.includes(series) ? 4 : 0);
  return SINGAPOREAN[series]?.charAt(sum % 11) === compact.at(-1);
}

/** One or two letters (a missing one counts as a space, 36), six digits, modulus 11. */
function hongKong(compact: string): boolean {
  const letters = Array.from(compact.slice(0, -7)).map((letter) => letter.charCodeAt(0) - 55);
  const [first = 36, second = 0] = letters.length === 1 ? [36, ...letters] : letters;
  const last = compact.at(-1) === 'A' ? 10 : digitAt(compact, -1);
  const sum = first * 9 + second * 8 + weighted(compact.slice(-7, -1), [7, 6, 5, 4, 3, 2]) + last;
  return sum % 11 === 0;
}

function israeli(digits: string): boolean {
  return Number(digits) > 0 && luhn(digits);
}

function southAfrican(digits: string): boolean {
  return isDayOf(digits.slice(2, 4), digits.slice(4, 6)) && /^.{10}[012]/.test(digits) && luhn(digits);
}

export const ASIA_PACIFIC: readonly Form[] = [
  { kind: 'IN', ...grouped(4, 4, 4), check: aadhaar, near: AADHAAR_NEAR },
  { kind: 'IN', heads: ['lettered'], source: '[A-Z]{3}[ABCFGHJLPT][A-Z]\\d{4}[A-Z]',
    near: words('PAN', 'permanent account', 'income tax', 'पैन') },
  { kind: 'AU', ...grouped(3, 3, 3), check: australian, near: words('TFN', 'TFNs', 'tax file') },
  { kind: 'CN', heads: [6, 14, 17, 18, 'lettered'], check: chinese, source: String.raw`\d{6}[ -]?\d{8}[ -]?\d{3}[\dX]` },
  { kind: 'KR', ...grouped(6, 7), check: korean, near: words('resident registration', 'RRN', '주민등록', '주민번호') },
  { kind: 'JP', ...grouped(4, 4, 4), check: japanese, near: words('my number', 'individual number', 'マイナンバー', '個人番号') },
  { kind: 'SG', heads: ['lettered'], source: '[STFG]\\d{7}[A-Z]', check: singaporean, near: words('NRIC', 'FIN') },
  { kind: 'HK', heads: ['lettered'], source: String.raw`[A-Z]{1,2}\d{6} ?\(?[\dA]\)?`, check: hongKong,
    near: words('HKID', 'hong kong id', '身份證', '身份证') },
  { kind: 'IL', ...grouped(9), check: israeli, near: words('teudat zehut', 'mispar zehut', 'תעודת זהות', 'מספר זהות') },
  { kind: 'ZA', ...grouped(6, 4, 2, 1), check: southAfrican, near: words('ID number', 'ID no', 'identiteitsnommer', 'RSA ID', 'south african id') },
]; // prettier-ignore
