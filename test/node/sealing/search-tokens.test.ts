import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import sodium from 'sodium-native';
import { asciiWordAt, asciiWordEnd, isAscii, wordsOf } from '../../../protocol/search/index.ts';
import { sipHash40, sipKey } from '../../../node/sealing/sip-hash.ts';
import { SearchTokens } from '../../../node/sealing/search-tokens.ts';

test('a token is the SipHash that libsodium makes', () => {
  const hash = Buffer.alloc(8);
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      fc.string({ unit: 'binary' }),
      (key, text) => {
        sodium.crypto_shorthash(hash, Buffer.from(text, 'utf16le'), key);
        assert.equal(sipHash40(sipKey(key), text), hash.readUIntLE(0, 5));
      },
    ),
    { numRuns: 1_000 },
  );
});

test('the words of an ASCII text have the tokens that they have in every other text', () => {
  const tokens = new SearchTokens(new Uint8Array(32).fill(7));
  const mixed = fc.string({ unit: fc.constantFrom(...Array.from('aZz09 AM.@[`{/:-\n')) });
  fc.assert(
    fc.property(fc.oneof(mixed, fc.string({ unit: 'binary-ascii' })), (text) => {
      const found: number[] = [];
      for (let from = asciiWordAt(text, 0); from < text.length;) {
        const to = asciiWordEnd(text, from);
        found.push(tokens.ofAscii(text, from, to));
        from = asciiWordAt(text, to);
      }
      assert.ok(isAscii(text));
      assert.deepEqual(
        found,
        wordsOf(text).map((word) => tokens.of(word)),
      );
      assert.ok(!isAscii(`${text}é`));
    }),
    { numRuns: 2_000 },
  );
});

test('two archives have different tokens, and the order of two words counts', () => {
  const [one, other] = [7, 8].map((fill) => new SearchTokens(new Uint8Array(32).fill(fill)));
  const [net, thirty] = ['net', '30'].map((word) => one!.of(word));
  assert.notEqual(net, other!.of('net'));
  assert.notEqual(one!.ofPair(net!, thirty!), one!.ofPair(thirty!, net!));
  assert.equal(one!.ofPair(net!, thirty!), one!.ofPair(one!.of('net'), one!.of('30')));
});

test('of a hundred thousand pairs hardly two share a token', () => {
  const tokens = new SearchTokens(new Uint8Array(32));
  const words = Array.from({ length: 316 }, (_, at) => tokens.of(`word${at}`));
  const pairs = new Set(words.flatMap((first) => words.map((second) => tokens.ofPair(first, second))));
  assert.ok(pairs.size >= 316 * 316 - 1, `${pairs.size} of ${316 * 316}`);
  const blocks = new Set([...pairs].map((pair) => Math.floor(pair / 2 ** 30)));
  assert.equal(blocks.size, 1_024, 'tokens lie evenly');
});
