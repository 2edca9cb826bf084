/** Whatever way a number is written, it is found, and nothing of it is left in a masked text. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DETECTORS, findAll, mask, type DetectorName } from '../../../protocol/detect/index.ts';

const RUNS = 3_000;

/** One of each detector that can be written in groups, with the words near by that it asks for. */
const NUMBERS: readonly (readonly [DetectorName, string, readonly string[]])[] = [
  ['payment-card', '', ['4111', '1111', '1111', '1111']],
  ['payment-card', '', ['3782', '822463', '10005']],
  ['iban', '', ['DE89', '3704', '0044', '0532', '0130', '00']],
  ['national-id', 'SSN ', ['536', '90', '4399']],
  ['national-id', 'sécurité sociale ', ['2', '55', '08', '14', '168', '025', '38']],
  ['health-number', 'NHS ', ['943', '476', '5919']],
];

/** The zeros of digits: ASCII, full-width, Arabic-Indic, Persian, Devanagari, mathematical (two UTF-16 units each). */
const zero = fc.constantFrom(0x30, 0xff10, 0x660, 0x6f0, 0x966, 0x1d7ce, 0x1d7f6);
const separator = fc.constantFrom(
  '',
  ' ',
  '-',
  '\u00a0',
  '\u2007',
  '\u202f',
  '\u3000',
  '\u2010',
  '\u2011',
  '\u2013',
  '\uff0d',
);
const invisible = fc.constantFrom(
  '',
  '',
  '',
  '',
  '\u00ad',
  '\u200b',
  '\u200d',
  '\u2060',
  '\ufeff',
  '\ufe0f',
  '\u{e0020}',
  '\u{e0100}',
);
const around = fc
  .array(
    fc.constantFrom(
      ' ',
      'é',
      'e\u0301',
      'ﬁ',
      '😀',
      '\u0130',
      '東',
      '\n',
      '"',
      '(',
      ',',
      '\u00ad',
      '\u{e0020}',
      '\ud83d',
    ),
    { maxLength: 8 },
  )
  .map((pieces) => pieces.join(''));

interface Written {
  readonly name: DetectorName;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const written: fc.Arbitrary<Written> = fc
  .tuple(
    ...[fc.constantFrom(...NUMBERS), separator, around, around],
    ...[
      fc.array(zero, { minLength: 40, maxLength: 40 }),
      fc.array(invisible, { minLength: 40, maxLength: 40 }),
    ],
  )
  .map(([[name, near, groups], between, before, after, zeros, hidden]) => {
    const number = Array.from(groups.join(between), (character, at) => {
      const digit = /\d/.test(character) ? String.fromCodePoint(zeros[at]! + Number(character)) : character;
      return at === 0 ? digit : `${hidden[at]!}${digit}`;
    }).join('');
    const start = before.length + 1 + near.length;
    return { name, text: `${before} ${near}${number} ${after}`, start, end: start + number.length };
  });

test('a number is found exactly where it stands, in any digits, with any separator, invisible characters and all', () => {
  fc.assert(
    fc.property(written, ({ name, text, start, end }) => {
      assert.deepEqual(
        findAll(text, [name]).map((found) => [found.start, found.end]),
        [[start, end]],
        JSON.stringify(text),
      );
    }),
    { numRuns: RUNS },
  );
});

test('no digit of it is left in the masked text', () => {
  fc.assert(
    fc.property(written, ({ text }) => {
      assert.doesNotMatch(mask(text, findAll(text, DETECTORS)), /\p{Nd}/u);
    }),
    { numRuns: RUNS },
  );
});
