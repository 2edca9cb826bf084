import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parsePolicyFile } from '../../../node/policy/index.ts';
import { valueOf } from '../../../protocol/errors/index.ts';
import {
  differenceOf,
  isDifferent,
  unversioned,
  type PolicyDocument,
} from '../../../protocol/policy/index.ts';

const document = (text: string): PolicyDocument => valueOf(parsePolicyFile(`version: 1\n${text}`, 'p.yaml'));

const BIRDS = 'lexicons: { birds: { version: 1, words: [plover, duck] } }';
const RULE =
  '{ id: birds, reason: Shy., when: { direction: out, contains: [{ lexicon: birds }] }, then: flag }';
const SAMPLE = '{ id: some, reason: Law., when: { sample: 0.1 }, then: flag }';

describe('the difference between two policies', () => {
  it('is none where they are only written in another way', () => {
    const before = document(
      `${BIRDS}\nrules:\n  - ${RULE}\n  - { id: two, reason: R., when: { external: true, from: [own, external] }, then: flag }`,
    );
    const after = document(`# comment
rules:
  - { then: flag, id: two, when: { from: [external, own], external: true }, reason: R., on: true }
  - id: birds
    then: flag
    when: { contains: [{ atLeast: 1, lexicon: birds }], direction: out }
    reason: Shy.
lexicons:
  birds:
    words: [duck, plover]
    version: 1
`);
    assert.equal(isDifferent(differenceOf(before, after)), false);
  });

  it('names each setting of a rule that is other than it was', () => {
    const before = document(`${BIRDS}\nrules: [${RULE}]`);
    const after = document(
      `${BIRDS}\nrules: [${RULE.replace('direction: out, ', '').replace('flag', 'hold')}]`,
    );
    assert.deepEqual(differenceOf(before, after).rules, [
      {
        rule: 'birds',
        change: 'changed',
        fields: [
          { field: 'then', before: '"flag"', after: '"hold"' },
          { field: 'when.direction', before: '"out"', after: null },
        ],
        through: [],
      },
    ]);
  });

  it('shows rules that came and went, against no policy as against another', () => {
    const one = document(`${BIRDS}\nrules: [${RULE}]`);
    const other = document(`${BIRDS}\nrules: [${RULE.replace('id: birds', 'id: fowl')}]`);
    const changes = (before: PolicyDocument | null): string[] =>
      differenceOf(before, other).rules.map(({ rule, change }) => `${rule} ${change}`);
    assert.deepEqual(changes(one), ['fowl added', 'birds removed']);
    assert.deepEqual(changes(null), ['fowl added']);
  });

  it('tells that a rule is other through what it refers to: a lexicon, a group within a group, the seed', () => {
    const text = (words: string, people: string, seed: string): PolicyDocument =>
      document(`seed: ${seed}
groups: { all: ['group:few'], few: [${people}] }
lexicons: { birds: { version: 1, words: [${words}] } }
rules: [${RULE}, ${SAMPLE}, { id: who, reason: R., when: { from: ['group:all'] }, then: flag }]`);
    const before = text('plover', 'a@acme.test', 'seed-of-may');
    const after = text('plover, duck', 'b@acme.test', 'seed-of-june');
    const difference = differenceOf(before, after);
    assert.deepEqual(
      difference.rules.map(({ rule, through }) => [rule, through]),
      [
        ['birds', ['lexicon birds']],
        ['some', ['seed']],
        ['who', ['group few']],
      ],
    );
    assert.deepEqual(
      difference.named.map(({ name, added, removed }) => [name, added, removed]),
      [
        ['few', ['b@acme.test'], ['a@acme.test']],
        ['birds', ['duck'], []],
      ],
    );
    assert.deepEqual(unversioned(difference), ['birds']);
  });
});
