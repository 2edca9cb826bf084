/** What a changed rule means for whom, in plain sentences. */
import type { Rule } from '../../protocol/policy/index.ts';
import type { Concern, Several } from './concern.ts';

const DOES: Readonly<Record<Rule['then'], string>> = {
  flag: 'lets through and puts before a reviewer',
  warn: 'warns of, until the sender says why it has to go,',
  redact: 'takes what it finds out of',
  hold: 'holds for a review',
  block: 'blocks',
};

/** As `new rule no-cards blocks what 12 members write (a@…, b@…, and 10 more), in 3 of today’s conversations, with 1 partner (c)`. */
export function sentenceOf(concern: Concern, rule: Rule): string {
  const { change, members, partners, conversations } = concern;
  const which = { added: 'new rule', removed: 'rule no longer there:', changed: 'changed rule' }[change];
  const what =
    rule.when.direction === 'in' ? `what ${membersText(members)} would be sent` : written(concern, rule);
  const where = `in ${conversations} of today’s conversations`;
  const whom = partners.count === 0 ? 'with no partner' : `with ${partnersText(partners)}`;
  return `${which} ${rule.id} ${does(concern, rule)} ${what}, ${where}, ${whom}${because(concern)}`;
}

function written({ members }: Pick<Concern, 'members'>, { when }: Rule): string {
  const others = when.direction === undefined ? ', or are sent' : '';
  return `what ${membersText(members)} write${others}`;
}

function does({ change }: Pick<Concern, 'change'>, { on, then }: Rule): string {
  if (!on) return '(off) would be about';
  return change === 'removed' ? 'was about' : DOES[then];
}

function because({ fields, through }: Pick<Concern, 'fields' | 'through'>): string {
  const parts = [
    ...(fields.length === 0 ? [] : [`other ${fields.map(({ field }) => field).join(', ')}`]),
    ...(through.length === 0 ? [] : [`through ${through.join(', ')}`]),
  ];
  return parts.length === 0 ? '' : ` (${parts.join('; ')})`;
}

function membersText({ count, first }: Several): string {
  if (count === 0) return 'none of our members';
  return `${count} ${count === 1 ? 'member' : 'members'} (${named({ count, first })})`;
}

function partnersText({ count, first }: Several): string {
  return `${count} ${count === 1 ? 'partner' : 'partners'} (${named({ count, first })})`;
}

function named({ count, first }: Several): string {
  const more = count - first.length;
  return more === 0 ? first.join(', ') : `${first.join(', ')}, and ${more} more`;
}
