import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { valueOf } from '../../../protocol/errors/index.ts';
import {
  DETECTORS,
  detector,
  findAll,
  mask,
  patternDetector,
  redact,
  wordsDetector,
  type Found,
} from '../../../protocol/detect/index.ts';
import { sensitiveText } from '../../support/sensitive-text.ts';

const RUNS = 3_000;
/** What these find does not hang on words near by. */
const FIXED = ['iban', 'email', 'secret'] as const;

test('each finding gives way to a mark of its kind', () => {
  const text = 'card 4111 1111 1111 1111, mail a@b.example, SSN 123-45-6789.';
  const masked = 'card [payment card removed], mail [e-mail address removed], SSN [national number removed].';
  assert.equal(mask(text, findAll(text, DETECTORS)), masked);
  const own = valueOf(wordsDetector('projects', ['falcon']));
  assert.equal(mask('about Falcon', own('about Falcon')), 'about [projects removed]');
});

test('of findings that overlap no character is left', () => {
  const findings: Found[] = [
    { detector: 'phone', start: 4, end: 8 },
    { detector: 'secret', start: 2, end: 6 },
    { detector: 'phone', start: 3, end: 4 },
    { detector: 'email', start: 8, end: 9 },
  ];
  assert.equal(mask('0123456789', findings), '01[secret removed][e-mail address removed]9');
});

test('findings lie within the text, in order, and those of one detector do not overlap', () => {
  fc.assert(
    fc.property(sensitiveText, (text) => {
      for (const name of DETECTORS) {
        let last = 0;
        for (const { detector: by, start, end } of detector(name)(text)) {
          assert.equal(by, name);
          assert.ok(start >= last && end > start && end <= text.length, `${start} to ${end}`);
          last = end;
        }
      }
      assert.equal(findAll(text, DETECTORS).length, DETECTORS.flatMap((name) => detector(name)(text)).length);
    }),
    { numRuns: RUNS },
  );
});

test('in a masked text nothing more is found', () => {
  for (const name of FIXED) {
    const find = detector(name);
    fc.assert(
      fc.property(sensitiveText, (text) => assert.deepEqual(find(mask(text, find(text))), [])),
      { numRuns: RUNS },
    );
  }
});

test('in a redacted text nothing more is found, though words have come nearer to numbers', () => {
  const find = (text: string): readonly Found[] => findAll(text, DETECTORS);
  fc.assert(
    fc.property(sensitiveText, (text) => assert.deepEqual(find(redact(text, find)), [])),
    { numRuns: RUNS },
  );
});

test('a mark says nothing of the numbers beside it', () => {
  assert.deepEqual(findAll('[passport number removed] 123456789', ['passport']), []);
  assert.deepEqual(findAll('[national number removed] 123456782', ['national-id']), []);
  assert.equal(findAll('national number: 123456782 [national number removed]', ['national-id']).length, 1);
});

test('a text in which nothing is found stays as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const findings = findAll(text, DETECTORS);
      assert.equal(mask(text, []), text);
      if (findings.length === 0)
        assert.equal(
          redact(text, (each) => findAll(each, DETECTORS)),
          text,
        );
    }),
  );
});

test('own words and patterns are gone from a masked text too', () => {
  const finds = [
    valueOf(wordsDetector('own words', ['alice', '東京', 'health card'])),
    valueOf(patternDetector('own pattern', '[0-9]{3,}')),
  ];
  for (const find of finds) {
    fc.assert(
      fc.property(sensitiveText, (text) => assert.deepEqual(find(mask(text, find(text))), [])),
      { numRuns: RUNS / 3 },
    );
  }
});
