import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MAX_TOKENS, TokenSet } from '../../../node/ledger/token-set.ts';

function encoded(tokens: Iterable<number>): string {
  const set = new TokenSet();
  for (const token of tokens) set.add(token);
  return Buffer.from(set.encode()).toString('hex');
}

const token = fc.oneof(
  fc.nat(2 ** 20),
  fc.maxSafeNat().map((number) => number % 2 ** 40),
);

test('the tokens of a message are ascending, each once, however many there are and in whatever order', () => {
  const few = fc.array(token, { maxLength: 80 });
  const many = fc.array(token, { minLength: 200, maxLength: 400, size: 'max' });
  fc.assert(
    fc.property(fc.oneof(few, many), (tokens) => {
      const expected = [...new Set([...tokens, ...tokens])].sort((one, other) => one - other);
      const hex = expected.map((one) => one.toString(16).padStart(10, '0')).join('');
      assert.equal(encoded([...tokens, ...tokens.toReversed()]), hex);
    }),
    { numRuns: 500 },
  );
});

test('a message has no more tokens than a header has room for', () => {
  const tokens = Array.from({ length: MAX_TOKENS + 10 }, (_, at) => at);
  assert.equal(encoded(tokens), encoded(tokens.slice(0, MAX_TOKENS)));
});
