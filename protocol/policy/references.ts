/** What a rule rests on beside itself: the groups, lexicons, patterns and lists that it names, and groups within those. */
import type { PolicyDocument, Rule, When } from './document.ts';

/** Something that has a name in a policy. */
export const NAMED = ['group', 'lexicon', 'pattern', 'list'] as const;

export type Named = (typeof NAMED)[number];

/** What is referred to, as `lexicon offers`. */
export type Reference = `${Named} ${string}`;

/** What a rule refers to, each once; a name that leads nowhere as well. */
export function referencesOf({ when, unless }: Rule, document: PolicyDocument): ReadonlySet<Reference> {
  const found = new Set<Reference>();
  for (const condition of unless === undefined ? [when] : [when, unless]) collect(condition, document, found);
  return found;
}

function collect(when: When, { groups }: PolicyDocument, found: Set<Reference>): void {
  const named = [...(when.from ?? []), ...(when.to ?? [])].flatMap(groupIn);
  const waiting = [...named, ...(when.between ?? [])];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(`group ${name}`)) continue;
    found.add(`group ${name}`);
    if (Object.hasOwn(groups, name)) waiting.push(...(groups[name] ?? []).flatMap(groupIn));
  }
  for (const { lexicon, pattern } of when.contains ?? []) {
    if (lexicon !== undefined) found.add(`lexicon ${lexicon}`);
    if (pattern !== undefined) found.add(`pattern ${pattern}`);
  }
  if (when.link?.list !== undefined) found.add(`list ${when.link.list}`);
}

function groupIn(who: string): string[] {
  return who.startsWith(GROUP) ? [who.slice(GROUP.length)] : [];
}

const GROUP = 'group:';
