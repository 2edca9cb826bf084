import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { getCountryCallingCode, parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js';
import { detector } from '../../../protocol/detect/index.ts';

const find = detector('phone');

/** Of each country, the mobile number that Google's libphonenumber gives as an example. */
const EXAMPLES = createRequire(import.meta.url)('libphonenumber-js/mobile/examples') as Record<
  CountryCode,
  string
>;

test('the example number of every country is found, with its country’s code, however it is written', (t) => {
  const missed: string[] = [];
  const countries = Object.keys(EXAMPLES) as CountryCode[];
  for (const country of countries) {
    const number = parsePhoneNumberFromString(`+${getCountryCallingCode(country)}${EXAMPLES[country]}`)!;
    const international = number.formatInternational();
    for (const written of [
      number.number,
      international,
      international.replaceAll(' ', '-'),
      international.replaceAll(' ', '\u00a0'),
    ]) {
      const text = `Ring ${written} today`;
      const [found] = find(text);
      if (found === undefined || text.slice(found.start, found.end) !== written) missed.push(text);
    }
  }
  for (const text of missed) t.diagnostic(`missed ${text}`);
  assert.ok(countries.length > 200);
  assert.deepEqual(missed, []);
});

test('a number without a country’s code is found beside a word for telephone, or as North America writes it', () => {
  for (const text of [
    'Tel. 089 1234567', 'phone: (020) 7946 0958', 'téléphone 01 23 45 67 89', 'mobile 07700 900123', 'Handy 0171/1234567',
    '(212) 555-0123', '212-555-0123', '1-212-555-0123', '212.555.0123', '电话：010 6552 9988', '+44 (0)20 7946 0958',
  ]) assert.equal(find(text).length, 1, text); // prettier-ignore
});

test('dates, amounts and numbers of other things are none', () => {
  for (const text of [
    'order 0891234567', 'call me on 2026-11-29', 'phone me on 29.11.2026', '+1 point', '+12', '1 + 2345678', 'EUR 1.234.567,89', '012-555-0123 parts',
    'version 2.10.0+20261129', 'a+491711234567',
  ]) assert.deepEqual(find(text), [], text); // prettier-ignore
});
