import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RE2JS } from 're2js';
import { compileExpression } from '../../../protocol/detect/expression.ts';
import { matchesIn } from '../../../protocol/detect/matches.ts';

const RUNS = 5_000;
const MOST = 1_000_000;
/** As many characters of a text are kept ready. */
const BLOCK = 65_536;

const atom = fc.constantFrom(
  ...['a', 'b', 'ab', '.', 'é', '😀', '1', '[ab]', '[^a]', '[a-c1]', '[^\\n]', '\\d', '\\w', '\\W', '\\s', '\\pL', '\\PL', '[[:alpha:]é]', '(?s:.)', '(?i:aé)', '(?i:K)', '\\n'],
  ...['^', '$', '\\b', '\\B', '\\A', '\\z', '(?m:^)', '(?m:$)', '(?:)'],
); // prettier-ignore
const often = fc.constantFrom('', '', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,3}', '{0,2}?', '{2,}');

/** Expressions of RE2 with all that it has but names. */
const { expression } = fc.letrec<{ expression: string; piece: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4 },
    tie('piece'),
    fc.tuple(tie('expression'), tie('expression')).map(([one, other]) => `${one}|${other}`),
    fc.tuple(tie('expression'), tie('piece')).map(([one, other]) => `${one}${other}`),
  ),
  piece: fc.oneof(
    { maxDepth: 4 },
    fc.tuple(atom, often).map(([one, times]) => one + times),
    fc
      .tuple(fc.constantFrom('(', '(?:'), tie('expression'), often)
      .map(([open, one, times]) => `${open}${one})${times}`),
  ),
}));

const text = fc
  .array(fc.constantFrom('a', 'b', 'A', 'B', 'c', '1', ' ', '\n', 'é', 'É', 'K', '\u212a', '😀', '\ud83d', '\ude00', '_', '-'), { maxLength: 40 })
  .map((characters) => characters.join('')); // prettier-ignore

test('the matches are those that re2js finds one after the other', () => {
  let compared = 0;
  fc.assert(
    fc.property(expression, text, (pattern, within) => {
      const compiled = compileIf(pattern);
      if (compiled === undefined || compiled.matchesEmpty) return;
      compared += 1;
      const expected: (readonly [number, number])[] = [];
      const matcher = RE2JS.compile(pattern).matcher(within);
      while (matcher.find()) expected.push([matcher.start(), matcher.end()]);
      const found = matchesIn(compiled, within, MOST).map(({ start, end }) => [start, end]);
      assert.deepEqual(found, expected, `/${pattern}/ in ${JSON.stringify(within)}`);
    }),
    { numRuns: RUNS },
  );
  assert.ok(compared > RUNS / 4, `${compared} were compared`);
});

test('matches across the parts in which a long text is read are whole', () => {
  const expression = compileExpression('(?:ab|😀)+c?');
  for (let before = BLOCK - 6; before < BLOCK + 4; before += 1) {
    const text = `${' '.repeat(before)}ab😀😀abc${' '.repeat(BLOCK)}ab`;
    assert.deepEqual(matchesIn(expression, text, MOST), [
      { start: before, end: before + 9 },
      { start: text.length - 2, end: text.length },
    ]);
  }
  const all = 'ab'.repeat(2 * BLOCK);
  assert.deepEqual(matchesIn(expression, all, MOST), [{ start: 0, end: all.length }]);
});

test('a text is gone through once each way, however many matches there are and whatever they look ahead for', () => {
  for (const pattern of ['x.*y|x', '(?s)x[^z]*z|x', '(?:x{1,50}y|x)', '(x+x+)+y|x', '(?:.*x){5}y|x']) {
    let steps = 0;
    const expression = compileExpression(pattern);
    const counted = {
      ...expression,
      borderOf: (...kinds: Parameters<typeof expression.borderOf>) => {
        steps += 1;
        return expression.borderOf(...kinds);
      },
    };
    const text = 'x'.repeat(BLOCK);
    assert.equal(matchesIn(counted, `${text}\ny`, MOST).length, text.length, pattern);
    assert.ok(steps <= 5 * text.length, `${pattern}: ${steps} steps`);
  }
});

function compileIf(pattern: string): ReturnType<typeof compileExpression> | undefined {
  try {
    return compileExpression(pattern);
  } catch {
    return undefined; // repeats what cannot be repeated
  }
}
