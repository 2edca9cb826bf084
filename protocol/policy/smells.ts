/** What is allowed in a policy and is hardly meant: rules that can never apply, names that no rule uses, rules that are off. */
import { kindsOf } from '../detect/index.ts';
import type { PolicyDocument, Rule, When } from './document.ts';
import { NAMED, referencesOf, type Named } from './references.ts';

export interface Smell {
  /** Where in the document. */
  readonly path: readonly (string | number)[];
  readonly text: string;
}

const SECTIONS = { group: 'groups', lexicon: 'lexicons', pattern: 'patterns', list: 'lists' } as const;

/** Names first, then rules in their order. */
export function smellsOf(document: PolicyDocument): readonly Smell[] {
  const used = new Set<string>(document.rules.flatMap((rule) => [...referencesOf(rule, document)]));
  const unused = NAMED.flatMap((what) =>
    namesOf(what, document)
      .filter((name) => !used.has(`${what} ${name}`))
      .map((name) => ({ path: [SECTIONS[what], name], text: `no rule uses the ${what} ${name}` })),
  );
  return [
    ...unused,
    ...smellsOfSeed(document),
    ...document.rules.flatMap((rule, at) => smellsOfRule(rule, at)),
  ];
}

/** How the seed begins of a policy that is shipped. */
const SHIPPED_SEED = 'change-this';

function smellsOfSeed({ seed }: PolicyDocument): Smell[] {
  if (seed?.startsWith(SHIPPED_SEED) !== true) return [];
  return [
    {
      path: ['seed'],
      text: 'the seed is the one that is shipped, so everybody knows what is drawn: set your own',
    },
  ];
}

function namesOf(what: Named, document: PolicyDocument): string[] {
  return Object.keys(document[SECTIONS[what]]);
}

function smellsOfRule(rule: Rule, at: number): Smell[] {
  const { id, on, when, unless, then } = rule;
  const smells: Smell[] = [];
  const say = (key: string, text: string): unknown =>
    smells.push({ path: ['rules', at, key], text: `rule ${id} ${text}` });
  if (!on) say('on', 'is off: it counts for nothing');
  const never = neverMatches(when);
  if (never !== undefined) say('when', `can never apply: ${never}`);
  for (const kind of unknownKinds(when)) say('when', `asks for the kind ${kind}, which is never found`);
  for (const kind of unknownKinds(unless ?? {}))
    say('unless', `asks for the kind ${kind}, which is never found`);
  if (unless !== undefined && isCovered(when, unless))
    say('unless', 'can never apply: unless takes out all that when is about');
  if (unless !== undefined && Object.keys(unless).length === 0)
    say('unless', 'can never apply: an empty unless is about every message');
  if (when.between !== undefined && when.between[0] === when.between[1])
    say('when', 'names one group twice: it keeps everybody of it from writing to anybody');
  if (then === 'redact' && (when.attachment !== undefined || when.link !== undefined))
    say('then', 'blocks instead of redacting: files and links are not taken out of a message');
  return smells;
}

/** Kinds of sensitive data that their detector does not tell, such as UK for GB. */
function unknownKinds({ contains = [] }: When): readonly string[] {
  return contains.flatMap(({ detector, kinds = [] }) =>
    detector === undefined
      ? []
      : kinds.filter((kind) => !kindsOf(detector).has(kind)).map((kind) => `${kind} of ${detector}`),
  );
}

/** Why a condition is met by nothing; undefined where something may meet it. */
function neverMatches({ direction, from, to, external, ...when }: When): string | undefined {
  if (direction === 'out' && from !== undefined && from.every((one) => one === 'external'))
    return 'what our members write is from nobody external';
  if (direction === 'in' && from !== undefined && from.every((one) => one === 'own'))
    return 'what others write is from none of our members';
  if (direction === 'in' && external === false)
    return 'what others write has somebody of another organisation in it';
  if (external === false && to !== undefined && to.every((one) => one === 'external'))
    return 'nobody external takes part where nobody of another organisation does';
  if (external === false && when.firstContact === true)
    return 'a first contact is with somebody of another organisation';
  if (external === false && when.levelBelow !== undefined) return 'our own organisation is below no level';
  if (direction === 'out' && when.imitates?.every((by) => by === 'name') === true)
    return 'the names of our own members imitate nobody';
  return undefined;
}

/** Whether all that meets a condition meets the other one: each setting of the other is in it just so. */
function isCovered(when: When, other: When): boolean {
  const given = Object.entries(other);
  const settings = new Map<string, unknown>(Object.entries(when));
  return (
    given.length > 0 &&
    given.every(([key, value]) => JSON.stringify(settings.get(key)) === JSON.stringify(value))
  );
}
