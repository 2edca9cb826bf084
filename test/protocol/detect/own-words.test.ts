import assert from 'node:assert/strict';
import { test } from 'node:test';
import { valueOf } from '../../../protocol/errors/index.ts';
import { MAX_FINDINGS, MAX_PHRASE, MAX_WORDS, wordsDetector } from '../../../protocol/detect/index.ts';

function foundWith(words: readonly string[], text: string): string[] {
  const find = valueOf(wordsDetector('projects', words));
  return find(text).map(({ start, end }) => text.slice(start, end));
}

test('words are found whatever their case, width, composition and invisible characters', () => {
  const words = ['Project Falcon', 'Straße', 'café', 'Ωμέγας'];
  const text =
    'PROJECT falcon, ｐｒｏｊｅｃｔ－Ｆａｌｃｏｎ, pro\u00adject\nfal\u200bcon; STRASSE strasse; cafe\u0301 CAFÉ; ΩΜΈΓΑΣ 😀';
  assert.deepEqual(foundWith(words, text), [
    'PROJECT falcon', 'ｐｒｏｊｅｃｔ－Ｆａｌｃｏｎ', 'pro\u00adject\nfal\u200bcon', 'STRASSE', 'strasse', 'cafe\u0301', 'CAFÉ', 'ΩΜΈΓΑΣ',
  ]); // prettier-ignore
});

test('only whole words count, and in scripts without spaces the characters themselves', () => {
  assert.deepEqual(foundWith(['falcon'], 'falcons, gyrfalcon, falcon_1 falcon2'), ['falcon']);
  assert.deepEqual(foundWith(['東京都'], '東京都庁は東京、都'), ['東京都', '東京、都']);
  assert.deepEqual(foundWith(['โครงการ'], 'นี่คือโครงการลับ').length, 1);
  assert.deepEqual(foundWith(['проект'], 'проектный проект'), ['проект']);
});

test('of phrases that begin alike the longest counts, and findings do not overlap', () => {
  assert.deepEqual(foundWith(['red', 'red fox', 'fox hunt'], 'a red fox hunt, red'), ['red fox hunt', 'red']);
});

test('of a text with more findings than are counted, the rest is one finding', () => {
  const text = 'falcon '.repeat(MAX_FINDINGS + 10).trimEnd();
  const found = valueOf(wordsDetector('projects', ['falcon']))(text);
  assert.equal(found.length, MAX_FINDINGS);
  assert.equal(found.at(-1)?.end, text.length);
});

test('a finding carries the name of the list', () => {
  const find = valueOf(wordsDetector('projects', ['falcon']));
  assert.deepEqual(find('a falcon'), [{ detector: 'projects', start: 2, end: 8 }]);
});

test('a list that cannot be searched for is refused, with the entry that is to blame', () => {
  const lists = [
    [],
    ['a', '…'],
    ['a', 'b '.repeat(MAX_PHRASE + 1)],
    Array.from({ length: MAX_WORDS + 1 }, () => 'a'),
  ];
  const refusals = lists.map((list) => wordsDetector('projects', list));
  assert.deepEqual(
    refusals.map((result) => (result.ok ? 'taken' : [result.refusal.code, result.refusal.facts['entry']])),
    [['policy.invalid', undefined], ['policy.invalid', 2], ['policy.invalid', 2], ['policy.invalid', undefined]],
  ); // prettier-ignore
});
