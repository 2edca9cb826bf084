/** What a message and a receipt change in the views: the index, conversations, feeds, the outbox of each partner, versions. */
import { concat } from 'uint8arrays/concat';
import {
  decodeConversation,
  domainOf,
  domainsOf,
  encodeConversation,
  type Conversation,
} from '../../protocol/conversation/index.ts';
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import type { Op } from '../archive/index.ts';
import { talkOps } from './acquaintances.ts';
import { conversationOf } from './conversation-of.ts';
import { contactOps } from './decisions.ts';
import { del, PRESENT, put } from './fact.ts';
import { personOps, quarantineOps } from './quarantine.ts';
import { requestOps } from './requests.ts';
import { stayOps } from './stays.ts';
import { encodeSequence } from './view-key.ts';
import type { View, Views } from './view.ts';

interface Audience {
  readonly members: readonly string[];
  readonly domains: readonly string[];
}

/** How the row of a message that was revised begins: what it was is known when that version itself is gone. */
const EDITED = 0;
export const RECALLED = 1;

/** A message in the index, its conversation, the feeds of our members, and the outbox of each partner. */
export const messageView: View<'message'> = ({ said, sequence }, views) => {
  const { id, sender, device, from } = said;
  const before = conversationOf(views, said.conversation);
  const after =
    said.conversationAfter === null ? before : valueOf(decodeConversation(said.conversationAfter));
  if (after === undefined)
    throw new ChanceryError('archive.damaged', 'a message of the archive is in no conversation');
  const ops = [
    put(views.keys.message(id), encodeSequence(sequence)),
    put(views.keys.timeline(after.id, sequence), PRESENT),
    put(views.keys.said(sender, sequence), PRESENT),
  ];
  const { target } = said;
  if (target !== undefined) {
    ops.push(put(views.keys.version(target, sequence), PRESENT));
    const how = Uint8Array.of(said.kind === 'recall' ? RECALLED : EDITED);
    ops.push(put(views.keys.revised(target), concat([how, encodeSequence(sequence)])));
  }
  if (said.file !== undefined) ops.push(put(views.keys.file(sequence), said.file));
  if (before !== after) ops.push(...membershipOps(views, before, after, sequence));
  const { members, domains } = audienceOf(views.domain, before, after);
  const isHeld = said.held === true;
  if (isHeld)
    ops.push(
      ...quarantineOps(views, id, { sequence, device, sender, from, members, domains }),
      ...requestOps(views, { id, sender, members }),
    );
  for (const address of members)
    if (!isHeld || (from === null && address === sender))
      ops.push(put(views.keys.feed(address, sequence), PRESENT));
  if (from === null) {
    const row = concat([id, device]);
    ops.push(...contactOps(views, { sender, members: after.members, sequence }));
    if (isHeld) return ops;
    for (const domain of domains)
      ops.push(
        put(views.keys.outbox(domain, sequence), row),
        put(views.keys.exchange(domain, sequence), PRESENT),
      );
    return ops;
  }
  ops.push(put(views.keys.exchange(from, sequence), PRESENT));
  return isHeld ? ops : [...ops, ...personOps(views, sender, device)];
};

/** The outbox moved past what a receipt settles, where it is kept, and a row in each sender's feed of which are theirs. */
export const receiptView: View<'receipt'> = (
  { said: { from, settled, next, released = [] }, sequence },
  { keys },
) => {
  const bySender = Map.groupBy(settled, ([, sender]) => sender);
  return [
    ...settled.flatMap(([position]) => [
      del(keys.outbox(from, position)),
      put(keys.exchange(from, position), encodeSequence(sequence)),
    ]),
    ...released.map((row) => del(keys.outbox(from, row))),
    put(keys.outboxCursor(from), encodeSequence(next)),
    ...[...bySender].map(([sender, own]) =>
      put(keys.feed(sender, sequence), concat(own.map(([, , id]) => id))),
    ),
  ];
};

/** Of conversations that a message left as they were. */
const audiences = new WeakMap<Conversation, Audience>();

/** Our members who are told, and the partners that are: those of before too, so that who is removed learns of it. */
export function audienceOf(domain: string, before: Conversation | undefined, after: Conversation): Audience {
  const known = before === after ? audiences.get(after) : undefined;
  if (known !== undefined) return known;
  const told = [...new Set([...(before?.members ?? []), ...after.members])];
  const audience = {
    members: told.filter((address) => domainOf(address) === domain),
    domains: domainsOf({ members: told }).filter((other) => other !== domain),
  };
  if (before === after) audiences.set(after, audience);
  return audience;
}

function membershipOps(
  views: Views,
  before: Conversation | undefined,
  after: Conversation,
  sequence: number,
): Op[] {
  const isOwn = (address: string): boolean => domainOf(address) === views.domain;
  const strangers = after.members.filter((address) => !isOwn(address));
  const ops = [put(views.keys.conversation(after.id), encodeConversation(after))];
  ops.push(...talkOps(views, after, strangers), ...stayOps(views, before, after, sequence));
  for (const address of after.members) {
    if (isOwn(address)) ops.push(put(views.keys.membership(address, after.id), PRESENT));
  }
  for (const address of before?.members ?? []) {
    if (after.members.includes(address) || !isOwn(address)) continue;
    ops.push(del(views.keys.membership(address, after.id)));
    ops.push(put(views.keys.formerMembership(address, after.id), encodeSequence(sequence)));
  }
  return ops;
}
