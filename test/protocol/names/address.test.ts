import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseAddress } from '../../../protocol/names/index.ts';

function addressOf(text: string): string | undefined {
  const parsed = parseAddress(text);
  return parsed.ok ? parsed.value.text : undefined;
}

test('an address is the same however it is typed', () => {
  for (const typed of ['alice@acme.test', 'Alice@ACME.test', 'ＡＬＩＣＥ@acme.test']) {
    assert.equal(addressOf(typed), 'alice@acme.test');
  }
  for (const typed of ['jürgen@acme.test', 'JU\u0308RGEN@acme.test']) {
    assert.equal(addressOf(typed), 'jürgen@acme.test');
  }
  assert.equal(addressOf('alice@bücher.test'), 'alice@xn--bcher-kva.test');
});

test('an address is told apart into its local part and its domain', () => {
  const parsed = parseAddress('Alice.O-Neil+bot_1@Acme.test');
  const text = 'alice.o-neil+bot_1@acme.test';
  assert.deepEqual(parsed.ok && parsed.value, { local: 'alice.o-neil+bot_1', domain: 'acme.test', text });
});

test('what is no usable address is refused', () => {
  const locals = [
    ...[
      '',
      '.',
      'a.',
      '.a',
      'a..b',
      '-a',
      '+a',
      '_a',
      'a b',
      '"a"',
      'a@b',
      'a/b',
      'a\\b',
      'a,b',
      'a\u0000',
      'a\n',
    ],
    ...[
      'a\u200bb',
      'a\u00adb',
      'a\u202eb',
      '\u115f',
      '\u3164',
      'ﬁ',
      '①',
      '\u0301a',
      '😀',
      '\ud800',
      'a\u3000b',
    ],
    ...['a'.repeat(65), 'ü'.repeat(33), 'a'.repeat(100_000)],
  ];
  for (const local of locals) {
    const parsed = parseAddress(`${local}@acme.test`);
    assert.equal(parsed.ok ? parsed.value.text : parsed.refusal.code, 'name.bad-address');
  }
  for (const text of ['alice', '@acme.test', '']) assert.equal(addressOf(text), undefined);
});

test('a bad domain makes a bad address, and says that it is the domain', () => {
  const parsed = parseAddress('alice@localhost');
  assert.equal(!parsed.ok && parsed.refusal.code, 'name.bad-domain');
});

test('a local part of 64 bytes is accepted, in whichever script', () => {
  for (const local of ['a'.repeat(64), 'ü'.repeat(32), '名'.repeat(21)]) {
    assert.equal(addressOf(`${local}@acme.test`), `${local}@acme.test`);
  }
});

test('the canonical form is its own canonical form, and cannot be read as another', () => {
  const unit = fc.oneof(
    fc.constantFrom(
      'a',
      'Z',
      '9',
      '.',
      '-',
      '+',
      '_',
      'ü',
      'İ',
      'Σ',
      'ς',
      'ẞ',
      'ΐ',
      '\u0345',
      '\u0301',
      'Ａ',
      'ｶ\uff9e',
    ),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  );
  fc.assert(
    fc.property(fc.array(unit, { minLength: 1, maxLength: 8 }), (units) => {
      const parsed = parseAddress(`${units.join('')}@acme.test`);
      if (!parsed.ok) return;
      const { local, domain, text } = parsed.value;
      assert.equal(addressOf(text), text);
      assert.equal(text, `${local}@${domain}`);
      assert.equal(text.split('@').length, 2);
      assert.equal(local, local.normalize('NFC'));
      assert.doesNotMatch(local, /[\s\p{C}\p{Lu}]/u);
    }),
    { numRuns: 5_000 },
  );
});
