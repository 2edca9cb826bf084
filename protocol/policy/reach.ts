/**
 * Whom a rule is about, whatever they may write: its condition without all that looks into messages. Guarantees: who is not in
 * its reach is not met by the rule; who is may be.
 */
import type { Sha256 } from '../crypto/index.ts';
import { valueOf } from '../errors/index.ts';
import { compileCondition, type Condition } from './condition.ts';
import type { PolicyDocument, Rule, When } from './document.ts';
import { Findings } from './findings.ts';
import { drawFor } from './sampling.ts';
import type { Talk } from './talk.ts';
import { compileWho, type Participant, type Who } from './who.ts';

/** Who takes part, and which way it goes: a message without anything in it. */
export type Party = Pick<
  Talk,
  'direction' | 'ownDomain' | 'sender' | 'receivers' | 'conversation' | 'leastLevel'
>;

export interface Reach {
  /** Whether a message between these may be met. */
  readonly covers: (party: Party) => boolean;
  /** Whether one of our own members is meant: as who writes, or where it is about what others write, as who receives. */
  readonly concerns: (member: Participant) => boolean;
}

const ABOUT_PEOPLE = [
  'direction',
  'from',
  'to',
  'between',
  'conversation',
  'external',
  'levelBelow',
] as const satisfies readonly (keyof When)[];

const NOTHING = { texts: [], files: [] } as const;

/** Of a rule of a document that compiles. */
export function reachOf(rule: Rule, document: PolicyDocument, sha256: Sha256): Reach {
  const draw = drawFor(rule.id, '', sha256);
  const compiled = (when: When): Condition => valueOf(compileCondition(when, document, draw));
  const when = compiled(aboutPeople(rule.when));
  // what is left out of unless could only take out less than it says
  const isPlain = rule.unless !== undefined && isAboutPeople(rule.unless);
  const unless = isPlain && rule.unless !== undefined ? compiled(rule.unless) : undefined;
  return {
    covers: (party) => {
      const talk = silent(party);
      const findings = new Findings(NOTHING, document);
      return when(talk, findings) !== undefined && unless?.(talk, findings) === undefined;
    },
    concerns: concernsOf(rule.when, document),
  };
}

function aboutPeople(when: When): When {
  return Object.fromEntries(
    ABOUT_PEOPLE.flatMap((key) => (when[key] === undefined ? [] : [[key, when[key]]])),
  );
}

function isAboutPeople(when: When): boolean {
  return Object.keys(when).every((key) => (ABOUT_PEOPLE as readonly string[]).includes(key));
}

function concernsOf({ direction, from, to, between }: When, { groups }: PolicyDocument): Reach['concerns'] {
  const who = (names: readonly string[]): Who => valueOf(compileWho(names, groups));
  const sides = between?.map((name) => who([`group:${name}`]));
  const writes = from === undefined ? undefined : who(from);
  const receives = to === undefined ? undefined : who(to);
  return (member) => {
    const isSide = sides === undefined || sides.some((side) => side(member, member.domain));
    const mayWrite = writes === undefined || writes(member, member.domain);
    const mayReceive = direction !== 'out' && (receives === undefined || receives(member, member.domain));
    return isSide && (direction === 'in' ? mayReceive : mayWrite || (mayReceive && to !== undefined));
  };
}

function silent(party: Party): Talk {
  return {
    ...party,
    ...NOTHING,
    id: new Uint8Array(),
    time: 0,
    firstContact: () => false,
    imitated: () => null,
    links: () => [],
  };
}
