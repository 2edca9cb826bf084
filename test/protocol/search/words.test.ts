import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { wordsOf } from '../../../protocol/search/index.ts';

/** Whether a text holds the words of a query one after the other. */
function finds(query: string, text: string): boolean {
  return ` ${wordsOf(text).join(' ')} `.includes(` ${wordsOf(query).join(' ')} `);
}

test('a word is found however it is typed', () => {
  for (const [query, text] of [
    ['invoice', 'INVOICE'],
    ['Ｉｎｖｏｉｃｅ', 'invoice'],
    ['ﬁnance', 'FINANCE'],
    ['strasse', 'Straße'],
    ['STRASSE', 'straße'],
    ['müller', 'MU\u0308LLER'],
    ['ΟΔΟΣ', 'οδος'],
    ['istanbul', 'İstanbul'],
    ['コンピュータ', 'ｺﾝﾋﾟｭｰﾀ'],
    ['co\u00adoperate', 'cooperate'],
    ['فاتورة', 'فَاتُورَة'],
    ['كتاب', 'كـتـاب'],
  ] as const)
    assert.ok(finds(query, text), `${query} in ${text}`);
  assert.ok(!finds('muller', 'Müller'), 'ü is another letter than u');
});

test('a word is found in a sentence of its script', () => {
  for (const [query, text] of [
    ['東京', '来週は東京都庁に行く'],
    ['東京都', '来週は東京都庁に行く'],
    ['請求書', '請求書を送ってください'],
    ['くだ', '請求書を送ってください'],
    ['手机', '我的iPhone手机坏了'],
    ['iphone', '我的iPhone手机坏了'],
    ['ภาษา', 'ฉันรักภาษาไทย'],
    ['ไทย', 'ฉันรักภาษาไทย'],
    ['الفاتورة', 'أرسل الفاتورة إلى أليس'],
    ['회의', '내일 회의 있어요'],
    ['rechnung', 'Die Rechnung, bitte!'],
    ['счёт', 'Пришлите СЧЁТ завтра'],
  ] as const)
    assert.ok(finds(query, text), `${query} in ${text}`);
  assert.ok(!finds('京東', '来週は東京都庁に行く'));
  assert.ok(!finds('rech', 'Die Rechnung, bitte!'), 'half a word is none');
});

test('Thai is cut into its words, German at spaces, Japanese into its characters', () => {
  assert.deepEqual(wordsOf('ฉันรักภาษาไทย'), ['ฉัน', 'รัก', 'ภาษา', 'ไทย']);
  assert.deepEqual(wordsOf('Die Rechnungsanschrift'), ['die', 'rechnungsanschrift']);
  assert.deepEqual(wordsOf('東京へ'), ['東', '京', 'へ']);
});

test('an address, a number and an abbreviation are found by their parts', () => {
  assert.deepEqual(wordsOf('alice@acme.test, 1,250.00 EUR; e-mail don’t'), [
    'alice',
    'acme',
    'test',
    ...['1', '250', '00', 'eur'],
    ...['e', 'mail', 'don', 't'],
  ]);
});

test('a text that is folded already has the same words', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const words = wordsOf(text);
      for (const word of words) assert.deepEqual(wordsOf(word).join(''), word);
    }),
    { numRuns: 1_000 },
  );
});
