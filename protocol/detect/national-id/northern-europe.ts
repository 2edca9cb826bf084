/** National numbers of northern and eastern Europe and Türkiye; their standards are named in the README. */
import { digitAt, luhn, mod11And10, weighted } from '../checksums.ts';
import { words } from '../context.ts';
import { grouped, type Form } from '../forms.ts';
import { isDay, isDayOf } from './dates.ts';

const SE_NEAR = words('personnummer', 'personnr', 'samordningsnummer', 'swedish id');
const CZ_NEAR = words('rodné číslo', 'rodne cislo', 'rodného čísla', 'birth number', 'RČ');

/** Luhn over the last ten; a coordination number has 60 added to its day. */
function swedish(compact: string): boolean {
  const digits = compact.replace('+', '').slice(-10);
  return isDay(Number(digits.slice(2, 4)), Number(digits.slice(4, 6)) % 60) && luhn(digits);
}

const FINNISH = '0123456789ABCDEFHJKLMNPRSTUVWXY';

/** Date, sign of the century and number; the nine digits leave the last character, divided by 31. */
function finnish(compact: string): boolean {
  const bare = compact.replace('+', '');
  const number = bare.slice(0, 6) + bare.slice(-4, -1);
  const inOrder = isDayOf(bare.slice(2, 4), bare.slice(0, 2)) && Number(bare.slice(-4, -1)) >= 2;
  return inOrder && FINNISH.charAt(Number(number) % 31) === bare.at(-1);
}

/** Since 2007 numbers are given out that do not meet the old modulus 11, so the date alone is checked. */
function danish(digits: string): boolean {
  return isDayOf(digits.slice(2, 4), digits.slice(0, 2));
}

/** Two check digits, each modulus 11; a D number has 40 added to its day. */
function norwegian(digits: string): boolean {
  const day = Number(digits.slice(0, 2));
  if (!isDay(Number(digits.slice(2, 4)) % 40, day > 40 ? day - 40 : day)) return false;
  return (
    weighted(digits, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11 === 0 &&
    weighted(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0
  );
}

/** The month tells the century: 20 added for the 2000s, 80 for the 1800s. */
function polish(digits: string): boolean {
  const dated = isDay(Number(digits.slice(2, 4)) % 20, Number(digits.slice(4, 6)));
  return dated && weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0;
}

/** Divisible by 11 (before 1985 a rest of ten was written as 0); women have 50 added to the month, and 20 is added when a day's numbers ran out. */
function czech(digits: string): boolean {
  const month = (Number(digits.slice(2, 4)) % 50) % 20;
  if (!isDay(month, Number(digits.slice(4, 6)))) return false;
  const rest = Number(digits.slice(0, 9)) % 11;
  return (rest === 10 ? 0 : rest) === digitAt(digits, 9);
}

function romanian(digits: string): boolean {
  const rest = weighted(digits, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
  return (
    digits[0] !== '0' &&
    isDayOf(digits.slice(3, 5), digits.slice(5, 7)) &&
    (rest === 10 ? 1 : rest) === digitAt(digits, 12)
  );
}

/** The month has 20 added for the 1800s and 40 for the 2000s. */
function bulgarian(digits: string): boolean {
  const rest = weighted(digits, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11;
  return (
    isDay(Number(digits.slice(2, 4)) % 20, Number(digits.slice(4, 6))) && rest % 10 === digitAt(digits, 9)
  );
}

/** Estonia and Lithuania have the same number: modulus 11 by one row of weights, or by a second one. */
function baltic(digits: string): boolean {
  if (!/^[1-8]/.test(digits) || !isDayOf(digits.slice(3, 5), digits.slice(5, 7))) return false;
  const first = weighted(digits, [1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
  const second = weighted(digits, [3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11;
  return (first < 10 ? first : second % 10) === digitAt(digits, 10);
}

function turkish(digits: string): boolean {
  const odd = weighted(digits, [1, 0, 1, 0, 1, 0, 1, 0, 1]);
  const even = weighted(digits, [0, 1, 0, 1, 0, 1, 0, 1]);
  const tenth = (((7 * odd - even) % 10) + 10) % 10;
  return (
    digits[0] !== '0' && tenth === digitAt(digits, 9) && (odd + even + tenth) % 10 === digitAt(digits, 10)
  );
}

export const NORTHERN_EUROPE: readonly Form[] = [
  { kind: 'SE', heads: [6, 10], source: String.raw`\d{6}[-+ ]?\d{4}`, check: swedish, near: SE_NEAR },
  { kind: 'SE', heads: [8, 12], source: String.raw`(?:19|20)\d{6}[-+ ]?\d{4}`, check: swedish, near: SE_NEAR },
  { kind: 'FI', heads: [6, 'lettered'], source: String.raw`\d{6}[-+A-FU-Y]\d{3}[\dA-FHJ-NPR-Y]`, check: finnish },
  { kind: 'DK', ...grouped(6, 4), check: danish, near: words('CPR', 'personnummer', 'cpr nummer') },
  { kind: 'NO', ...grouped(6, 5), check: norwegian, near: words('fødselsnummer', 'fodselsnummer', 'personnummer', 'D nummer', 'fnr') },
  { kind: 'PL', ...grouped(6, 5), check: polish, near: words('PESEL', 'numer ewidencyjny', 'dowód') },
  { kind: 'CZ', heads: [6, 10], source: String.raw`\d{6}[/ ]?\d{4}`, check: czech, near: CZ_NEAR },
  { kind: 'RO', ...grouped(1, 6, 6), check: romanian, near: words('CNP', 'cod numeric personal', 'codul numeric') },
  { kind: 'BG', ...grouped(6, 4), check: bulgarian, near: words('ЕГН', 'EGN', 'единен граждански номер') },
  { kind: 'EE', ...grouped(11), check: baltic, near: words('isikukood') },
  { kind: 'LT', ...grouped(11), check: baltic, near: words('asmens kodas', 'asmens kodą', 'asmens kodo') },
  { kind: 'HR', ...grouped(11), check: mod11And10, near: words('OIB', 'osobni identifikacijski') },
  { kind: 'TR', ...grouped(3, 3, 3, 2), check: turkish, near: words('TC kimlik', 'kimlik no', 'TCKN', 'kimlik numarası') },
]; // prettier-ignore
