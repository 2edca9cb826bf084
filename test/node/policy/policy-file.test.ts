import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { compilePolicyFile, policyJsonSchema } from '../../../node/policy/index.ts';
import { nobleSuite } from '../../../protocol/crypto/index.ts';

const read = (text: string) => compilePolicyFile(text, 'policy.yaml', nobleSuite.sha256);

/** What is wrong with a file. */
function fault(text: string): string {
  const compiled = read(text);
  return compiled.ok ? 'nothing' : compiled.refusal.message;
}

const rule = (when: string, more = 'then: flag'): string =>
  `version: 1\nrules:\n  - id: one\n    reason: R.\n    when: ${when}\n    ${more}\n`;

describe('a policy file', () => {
  const FAULTS: readonly (readonly [title: string, text: string, said: RegExp])[] = [
    ['is no YAML', 'version: 1\nrules: [\n', /^policy\.yaml:\d+:\d+ is not YAML/],
    ['has an unknown setting', rule('{ direction: out, colour: red }'), /^policy\.yaml:5:29 rules\.0\.when\.colour is not a setting/],
    ['has no such outcome', rule('{ direction: out }', 'then: shout'), /^policy\.yaml:6:\d+ rules\.0\.then is not one of flag, warn/],
    ['names a group that is not there', rule('{ from: [group:board] }'), /^policy\.yaml:3:5 rule one: there is no group board; add it/],
    ['names a lexicon that is not there', rule('{ contains: [{ lexicon: x }] }'), /^policy\.yaml:3:5 rule one: there is no lexicon x/],
    ['has more patterns than a decision has time for', `${rule('{ direction: out }')}patterns: { ${Array.from({ length: 129 }, (_, at) => `p${at}: x`).join(', ')} }\n`, /^policy\.yaml:7:1 patterns are more than 128; join several/],
    ['has a pattern that is too large', `${rule('{ contains: [{ pattern: x }] }')}patterns: { x: '([a-z]{40}[0-9]){8}' }\n`, /^policy\.yaml:3:5 rule one: pattern x compiles to \d+ instructions, of which 200 are allowed/],
    ['is about every message', rule('{}'), /^policy\.yaml:3:5 rule one: when is empty/],
    ['has two rules of one name', `${rule('{ direction: out }')}${rule('{ direction: in }').slice(18)}`, /^policy\.yaml:7:5 there are two rules one/],
  ]; // prettier-ignore
  for (const [title, text, said] of FAULTS)
    it(`that ${title} is refused, with where and what would be right`, () => {
      assert.match(fault(text), said);
    });

  const SMELLS: readonly (readonly [title: string, text: string, said: string])[] = [
    ['a rule that is off', rule('{ direction: out }', 'then: flag\n    on: false'), '7:5 rule one is off: it counts for nothing'],
    ['a lexicon that no rule uses', `${rule('{ direction: out }')}lexicons: { birds: { version: 1, words: [x] } }\n`, '7:13 no rule uses the lexicon birds'],
    ['a rule about nobody', rule('{ direction: out, from: [external] }'), '5:5 rule one can never apply: what our members write is from nobody external'],
    ['a first contact among us', rule('{ external: false, firstContact: true }'), '5:5 rule one can never apply: a first contact is with somebody of another organisation'],
    ['a rule whose unless takes all', rule('{ direction: out, external: true }', 'unless: { direction: out }\n    then: flag'), '6:5 rule one can never apply: unless takes out all that when is about'],
    ['a kind that there is not', rule('{ contains: [{ detector: national-id, kinds: [DE, UK] }] }'), '5:5 rule one asks for the kind UK of national-id, which is never found'],
    ['a redaction of files', rule('{ attachment: {}, contains: [{ detector: iban }] }', 'then: redact'), '6:5 rule one blocks instead of redacting: files and links are not taken out of a message'],
  ]; // prettier-ignore
  for (const [title, text, said] of SMELLS)
    it(`is accepted with a warning of ${title}`, () => {
      const compiled = read(text);
      const warnings = compiled.ok ? compiled.value.warnings : [];
      assert.deepEqual(
        warnings.map(({ line, column, text: what }) => `${line}:${column} ${what}`),
        [said],
      );
    });

  it('has a JSON Schema in the repository that is current', () => {
    const committed = readFileSync(
      new URL('../../../node/policy/policy.schema.json', import.meta.url),
      'utf8',
    );
    assert.equal(committed, policyJsonSchema(), 'run node scripts/write-policy-schema.ts');
  });
});
