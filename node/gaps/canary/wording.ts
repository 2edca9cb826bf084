/** What a rule says with all that it refers to, as one hash: a trial of another wording proves nothing. */
import { fromString } from 'uint8arrays/from-string';
import type { Sha256 } from '../../../protocol/crypto/index.ts';
import type { PolicyDocument, Rule } from '../../../protocol/policy/index.ts';

export function wordingOf(rule: Rule, document: PolicyDocument, sha256: Sha256): Uint8Array {
  const { on: _on, ...said } = rule;
  const conditions = rule.unless === undefined ? [rule.when] : [rule.when, rule.unless];
  const contains = conditions.flatMap((when) => when.contains ?? []);
  const named = (table: Readonly<Record<string, unknown>>, names: readonly (string | undefined)[]): unknown =>
    names.flatMap((name) => (name === undefined ? [] : [[name, table[name] ?? null]]));
  const people = conditions.some(({ from, to, between }) =>
    [from, to, between].some((one) => one !== undefined),
  );
  const whole = {
    said,
    lexicons: named(
      document.lexicons,
      contains.map(({ lexicon }) => lexicon),
    ),
    patterns: named(
      document.patterns,
      contains.map(({ pattern }) => pattern),
    ),
    lists: named(
      document.lists,
      conditions.map(({ link }) => link?.list),
    ),
    groups: people ? document.groups : {},
    seed: conditions.some(({ sample }) => sample !== undefined) ? (document.seed ?? null) : null,
  };
  return sha256(fromString(JSON.stringify(whole)));
}
