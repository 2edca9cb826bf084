import assert from 'node:assert/strict';
import { test } from 'node:test';
import { valueOf } from '../../../protocol/errors/index.ts';
import { MAX_FINDINGS, MAX_PATTERN, patternDetector } from '../../../protocol/detect/index.ts';

test('an own pattern is found at its place in the text as given', () => {
  const find = valueOf(patternDetector('account', String.raw`\bACC-\d{4}\b`));
  const text = '😀 ACC-1234, ＡＣＣ－５６７８, A\u00adCC-9999; ACC-12345';
  assert.deepEqual(
    find(text).map(({ detector, start, end }) => [detector, text.slice(start, end)]),
    [
      ['account', 'ACC-1234'],
      ['account', 'ＡＣＣ－５６７８'],
      ['account', 'A\u00adCC-9999'],
    ],
  );
});

test('an own pattern finds what it says, though texts are read with other digits, spaces and dashes', () => {
  const written = [
    ['Projekt–\\d+', 'Projekt–１２'],
    ['Projekt–\\d+', 'Projekt-12'],
    ['ＡＢ［０-９］', 'AB[0-9]'],
    ['a\u00a0(?:b＋)', 'a b+'],
    ['[–a]{2}', 'a-'],
    ['A\u00adB', 'AB'],
  ] as const;
  for (const [pattern, text] of written) {
    const found = valueOf(patternDetector('own', pattern))(text);
    assert.deepEqual(found, [{ detector: 'own', start: 0, end: text.length }], `${pattern} in ${text}`);
  }
});

test('what re2 cannot compile, is too large or matches the empty string is refused, with what to do', () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    ['(', /no regular expression of RE2 .*missing closing/],
    ['(a)\\1', /no regular expression/],
    ['(?=a)b', /no regular expression/],
    ['(?<!a)b', /no regular expression/],
    ['[z-a]', /no regular expression/],
    ['a'.repeat(MAX_PATTERN + 1), /longer than 1000 characters/],
    ['(?:[a-z]{100}x){9}', /compiles to .* instructions/],
    ['a*', /empty string/],
    ['', /empty string/],
    ['\\b', /empty string/],
    ['^|x', /empty string/],
    ['(?m)$', /empty string/],
  ];
  for (const [pattern, message] of refused) {
    const result = patternDetector('account', pattern);
    assert.ok(!result.ok, `${pattern} is taken`);
    assert.equal(result.refusal.code, 'policy.invalid');
    assert.match(result.refusal.message, message);
    assert.deepEqual(result.refusal.facts, { pattern: 'account' });
  }
});

test('of a text with more findings than are counted, the rest is one finding', () => {
  const find = valueOf(patternDetector('x', 'x'));
  const text = 'x '.repeat(MAX_FINDINGS + 10);
  const found = find(text);
  assert.equal(found.length, MAX_FINDINGS);
  assert.equal(found.at(-1)?.end, text.length);
});
