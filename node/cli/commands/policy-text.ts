/** How policies, what they would change and what they would have decided are put for people. */
import type { PolicyDocument } from '../../../protocol/policy/index.ts';
import { OUTCOMES, type Outcome } from '../../../protocol/policy/outcome.ts';
import type { OperationOutput } from '../../operations/contract.ts';
import { count, fields, table, when } from '../layout.ts';

type Difference = OperationOutput<'policy.diff'>;
type Plan = OperationOutput<'policy.plan'>;

/** Characters shown of a setting. */
const SHOWN_LENGTH = 60;

/** Items shown that came into a list or went. */
const SHOWN_ITEMS = 8;

interface Summary {
  readonly rules: number;
  readonly off: number;
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  readonly groups: number;
  readonly lexicons: number;
  readonly patterns: number;
  readonly lists: number;
}

export function summaryOf({ rules, groups, lexicons, patterns, lists }: PolicyDocument): Summary {
  const numbers = OUTCOMES.map((outcome) => [outcome, rules.filter(({ then }) => then === outcome).length]);
  return {
    rules: rules.length,
    off: rules.filter(({ on }) => !on).length,
    outcomes: Object.fromEntries(numbers.filter(([, number]) => number !== 0)) as Summary['outcomes'],
    groups: Object.keys(groups).length,
    lexicons: Object.keys(lexicons).length,
    patterns: Object.keys(patterns).length,
    lists: Object.keys(lists).length,
  };
}

export function checkedText({
  file,
  warnings,
  ...summary
}: Summary & {
  readonly file: string;
  readonly warnings: readonly { readonly line: number; readonly column: number; readonly text: string }[];
}): string {
  const outcomes = Object.entries(summary.outcomes).map(([outcome, number]) => `${number} ${outcome}`);
  const named = [
    count(summary.groups, 'group'),
    count(summary.lexicons, 'lexicon'),
    count(summary.patterns, 'pattern'),
    count(summary.lists, 'list'),
  ].join(', ');
  const rules = `${count(summary.rules, 'rule')}${outcomes.length === 0 ? '' : ` (${outcomes.join(', ')})`}`;
  const off = summary.off === 0 ? '' : `, ${summary.off} off`;
  return [
    `${file} is valid: ${rules}${off}; ${named}`,
    ...warnings.map(({ line, column, text }) => `${file}:${line}:${column} ${text}`),
    '',
  ].join('\n');
}

export function differenceText({ settings, named, rules }: Difference): string {
  const lines = [
    ...settings.map((setting) => `${changeText(setting)}\n`),
    ...named.map((one) => `${namedText(one)}\n`),
    ...rules.map((rule) => `${ruleText(rule)}\n`),
  ];
  return lines.length === 0 ? 'they mean the same\n' : lines.join('');
}

function ruleText({ rule, change, fields: changed, through }: Difference['rules'][number]): string {
  if (change !== 'changed') return `${SIGNS[change]} rule ${rule}`;
  const details = [
    ...changed.map((setting) => `    ${changeText(setting)}`),
    ...through.map((name) => `    through ${name}`),
  ];
  return [`~ rule ${rule}`, ...details].join('\n');
}

function changeText({ field, before, after }: Difference['settings'][number]): string {
  return `${field}: ${short(before)} → ${short(after)}`;
}

function namedText({ what, name, change, added, removed, versions }: Difference['named'][number]): string {
  const version = versions === null ? '' : `, version ${versions[0] ?? 'none'} → ${versions[1] ?? 'none'}`;
  const items = [...itemsText('+', added), ...itemsText('-', removed)];
  return [`${SIGNS[change]} ${what} ${name}${version}`, ...items].join('\n');
}

function itemsText(sign: string, items: readonly string[]): string[] {
  const more = items.length - SHOWN_ITEMS;
  return [
    ...items.slice(0, SHOWN_ITEMS).map((item) => `    ${sign} ${short(item)}`),
    ...(more > 0 ? [`    ${sign} and ${more} more`] : []),
  ];
}

const SIGNS = { added: '+', removed: '-', changed: '~' } as const;

function short(text: string | null): string {
  if (text === null) return 'not set';
  return text.length <= SHOWN_LENGTH ? text : `${text.slice(0, SHOWN_LENGTH - 1)}…`;
}

export function planText({ replaces, takesTwo, difference, concerns, warnings }: Plan): string {
  const head =
    replaces === 0 ? 'no policy is in force yet' : `compared with policy ${replaces}, which is in force`;
  const two = takesTwo ? ['two officers have to bring it into force'] : [];
  const beside = differenceText({ ...difference, rules: [] });
  const isAll = difference.settings.length + difference.named.length + concerns.length === 0;
  return [
    head,
    ...two,
    ...(isAll ? ['nothing would change'] : []),
    ...concerns.map(({ text }) => text),
    ...(difference.settings.length + difference.named.length === 0 ? [] : [beside.trimEnd()]),
    ...warnings.map((warning) => `warning: ${warning}`),
    '',
  ].join('\n');
}

export function simulationText({ outcome }: OperationOutput<'policy.simulate'>): string {
  if (outcome === null) return '';
  const { replayed, sealed, disposed, damaged, blocked, unread, different, verdicts, rules, first } = outcome;
  const head = fields([
    ['tried', count(replayed, 'message')],
    ['different', count(different, 'message')],
    ['cannot be opened', `${sealed} sealed, ${disposed} disposed of, ${damaged} damaged`],
    ['without its file', `${count(unread, 'message')}, whose file could not be looked into`],
    ['blocked then', `${blocked}, of which nothing is kept to be tried`],
  ]);
  if (different + rules.length === 0) return head;
  const byOutcome = table(
    ['DECIDED', 'WOULD BE', 'MESSAGES'],
    verdicts.map(({ before, after, messages }) => [before, after, String(messages)]),
    'each would be decided as it is',
  );
  const byRule = table(
    ['RULE', 'OUTCOME', 'NOW', 'THEN'],
    rules.map(({ rule, outcome: does, before, after }) => [rule, does, String(before), String(after)]),
    'no rule would apply more or less often',
  );
  const named = table(
    ['ENTRY', 'DECIDED', 'WOULD BE', 'BY'],
    first.map(({ entry, before, after, rules: by }) => [String(entry), before, after, by.join(', ')]),
    'no entry to name',
  );
  const more = different - first.length;
  return `${head}\n${byOutcome}\n${byRule}\n${named}${more > 0 ? `and ${more} more\n` : ''}`;
}

export function historyText({ policies }: OperationOutput<'policy.history'>): string {
  return table(
    ['POLICY', 'ENTRY', 'SINCE', 'BY', 'BROUGHT', 'REASON'],
    policies.map(({ number, sequence, time, actor, act, reason }) => [
      String(number),
      String(sequence),
      when(time),
      actor,
      act === null ? 'over the socket' : 'by two officers',
      reason,
    ]),
    'no policy was ever in force',
  );
}
