/**
 * Numbers of patients and the insured, each by its country's own form and check digit, and always with a word near by:
 * they are nine to eleven characters long, as much else is. France's and others' are national numbers (national-id).
 */
import { digitAt, luhn, weighted } from './checksums.ts';
import { words } from './context.ts';
import { grouped, kindsOfForms, seekForms, type Form } from './forms.ts';

const NEAR_GB = words('NHS', 'CHI', 'patient', 'H&C number');
const NEAR_US = words('medicare', 'MBI', 'beneficiary', 'patient');
const NEAR_DE = words(
  'KVNR', 'KVNr', 'krankenversicher', 'krankenversicherten', 'versichertennummer', 'versicherten nr', 'krankenkasse',
  'gesundheitskarte', 'eGK', 'health insurance',
); // prettier-ignore
const NEAR_ONTARIO = words('OHIP', 'health card', 'ontario health', 'carte santé', 'HCN');
const NEAR_COLUMBIA = words('PHN', 'personal health', 'medical services plan', 'MSP', 'carecard');
const NEAR_NZ = words('NHI', 'national health index', 'patient', 'hospital');
const NEAR_BR = words('CNS', 'cartão nacional de saúde', 'cartão SUS', 'SUS', 'saúde');

/** Modulus 11, where ten is given to nobody (NHS Data Dictionary). */
function british(digits: string): boolean {
  const check = 11 - (weighted(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11);
  return !/^0+$/.test(digits) && (check === 11 ? 0 : check) === digitAt(digits, 9);
}

/** The letter counts as two digits; every second digit is doubled, and the digits of all are added (§ 290 SGB V). */
function german(compact: string): boolean {
  const letter = String(compact.charCodeAt(0) - 64).padStart(2, '0');
  const sum = Array.from(letter + compact.slice(1, 9)).reduce((total, digit, at) => {
    const value = Number(digit) * (1 + (at % 2));
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === digitAt(compact, 9);
}

function australian(digits: string): boolean {
  return /^[2-6]/.test(digits) && weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 === digitAt(digits, 8);
}

function ontarian(digits: string): boolean {
  return !digits.startsWith('0') && luhn(digits);
}

function columbian(digits: string): boolean {
  const check = 11 - (weighted(digits, [0, 2, 4, 8, 5, 10, 9, 7, 3]) % 11);
  return digits.startsWith('9') && check === digitAt(digits, 9);
}

/** Letters without I and O. */
const NEW_ZEALAND = 'ABCDEFGHJKLMNPQRSTUVWXYZ';

/** HISO 10046: the first form ends in a digit (modulus 11), the second, since 2019, in a letter (modulus 24). */
function newZealand(compact: string): boolean {
  let sum = 0;
  for (let at = 0; at < 6; at += 1) {
    const rank = NEW_ZEALAND.indexOf(compact.charAt(at));
    sum += (rank < 0 ? digitAt(compact, at) : rank + 1) * (7 - at);
  }
  if (/\d$/.test(compact)) return sum % 11 !== 0 && (11 - (sum % 11)) % 10 === digitAt(compact, 6);
  return NEW_ZEALAND.charAt(23 - (sum % 24)) === compact.at(-1);
}

function brazilian(digits: string): boolean {
  return (
    weighted(digits, [15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0 &&
    /^[12789]/.test(digits)
  );
}

/** Letters of a Medicare beneficiary identifier: none that looks like a digit (CMS). */
const MBI = 'AC-HJKMNPQRT-Y';

const FORMS: readonly Form[] = [
  { kind: 'GB', ...grouped(3, 3, 4), check: british, near: NEAR_GB },
  { kind: 'US', heads: ['lettered'], near: NEAR_US,
    source: `[1-9][${MBI}][${MBI}\\d]\\d-?[${MBI}][${MBI}\\d]\\d-?[${MBI}]{2}\\d{2}` },
  { kind: 'DE', heads: ['lettered'], source: '[A-Z] ?\\d{3} ?\\d{3} ?\\d{3}', check: german, near: NEAR_DE },
  { kind: 'AU', heads: [4, 9, 10, 11], source: String.raw`\d{4}[ -]?\d{5}[ -]?\d(?:[ /-]?[1-9])?`, check: australian,
    near: words('medicare', 'patient') },
  { kind: 'CA', ...grouped(4, 3, 3), check: ontarian, near: NEAR_ONTARIO },
  { kind: 'CA', ...grouped(4, 3, 3), check: columbian, near: NEAR_COLUMBIA },
  { kind: 'NZ', heads: ['lettered'], source: '[A-HJ-NP-Z]{3} ?(?:\\d{4}|\\d{2}[A-HJ-NP-Z]{2})', check: newZealand, near: NEAR_NZ },
  { kind: 'BR', ...grouped(3, 4, 4, 4), check: brazilian, near: NEAR_BR },
]; // prettier-ignore

export const HEALTH_NUMBER_KINDS: readonly string[] = kindsOfForms(FORMS);

export const seekHealthNumbers = seekForms(FORMS);
