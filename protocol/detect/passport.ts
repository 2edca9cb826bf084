/**
 * Passport numbers, which have no check digit that the number itself shows, and so are found near a word for passport
 * only; and the second line of a passport's machine-readable zone (ICAO 9303-4), which is known by its check digits.
 */
import { icaoCheck } from './checksums.ts';
import { words } from './context.ts';
import { kindsOfForms, seekForms, type Form } from './forms.ts';

const NEAR = words(
  'passport', 'reisepass', 'reisepaß', 'passnummer', 'pass nr', 'pass no', 'passeport', 'pasaporte', 'passaporto', 'passaporte',
  'paspoort', 'paszport', 'cestovní pas', 'cestovný pas', 'pasnummer', 'passin numero', 'útlevél', 'pasaport', 'pașaport', 'putovnica',
  'паспорт', 'διαβατήριο', 'διαβατηρίου', '护照', '護照', 'パスポート', '旅券', '여권', 'جواز', 'דרכון', 'पासपोर्ट',
); // prettier-ignore

/** Eight digits may be a date in one of its orders, with four digits for a year of 1900 to 2099. */
const NO_DATE = String.raw`(?!(?:19|20)\d\d[01]\d[0-3]\d(?!\d)|[0-3]\d[0-3]\d(?:19|20)\d\d(?!\d))`;

/** Line 2 of TD3: the check digits of the number, of both dates and of all of it. */
function machineReadable(line: string): boolean {
  return (
    [0, 13, 21].every((start) => {
      const end = start === 0 ? 9 : start + 6;
      return icaoCheck(line.slice(start, end)) === Number(line[end]);
    }) && icaoCheck(line.slice(0, 10) + line.slice(13, 20) + line.slice(21, 43)) === Number(line[43])
  );
}

const FORMS: readonly Form[] = [
  { kind: 'MRZ', heads: [6, 7, 8, 9, 'lettered'], check: machineReadable,
    source: String.raw`[A-Z\d<]{9}\d[A-Z<]{3}\d{6}\d[MFX<]\d{6}\d[A-Z\d<]{14}[\d<]\d` },
  { kind: 'DE', heads: ['lettered'], near: NEAR, source: '[CFGHJK][CFGHJKLMNPRTVWXYZ\\d]{8}(?:\\dD?)?',
    check: (number) => number.length === 9 || icaoCheck(number.slice(0, 9)) === Number(number[9]) },
  { kind: 'FR', heads: ['lettered'], near: NEAR, source: '\\d{2}[A-Z]{2}\\d{5}' },
  { kind: 'NL', heads: ['lettered'], near: NEAR, source: '[A-NP-Z]{2}[A-NP-Z\\d]{6}\\d' },
  { kind: 'RU', heads: [2, 4], near: NEAR, source: String.raw`\d{2} ?\d{2} \d{6}` },
  // one to three letters and digits (AU, BR, CA, CH, CN, ES, IN, IT, JP, PL, US, …), or digits alone (GB, US, SE, …)
  { heads: ['lettered'], near: NEAR, source: String.raw`[A-Z]{1,3}[ -]?\d{6,8}` },
  { heads: [3, 8, 9], near: NEAR, source: String.raw`${NO_DATE}(?:\d{8,9}|\d{3} \d{3} \d{3})` },
]; // prettier-ignore

export const PASSPORT_KINDS: readonly string[] = kindsOfForms(FORMS);

export const seekPassports = seekForms(FORMS);
