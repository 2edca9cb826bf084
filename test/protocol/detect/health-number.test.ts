import assert from 'node:assert/strict';
import { test } from 'node:test';
import { detector } from '../../../protocol/detect/index.ts';
import { withOneDigitChanged } from '../../support/changed-digits.ts';

const find = detector('health-number');

/** As published: NHS Data Dictionary, CMS, gematik, Services Australia, OHIP, BC, HISO 10046, DATASUS. */
const EXAMPLES: readonly { country: string; near: string; written: readonly string[]; unchecked?: true }[] = [
  {
    country: 'GB',
    near: 'NHS number',
    written: ['943 476 5919', '9434765919', '943-476-5919', '401 023 2137'],
  },
  { country: 'US', near: 'Medicare', written: ['1EG4-TE5-MK73', '1EG4TE5MK72'], unchecked: true },
  { country: 'DE', near: 'Versichertennummer', written: ['A123456780'] },
  { country: 'AU', near: 'Medicare card', written: ['2123 45670 1', '2428 77813 2', '2428778132/1'] },
  { country: 'CA', near: 'OHIP', written: ['9876-543-217'] },
  { country: 'CA', near: 'PHN', written: ['9698 658 215'] },
  { country: 'NZ', near: 'NHI', written: ['ZZZ0016', 'ZZZ0024', 'ZAC5361', 'ZZZ00AX', 'ALU18KZ'] },
  { country: 'BR', near: 'cartão SUS', written: ['898 0000 0004 3208', '898000000043208'] },
];

test('the published number of each country is found beside a word for it, and not without', () => {
  for (const { country, near, written } of EXAMPLES) {
    for (const number of written) {
      for (const text of [`${near}: ${number}`, `${number} is the ${near}.`]) {
        assert.deepEqual(
          find(text).map(({ kind, start, end }) => [kind, text.slice(start, end)]),
          [[country, number]],
          text,
        );
      }
      assert.deepEqual(find(`order ${number}`), []);
      assert.deepEqual(find(`${near}, ${'and so on '.repeat(5)} ${number}`), [], 'the word is too far away');
    }
  }
});

test('a number with one digit changed is not found, where its standard has a check digit', () => {
  for (const { country, near, written, unchecked } of EXAMPLES) {
    if (unchecked === true) continue;
    for (const number of written) {
      const changed = [...withOneDigitChanged(number.replace('/1', ''))];
      const found = changed.filter((each) => find(`${near} ${each}`).some(({ kind }) => kind === country));
      // by the standards themselves: the last digit of AU counts the cards issued, the fifth of BR has the weight 11 in
      // modulus 11, and modulus 24 has divisors in common with the weights of NZ
      const share = { AU: 0.1, BR: 0.07, NZ: 0.12 }[country] ?? 0;
      assert.ok(found.length <= changed.length * share, `${country}: ${found.join(', ')}`);
    }
  }
});

test('a Medicare identifier holds no letter that looks like a digit', () => {
  for (const number of ['1SG4-TE5-MK73', '1EG4-TO5-MK73', '0EG4-TE5-MK73', '1EG4-TE5-MKB3']) {
    assert.deepEqual(find(`Medicare ${number}`), [], number);
  }
});
