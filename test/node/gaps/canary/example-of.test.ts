/** Examples derived from patterns: each is matched by what it was derived from, and what is not understood is not guessed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exampleOf } from '../../../../node/gaps/canary/example-of.ts';

const UNDERSTOOD = [
  'project (kestrel|osprey)',
  '^[A-Z]{3}-\\d{4,}$',
  'a+b*c?d{2}',
  '(?:deal|case)\\s+no\\.?\\s*[0-9]+',
  '[^a-z]x[^0-9A-Z]',
  '(?P<word>\\w+)@example\\.com',
  '[\\d-]{4}',
  'x{0}y',
  '\\bInsider\\b',
  'a|b|c',
  '.{3}!',
  '[-a]b[a-]',
];

test('an example of a pattern is matched by it', () => {
  for (const pattern of UNDERSTOOD) {
    const example = exampleOf(pattern);
    assert.ok(example !== undefined, pattern);
    assert.match(example, new RegExp(pattern.replaceAll('(?P<', '(?<')), pattern);
  }
});

test('what is not understood is not guessed', () => {
  for (const pattern of [
    '\\p{Greek}',
    '\\pL',
    '\\Qa.b\\E',
    '[[:alpha:]]',
    '(?=look)',
    'a(b',
    '*',
    'a{1000}{1000}',
    '[abc',
    '\\',
  ])
    assert.equal(exampleOf(pattern), undefined, pattern);
});
