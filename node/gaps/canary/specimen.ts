/** Test messages that a rule must bite on: one for each way in which it can be met. */
import {
  withinHours,
  type Participant,
  type PolicyDocument,
  type Rule,
  type TalkFile,
} from '../../../protocol/policy/index.ts';
import { ELSEWHERE, partiesOf, type Parties, type Surroundings } from './people.ts';
import { sampleOf } from './samples.ts';

type When = Rule['when'];

/** Test messages for one rule at most: the first ways in which it can be met. */
const MAX_SPECIMENS = 64;

/** Milliseconds: how far, and in what steps, a time outside hours is looked for. */
const STEP_MS = 30 * 60_000;
const WEEK_STEPS = 8 * 48;

/** Every test message says so, for whoever should ever read one; nothing that decides knows it. */
export const MARK = 'chancery canary: a test of the policy, for nobody';

/** A message as it is to be made. */
export interface Specimen extends Parties {
  /** What of the rule it is for: said where the rule misses it. */
  readonly about: string;
  readonly direction: 'out' | 'in';
  readonly conversation: 'direct' | 'group';
  readonly senderName: string;
  readonly text: string;
  readonly file: TalkFile | null;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly firstContact: boolean;
}

export interface Specimens {
  readonly specimens: readonly Specimen[];
  /** Ways in which the rule can be met and no test message can be made for. */
  readonly unmade: string[];
}

