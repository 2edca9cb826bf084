/** What a changed rule means for whom, in plain sentences. */
import type { Rule, SettingChange } from '../../protocol/policy/index.ts';
import type { Concern, Several } from './concern.ts';

const DOES: Readonly<Record<Rule['then'], string>> = {
  flag: 'lets through and puts before a reviewer',
  warn: 'warns of, until the sender says why it has to go,',
  redact: 'takes what it finds out of',
  hold: 'holds for a review',
  block: 'blocks',
};

/** A value that is told beside the name of its setting, not left to `diff`: characters. */
const MAX_VALUE = 24;

/**
 * As `new rule no-cards blocks what 12 members write (a@…, b@…, and 10 more), in 3 of today’s conversations, with 1 partner (c)`.
 * @param everybody how many members there are
 */
export function sentenceOf(concern: Concern, rule: Rule, everybody: number): string {
  const { change, partners, conversations } = concern;
  const members = membersText(concern.members, everybody);
  const which = { added: 'new rule', removed: 'rule no longer there:', changed: 'changed rule' }[change];
  const what =
    rule.when.direction === 'in' ? `what ${members} would be sent` : `what ${members} write${sent(rule)}`;
  const where = `in ${conversations} of today’s conversations`;
  const whom = partners.count === 0 ? 'with no partner' : `with ${partnersText(partners)}`;
  return `${which} ${rule.id} ${does(concern, rule)} ${what}, ${where}, ${whom}${because(concern)}`;
}

function sent({ when }: Rule): string {
  return when.direction === undefined ? ', or are sent' : '';
}

function does({ change }: Pick<Concern, 'change'>, { on, then }: Rule): string {
  if (!on) return '(off) would be about';
  return change === 'removed' ? 'was about' : DOES[then];
}

function because({ fields, through }: Pick<Concern, 'fields' | 'through'>): string {
  const long = fields.filter((field) => !isShort(field));
  const parts = [
    ...fields
      .filter(isShort)
      .map(({ field, before, after }) => `${field}: ${plain(before)} → ${plain(after)}`),
    ...(long.length === 0 ? [] : [`other ${long.map(({ field }) => field).join(', ')}`]),
    ...(through.length === 0 ? [] : [`through ${through.join(', ')}`]),
  ];
  return parts.length === 0 ? '' : ` (${parts.join('; ')})`;
}

function isShort({ before, after }: SettingChange): boolean {
  return Math.max(before?.length ?? 0, after?.length ?? 0) <= MAX_VALUE;
}

function plain(json: string | null): string {
  return json?.replace(/^"(.*)"$/s, '$1') ?? 'none';
}

function membersText({ count, first }: Several, everybody: number): string {
  if (count === 0) return 'none of our members';
  if (count === everybody && count > 1) return `all ${count} members`;
  return `${count} ${count === 1 ? 'member' : 'members'} (${named({ count, first })})`;
}

function partnersText({ count, first }: Several): string {
  return `${count} ${count === 1 ? 'partner' : 'partners'} (${named({ count, first })})`;
}

function named({ count, first }: Several): string {
  const more = count - first.length;
  return more === 0 ? first.join(', ') : `${first.join(', ')}, and ${more} more`;
}
