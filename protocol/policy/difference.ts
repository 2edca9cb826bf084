/**
 * What differs between two policies by what they mean: comments, order of rules and ways of writing make none. Guarantees: two
 * policies without a difference decide alike.
 */
import type { PolicyDocument, Rule } from './document.ts';
import { NAMED, referencesOf, type Named } from './references.ts';

export type HowChanged = 'added' | 'removed' | 'changed';

/** One setting as it was and is, as JSON; null where it is not there. */
export interface SettingChange {
  /** Its path, as `when.contains`. */
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface RuleChange {
  readonly rule: string;
  readonly change: HowChanged;
  /** Of one that was changed; none where it is other only through what it refers to. */
  readonly fields: readonly SettingChange[];
  /** What it refers to and is other than it was: `lexicon offers`, `seed`. */
  readonly through: readonly string[];
}

/** A group, lexicon, pattern or list. */
export interface NamedChange {
  readonly what: Named;
  readonly name: string;
  readonly change: HowChanged;
  /** What is in it that was not, and the other way round. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Of a lexicon: its version before and after. */
  readonly versions: readonly [before: number | null, after: number | null] | null;
}

export interface PolicyDifference {
  /** `seed`, `fourEyes`. */
  readonly settings: readonly SettingChange[];
  readonly named: readonly NamedChange[];
  /** In the order of the newer policy, those that are gone last. */
  readonly rules: readonly RuleChange[];
}

/** @param before null where there was none */
export function differenceOf(before: PolicyDocument | null, after: PolicyDocument): PolicyDifference {
  const old = before ?? NONE;
  const named = NAMED.flatMap((what) => namedChanges(what, old, after));
  const settings = [
    ...changeOf('seed', old.seed, after.seed),
    ...changeOf('fourEyes', old.fourEyes, after.fourEyes),
  ];
  const changed = new Set<string>(named.map(({ what, name }) => `${what} ${name}`));
  if (settings.some(({ field }) => field === 'seed')) changed.add('seed');
  const was = new Map(old.rules.map((rule) => [rule.id, rule]));
  const is = new Set(after.rules.map(({ id }) => id));
  const rules = after.rules.flatMap((rule) => ruleChange(was.get(rule.id), rule, after, changed));
  const gone = old.rules.filter(({ id }) => !is.has(id));
  return {
    settings,
    named,
    rules: [...rules, ...gone.map(({ id }) => ({ rule: id, change: 'removed', ...NO_DETAIL }) as const)],
  };
}

const NONE: PolicyDocument = {
  ...{ version: 1, groups: {}, lexicons: {}, patterns: {}, lists: {}, fourEyes: false, rules: [] },
};

const NO_DETAIL = { fields: [], through: [] } as const;

function ruleChange(
  before: Rule | undefined,
  after: Rule,
  document: PolicyDocument,
  changed: ReadonlySet<string>,
): RuleChange[] {
  if (before === undefined) return [{ rule: after.id, change: 'added', ...NO_DETAIL }];
  const old = fieldsOf(before);
  const fields = fieldsOf(after);
  const names = new Set([...Object.keys(old), ...Object.keys(fields)]);
  const changes = [...names].flatMap((name) => changeOf(name, old[name], fields[name]));
  const through = [...referencesOf(after, document), ...drawnBy(after)].filter((name) => changed.has(name));
  return changes.length + through.length === 0
    ? []
    : [{ rule: after.id, change: 'changed', fields: changes, through }];
}

function drawnBy({ when, unless }: Rule): readonly string[] {
  return when.sample === undefined && unless?.sample === undefined ? [] : ['seed'];
}

/** A rule's settings one by one, those of its conditions as well. */
function fieldsOf({ when, unless, ...rest }: Rule): Record<string, unknown> {
  const under = (name: string, condition: object): [string, unknown][] =>
    Object.entries(condition).map(([key, value]) => [`${name}.${key}`, value]);
  return Object.fromEntries([
    ...Object.entries(rest),
    ...under('when', when),
    ...under('unless', unless ?? {}),
  ]);
}

function changeOf(field: string, before: unknown, after: unknown): SettingChange[] {
  const [old, now] = [canonical(before), canonical(after)];
  return old === now ? [] : [{ field, before: old, after: now }];
}

/** The same text for what means the same: no list of texts has an order. Null for what is not there. */
function canonical(value: unknown): string | null {
  if (value === undefined) return null;
  return JSON.stringify(value, (_key, inner: unknown) =>
    Array.isArray(inner) && inner.every((item) => typeof item === 'string') ? inner.toSorted() : inner,
  );
}

/** Everything of one kind by its names: what is in it, and a lexicon's version. */
type Contents = ReadonlyMap<string, { readonly items: readonly string[]; readonly version: number | null }>;

function contentsOf(what: Named, { groups, lexicons, patterns, lists }: PolicyDocument): Contents {
  const plain = (of: Readonly<Record<string, readonly string[]>>): Contents =>
    new Map(Object.entries(of).map(([name, items]) => [name, { items, version: null }]));
  switch (what) {
    case 'group':
      return plain(groups);
    case 'list':
      return plain(lists);
    case 'pattern':
      return plain(Object.fromEntries(Object.entries(patterns).map(([name, text]) => [name, [text]])));
    case 'lexicon':
      return new Map(
        Object.entries(lexicons).map(([name, { words, version }]) => [name, { items: words, version }]),
      );
  }
}

function namedChanges(what: Named, before: PolicyDocument, after: PolicyDocument): NamedChange[] {
  const [old, now] = [contentsOf(what, before), contentsOf(what, after)];
  return [...new Set([...now.keys(), ...old.keys()])].flatMap((name) => {
    const [was, is] = [old.get(name), now.get(name)];
    const [had, has] = [new Set(was?.items), new Set(is?.items)];
    const added = [...has].filter((item) => !had.has(item));
    const removed = [...had].filter((item) => !has.has(item));
    const versions = what === 'lexicon' ? ([was?.version ?? null, is?.version ?? null] as const) : null;
    const isOther = versions !== null && versions[0] !== versions[1];
    if (was !== undefined && is !== undefined && added.length + removed.length === 0 && !isOther) return [];
    const change = was === undefined ? 'added' : is === undefined ? 'removed' : 'changed';
    return [{ what, name, change, added, removed, versions } as const];
  });
}

/** Lexicons that have other words under the same version: a finding would not say by which words it was. */
export function unversioned({ named }: PolicyDifference): readonly string[] {
  return named
    .filter(
      ({ change, versions }) => change === 'changed' && versions !== null && versions[0] === versions[1],
    )
    .map(({ name }) => name);
}

/** Whether anything differs. */
export function isDifferent({ settings, named, rules }: PolicyDifference): boolean {
  return settings.length + named.length + rules.length > 0;
}
