/** National numbers of the Americas; their standards are named in the README. */
import { digitAt, luhn, weighted } from '../checksums.ts';
import { words } from '../context.ts';
import { grouped, type Form } from '../forms.ts';
import { isDayOf } from './dates.ts';

const US_NEAR = words(
  'SSN',
  'SSNs',
  'social security',
  'social sec',
  'soc sec',
  'SS #',
  'SS no',
  'seguro social',
  'ITIN',
  'W-2',
  'W-9',
  'W-7',
);
const BR_NEAR = words('CPF', 'cadastro de pessoa', 'receita federal');

/** Numbers that were printed in advertisements, and so never given out (SSA). */
const PRINTED = new Set(['078051120', '219099999', '457555462']);

/** A social security number (SSA, POMS RM 10201): no area 000, 666 or from 900, no group 00, no serial 0000. */
function social(digits: string): boolean {
  return !/^(?:000|666|9|...00|.....0000)/.test(digits) && !PRINTED.has(digits);
}

/** A taxpayer's number begins with 9, and its group is 50 to 65, 70 to 88, 90 to 92 or 94 to 99 (IRS). */
function taxpayer(digits: string): boolean {
  return /^9\d\d(?:5\d|6[0-5]|7\d|8[0-8]|9[0-24-9])/.test(digits);
}

function canadian(digits: string): boolean {
  return /^[0-79]/.test(digits) && Number(digits) > 0 && luhn(digits);
}

/** Two check digits, each modulus 11, where ten is 0 (Receita Federal). */
function brazilian(digits: string): boolean {
  if (/^(\d)\1*$/.test(digits)) return false;
  const first = weighted(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]);
  const second = weighted(digits, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
  return ((first * 10) % 11) % 10 === digitAt(digits, 9) && ((second * 10) % 11) % 10 === digitAt(digits, 10);
}

const MEXICAN = '0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ';

/** CURP (RENAPO): a date of birth, and a check digit over the ranks of 17 characters. */
function mexican(compact: string): boolean {
  let sum = 0;
  for (let at = 0; at < 17; at += 1) sum += MEXICAN.indexOf(compact.charAt(at)) * (18 - at);
  return (
    isDayOf(compact.slice(6, 8), compact.slice(8, 10)) && (10 - (sum % 10)) % 10 === digitAt(compact, 17)
  );
}

/** RUN and RUT: weights 2 to 7 from the right, K for ten. */
function chilean(compact: string): boolean {
  const digits = compact.slice(0, -1).padStart(8, '0');
  const check = 11 - (weighted(digits, [3, 2, 7, 6, 5, 4, 3, 2]) % 11);
  return '0123456789K0'.charAt(check) === compact.at(-1) && Number(digits) > 0;
}

/** CUIT and CUIL of persons (AFIP). */
function argentine(digits: string): boolean {
  const check = 11 - (weighted(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11);
  return /^2[03467]/.test(digits) && (check === 11 ? 0 : check) === digitAt(digits, 10);
}

export const AMERICAS: readonly Form[] = [
  { kind: 'US', ...grouped(3, 2, 4), check: social, near: US_NEAR },
  { kind: 'US', ...grouped(3, 2, 4), check: taxpayer, near: US_NEAR },
  { kind: 'CA', ...grouped(3, 3, 3), check: canadian,
    near: words('SIN', 'social insurance', 'numéro d’assurance sociale', "numéro d'assurance sociale", 'assurance sociale') },
  { kind: 'BR', heads: [3], source: String.raw`\d{3}\.\d{3}\.\d{3}-\d{2}`, check: brazilian },
  { kind: 'BR', ...grouped(3, 3, 3, 2), check: brazilian, near: BR_NEAR },
  { kind: 'MX', heads: ['lettered'], check: mexican,
    source: '[A-Z][AEIOUX][A-Z]{2}\\d{6}[HMX][A-Z]{2}[B-DF-HJ-NP-TV-Z]{3}[A-Z\\d]\\d' },
  { kind: 'CL', heads: [1, 2, 7, 8], source: String.raw`\d{1,2}\.?\d{3}\.?\d{3}-[\dK]`, check: chilean,
    near: words('RUT', 'rol único', 'cédula') },
  { kind: 'AR', ...grouped(2, 8, 1), check: argentine, near: words('CUIL', 'CUIT', 'identificación laboral', 'clave única') },
]; // prettier-ignore
