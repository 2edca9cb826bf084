import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DETECTORS, findAll } from '../../../protocol/detect/index.ts';
import { businessSentence, proseSentences } from '../../support/business-text.ts';
import { seededRandom } from '../../support/seeded-random.ts';

/** Ordinary sentences hold telephone numbers and addresses of mail, which these find. */
const STRICT = DETECTORS.filter((name) => name !== 'phone' && name !== 'email');

const CORPUS = 10_000;
/** Always the same sentences: among millions a number of another kind comes to be a valid one by chance. */
const SEED = 20_261_129;

test('of ten thousand ordinary sentences none is taken for sensitive', (t) => {
  const random = seededRandom(t, SEED);
  const prose = proseSentences(CORPUS / 2);
  const sentences = [
    ...prose,
    ...Array.from({ length: CORPUS - prose.length }, () => businessSentence(random)),
  ];
  t.diagnostic(`${prose.length} sentences of prose`);
  const wrong = sentences.flatMap((sentence) =>
    findAll(sentence, STRICT).map(
      ({ detector, kind, start, end }) => `${detector} ${kind}: ${sentence.slice(start, end)} in ${sentence}`,
    ),
  );
  for (const each of wrong) t.diagnostic(JSON.stringify(each));
  assert.deepEqual(wrong, []);
});