interface Making {
  readonly rule: Rule;
  readonly document: PolicyDocument;
  readonly around: Surroundings;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** One way to meet a condition. */
interface Way {
  readonly contains?: NonNullable<When['contains']>[number];
  readonly state?: TalkFile['states'][number];
  readonly link?: 'any' | 'mismatched' | 'deceptive' | 'lookalike';
  readonly imitates?: 'domain' | 'name';
}

export function specimensOf(making: Making): Specimens {
  const { when } = making.rule;
  const specimens: Specimen[] = [];
  const unmade = new Set<string>();
  const directions = when.direction === undefined ? (['out', 'in'] as const) : [when.direction];
  for (const direction of directions) {
    const parties = partiesOf(when, direction, making.document, making.around);
    if (parties === undefined) continue;
    for (const way of waysOf(when)) {
      const made = makeOne(making, direction, parties, way);
      if (typeof made === 'string') unmade.add(made);
      else if (made !== undefined && specimens.length < MAX_SPECIMENS) specimens.push(made);
    }
  }
  if (specimens.length === 0 && unmade.size === 0)
    unmade.add('nobody whom it names can write such a message');
  return { specimens, unmade: [...unmade] };
}

/** Whether a rule can be met in several ways: by one of several detectors, states, links or imitations. */
export function hasSeveralWays({ when }: Rule): boolean {
  return waysOf(when).length > 1;
}

/** Each detector, state, link and imitation by itself, with the first of all others. */
function waysOf({ contains = [], attachment, link, imitates = [] }: When): Way[] {
  const states = attachment?.is ?? [];
  const links: NonNullable<Way['link']>[] = link === undefined ? [] : [...(link.is ?? ['any' as const])];
  const first: Way = {
    ...(contains[0] === undefined ? {} : { contains: contains[0] }),
    ...(states[0] === undefined ? {} : { state: states[0] }),
    ...(links[0] === undefined ? {} : { link: links[0] }),
    ...(imitates[0] === undefined ? {} : { imitates: imitates[0] }),
  };
  return [
    first,
    ...contains.slice(1).map((one) => ({ ...first, contains: one })),
    ...states.slice(1).map((state) => ({ ...first, state })),
    ...links.slice(1).map((one) => ({ ...first, link: one })),
    ...imitates.slice(1).map((one) => ({ ...first, imitates: one })),
  ];
}

/** A test message; why none can be made; undefined where the way has no such direction. */
function makeOne(
  { rule, document, around, now }: Making,
  direction: 'out' | 'in',
  parties: Parties,
  way: Way,
): Specimen | string | undefined {
  const { when } = rule;
  if (way.imitates === 'name' && direction === 'out') return undefined;
  if (way.imitates === 'name' && around.memberName === null)
    return 'there is no member whose name could be imitated';
  const imitating = way.imitates === 'domain' ? imitators(parties, around) : parties;
  if (typeof imitating === 'string') return imitating;
  const text = textFor(way, when, document, around);
  if (typeof text !== 'string') return text.unmade;
  const time = when.outside === undefined ? now : outside(when.outside, now);
  if (time === undefined) return 'there is no time outside those hours';
  const { sender, receivers } = imitating;
  return {
    about: describe(direction, way),
    direction,
    sender,
    receivers,
    conversation: when.conversation ?? (receivers.length > 1 ? 'group' : 'direct'),
    senderName: way.imitates === 'name' ? (around.memberName ?? '') : 'Chancery Canary',
    text,
    file: when.attachment === undefined ? null : fileFor(when.attachment, way.state),
    time,
    firstContact: when.firstContact ?? false,
  };
}

function imitators({ sender, receivers }: Parties, { lookalike }: Surroundings): Parties | string {
  if (lookalike === null) return 'our domain has no letter that another looks like';
  const moved = (one: Participant): Participant =>
    one.domain === ELSEWHERE
      ? {
          ...one,
          domain: lookalike,
          address: `${one.address.slice(0, one.address.lastIndexOf('@'))}@${lookalike}`,
        }
      : one;
  const all = [sender, ...receivers];
  return all.some(({ domain }) => domain === ELSEWHERE)
    ? { sender: moved(sender), receivers: receivers.map(moved) }
    : 'everybody whom it names is known';
}

function textFor(
  way: Way,
  when: When,
  document: PolicyDocument,
  around: Surroundings,
): string | { readonly unmade: string } {
  const link = way.link === undefined ? undefined : linkFor(way.link, when, document, around);
  if (typeof link === 'object') return link;
  const sample = way.contains === undefined ? undefined : sampleOf(way.contains, document);
  if (sample !== undefined && 'unmade' in sample) return sample;
  if (sample?.isWhole === true && link === undefined) return sample.text;
  return [MARK, sample?.text, link].filter((line) => line !== undefined).join('\n');
}

function linkFor(
  kind: NonNullable<Way['link']>,
  when: When,
  { lists }: PolicyDocument,
  { domain, lookalike }: Surroundings,
): string | { readonly unmade: string } {
  const listed = when.link?.list === undefined ? undefined : lists[when.link.list]?.[0];
  const host = (listed ?? ELSEWHERE).replace(/^\*\./, 'canary.');
  switch (kind) {
    case 'any':
      return `https://${host}/`;
    case 'mismatched':
      return `[https://${domain}/](https://${host}/)`;
    case 'deceptive':
      return `https://${domain}@${host}/`;
    case 'lookalike':
      return lookalike === null || listed !== undefined
        ? { unmade: 'no link to a domain that imitates ours can be made' }
        : `https://${lookalike}/`;
  }
}

function fileFor(
  { names, types, largerThan }: NonNullable<When['attachment']>,
  state: Way['state'],
): TalkFile {
  const [name = 'canary.bin'] = names ?? [];
  const [type = 'application/octet-stream'] = types ?? [];
  return {
    name: name.replaceAll('*', 'canary'),
    types: [type.replaceAll('*', 'canary')],
    bytes: (largerThan ?? 0) + 1,
    states: state === undefined ? [] : [state],
    texts: [],
  };
}

function outside(hours: NonNullable<When['outside']>, now: number): number | undefined {
  const within = withinHours(hours);
  for (let step = 0; step < WEEK_STEPS; step += 1) {
    const time = now + step * STEP_MS;
    if (!within(time)) return time;
  }
  return undefined;
}

function describe(direction: 'out' | 'in', { contains, state, link, imitates }: Way): string {
  const what = contains?.detector ?? contains?.lexicon ?? contains?.pattern;
  const parts = [
    what,
    state,
    link === undefined ? undefined : `${link} link`,
    imitates && `imitated ${imitates}`,
  ];
  return [
    direction === 'out' ? 'on the way out' : 'on the way in',
    ...parts.filter((part) => part !== undefined),
  ].join(', ');
}
