/** Reviews and contacts, as operators and officers see them at the socket: metadata alone. What is decided is in the log first. */
import { valueOf } from '../../protocol/errors/index.ts';
import { parseAddress } from '../../protocol/names/index.ts';
import { entriesWithin } from '../archive/index.ts';
import type { ArchiveNode } from '../composition/index.ts';
import type { Queued } from '../ledger/index.ts';
import { LISTED, shownItem, tally, type Meant } from '../review/index.ts';
import type { OperationOutput, Operations } from './contract.ts';
import { hex, time } from './present.ts';

type Shown = OperationOutput<'review.list'>['items'][number];

type Asked = 'review.list' | 'review.report' | 'contact.list' | 'contact.accept' | 'contact.decline';

export function reviewOperations(node: ArchiveNode): Pick<Operations, Asked> {
  const { log, reviewing } = node.organisation;
  const { queue, requests, requestList, contactDesk } = reviewing;
  return {
    'review.list': async ({ all, from, limit }) => {
      const found = await (all ? queue.all(from ?? null, limit) : queue.open(from ?? null, limit));
      const { waiting, oldest } = await queue.waiting();
      return {
        items: found.map((item) => showItem(node, item)),
        next: found.length < limit ? null : (found.at(-1)?.sequence ?? null),
        ...{ waiting, oldest: oldest === null ? null : time(oldest) },
      };
    },
    'review.report': async ({ since, until }) => {
      const within = entriesWithin(log, log.size, { since: parsed(since), until: parsed(until) });
      const { oldest, reviewers, rules, ...counts } = await tally(queue, within);
      return {
        ...counts,
        oldest: oldest === null ? null : time(oldest),
        oldestAge: oldest === null ? null : seconds(log.now - oldest),
        rules: [...rules],
        reviewers: reviewers.map((one) => ({ ...one, waited: seconds(one.waited) })),
      };
    },
    'contact.list': async ({ before, limit }) => {
      const { people, more } = await requestList.all();
      const decided = await requests.decided(before ?? null, limit);
      return {
        waiting: people.map(({ person, messages, since, members, imitates, mayAccept }) => ({
          ...{ address: person.address, name: person.name, domain: person.domain, level: person.level },
          ...{ messages, since: time(since), members: [...members], imitates, receiversAccept: mayAccept },
        })),
        more,
        decided: decided.map(({ sequence: entry, time: at, person, member, accepted, actor, reason }) => ({
          ...{ entry, time: time(at), person, member, accepted, actor, reason },
        })),
        next: decided.length < limit ? null : (decided.at(-1)?.sequence ?? null),
      };
    },
    'contact.accept': async ({ actor, reason, ...given }) => {
      const meant = meantBy(given);
      return { person: meant.person, released: await contactDesk.accept(meant, named(actor), reason) };
    },
    'contact.decline': async ({ actor, reason, ...given }) => {
      const meant = meantBy(given);
      return { person: meant.person, rejected: await contactDesk.decline(meant, named(actor), reason) };
    },
  };
}

/** A line where something waits for an officer. */
export async function waitingReviews({ organisation }: ArchiveNode): Promise<string[]> {
  const { waiting, oldest } = await organisation.reviewing.queue.waiting();
  if (waiting === 0) return [];
  const since = oldest === null ? '' : `, the oldest since ${time(oldest)}`;
  return [
    `${waiting} ${waiting === 1 ? 'message waits' : 'messages wait'} for an officer’s review${since}; see chancery-chat review list`,
  ];
}

function showItem({ organisation }: ArchiveNode, item: Queued): Shown {
  const { confirmed: _confirmed, reason: _reason, ...shown } = shownItem(item, organisation.messages, LISTED);
  return { ...shown, ...showTimes(shown), message: hex(shown.message) };
}

function showTimes({
  time: at,
  review,
}: Pick<ReturnType<typeof shownItem>, 'time' | 'review'>): Pick<Shown, 'time' | 'review'> {
  return { time: time(at), review: review === null ? null : { ...review, time: time(review.time) } };
}

/** The operator, or an officer by address. Throws `name.*`. */
function named(actor: string): string {
  return actor === 'operator' ? actor : valueOf(parseAddress(actor)).text;
}

function meantBy({
  person,
  member,
}: {
  readonly person: string;
  readonly member?: string | undefined;
}): Meant {
  return { person: valueOf(parseAddress(person)).text, member: member ?? null };
}

function parsed(text: string | undefined): number | null {
  return text === undefined ? null : Date.parse(text);
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds / 1000);
}
