/**
 * A rule's condition, as it is asked of messages: what costs nothing first, and what looks into texts last. Guarantees: all
 * that is given must be met; names that lead nowhere are refused when the policy is read.
 */
import { accept, refuse, type Result } from '../errors/index.ts';
import { domainList, matchesList, type DomainList } from '../lookalike/index.ts';
import type { Finding } from './decision.ts';
import type { AttachmentState, PolicyDocument, When } from './document.ts';
import { compileContains, type Findings, type Sought } from './findings.ts';
import { withinHours } from './hours.ts';
import { isBelow } from './level.ts';
import type { Draw } from './sampling.ts';
import type { Talk, TalkFile, TalkLink } from './talk.ts';
import { compileWho, type Who } from './who.ts';

/**
 * The places and kinds by which a message meets a condition, in lists, as they may be very many: undefined where it does
 * not, empty where there are none to name.
 */
export type Condition = (talk: Talk, findings: Findings) => Met | undefined;

export type Met = readonly (readonly Finding[])[];

type Test = (talk: Talk) => boolean;

/** Refuses with `policy.invalid`. */
export function compileCondition(when: When, document: PolicyDocument, draw: Draw): Result<Condition> {
  const tests: Test[] = [];
  const people = peopleTests(when, document);
  if (!people.ok) return people;
  const { direction, conversation, external, levelBelow, outside, firstContact, imitates, sample } = when;
  if (direction !== undefined) tests.push((talk) => talk.direction === direction);
  if (conversation !== undefined) tests.push((talk) => talk.conversation === conversation);
  if (external !== undefined)
    tests.push(({ sender, receivers, ownDomain }) => {
      const isExternal = [sender, ...receivers].some(({ domain }) => domain !== ownDomain);
      return isExternal === external;
    });
  tests.push(...people.value);
  if (levelBelow !== undefined) tests.push(({ leastLevel }) => isBelow(leastLevel, levelBelow));
  if (outside !== undefined) {
    const within = withinHours(outside);
    tests.push(({ time }) => !within(time));
  }
  if (firstContact !== undefined) tests.push((talk) => talk.firstContact() === firstContact);
  if (imitates !== undefined) tests.push((talk) => imitates.some((by) => talk.imitated(by) !== null));
  const looks = looksOf(when, document);
  if (!looks.ok) return looks;
  return accept((talk, findings) => {
    if (!tests.every((test) => test(talk))) return undefined;
    const met: (readonly Finding[])[] = [];
    for (const look of looks.value) {
      const found = look(talk, findings).filter(({ length }) => length > 0);
      if (found.length === 0) return undefined;
      met.push(...found);
    }
    // drawn last, so that the share is of what meets all else
    return sample === undefined || draw(talk.id, sample) ? met : undefined;
  });
}

function peopleTests({ from, to, between }: When, { groups }: PolicyDocument): Result<Test[]> {
  const tests: Test[] = [];
  if (from !== undefined) {
    const who = compileWho(from, groups);
    if (!who.ok) return who;
    tests.push(({ sender, ownDomain }) => who.value(sender, ownDomain));
  }
  if (to !== undefined) {
    const who = compileWho(to, groups);
    if (!who.ok) return who;
    tests.push(({ receivers, ownDomain }) => receivers.some((one) => who.value(one, ownDomain)));
  }
  if (between !== undefined) {
    const sides: Who[] = [];
    for (const name of between) {
      const who = compileWho([`group:${name}`], groups);
      if (!who.ok) return who;
      sides.push(who.value);
    }
    tests.push(({ sender, receivers, ownDomain }) => {
      const everybody = [sender, ...receivers];
      return sides.every((side) => everybody.some((one) => side(one, ownDomain)));
    });
  }
  return accept(tests);
}

/** What looks into a message, and names what it finds: nothing means that the condition is not met. */
type Look = (talk: Talk, findings: Findings) => Met;

function looksOf({ contains, attachment, link }: When, document: PolicyDocument): Result<Look[]> {
  const looks: Look[] = [];
  if (attachment !== undefined)
    looks.push(({ files }) => [
      files.filter((file) => isMet(attachment, file)).map((file) => findingOf(file, attachment.is)),
    ]);
  if (link !== undefined) {
    const named = link.list === undefined ? null : document.lists[link.list];
    if (named === undefined)
      return refuse(
        'policy.invalid',
        `there is no list ${link.list}; add it under lists, or mend its spelling`,
      );
    const read = named === null ? accept(null) : domainList(named);
    if (!read.ok) return refuse('policy.invalid', `list ${link.list}: ${read.refusal.message}`);
    const list = read.value;
    const links = (talk: Talk): readonly Finding[] =>
      talk
        .links()
        .filter((one) => meetsLink(link.is, list, one))
        .map(({ place, start, end }) => ({ type: 'link', kind: null, place, start, end }));
    looks.push((talk, findings) => [findings.once(`link ${JSON.stringify(link)}`, () => links(talk))]);
  }
  if (contains !== undefined) {
    const sought: Sought[] = [];
    for (const one of contains) {
      const compiled = compileContains(one, document);
      if (!compiled.ok) return compiled;
      sought.push(compiled.value);
    }
    looks.push((_talk, findings) => sought.map((one) => findings.of(one)));
  }
  return accept(looks);
}

type Attachment = NonNullable<When['attachment']>;

function isMet({ names, types, is, largerThan }: Attachment, file: TalkFile): boolean {
  if (largerThan !== undefined && file.bytes <= largerThan) return false;
  if (names !== undefined && !names.some((pattern) => isLike(file.name.toLowerCase(), pattern.toLowerCase())))
    return false;
  if (
    types !== undefined &&
    !file.types.some((type) => types.some((pattern) => isLike(type, pattern.toLowerCase())))
  )
    return false;
  return is === undefined || is.some((state) => file.states.includes(state));
}

function findingOf(file: TalkFile, is: readonly AttachmentState[] | undefined): Finding {
  const kind = is?.find((state) => file.states.includes(state)) ?? null;
  return { type: 'file', kind, place: 'file', start: 0, end: 0 };
}

/** Whether a text is like a pattern in which `*` stands for any characters; in time that grows with both lengths alone. */
function isLike(text: string, pattern: string): boolean {
  const pieces = pattern.split('*');
  const [first = '', ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}

function meetsLink(
  is: NonNullable<When['link']>['is'],
  list: DomainList | null,
  { host, mismatched, deceptive, lookalike }: TalkLink,
): boolean {
  if (list !== null && (host === null || !matchesList(host, list))) return false;
  if (is === undefined) return true;
  return is.some((what) => {
    switch (what) {
      case 'any':
        return true;
      case 'mismatched':
        return mismatched;
      case 'deceptive':
        return deceptive;
      case 'lookalike':
        return lookalike !== null;
    }
  });
}
