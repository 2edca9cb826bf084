import assert from 'node:assert/strict';
import { test } from 'node:test';
import { detector } from '../../../protocol/detect/index.ts';
import { withOneDigitChanged } from '../../support/changed-digits.ts';

const find = detector('passport');

/** Specimens that authorities publish, and their forms. */
const NUMBERS = [
  ['Reisepass', 'C01X00T47'], ['Reisepass-Nr.', 'C01X00T478'], ['passport no.', '123456789'], ['passport number', 'E00007730'],
  ['passeport', '12AB34567'], ['paspoort', 'SPECI2014'], ['passaporto', 'YA1234567'], ['pasaporte', 'PAA123456'], ['паспорт', '45 08 123456'],
  ['パスポート', 'TK1234567'], ['护照', 'E12345678'], ['जrमा पासपोर्ट', 'J8369854'],
] as const; // prettier-ignore

test('a passport’s number is found beside a word for passport, and not without', () => {
  for (const [near, number] of NUMBERS) {
    for (const text of [`${near} ${number}`, `${number}, ${near}`, `${near}:\n  ${number}.`]) {
      const found = find(text).map(({ start, end }) => text.slice(start, end));
      assert.deepEqual(found, [number], text);
    }
    assert.deepEqual(find(`part ${number}`), []);
  }
});

test('a date beside a word for passport is none', () => {
  for (const date of ['20261129', '29112026', '2026-11-29'])
    assert.deepEqual(find(`passport issued ${date}`), []);
});

test('the machine-readable zone of ICAO 9303 is found by its check digits, wherever it stands', () => {
  const line = 'L898902C36UTO7408122F1204159ZE184226B<<<<<10';
  const zone = `P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n${line}`;
  assert.deepEqual(
    find(zone).map(({ kind, start, end }) => [kind, zone.slice(start, end)]),
    [['MRZ', line]],
  );
  for (const changed of withOneDigitChanged(line)) assert.deepEqual(find(changed), [], changed);
});
