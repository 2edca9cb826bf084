/** Whom of partners members know: whom they have written to, or accepted; and who of partners has written to us. */
import { equals } from 'uint8arrays/equals';
import { domainOf } from '../../protocol/conversation/index.ts';
import type { Op } from '../archive/index.ts';
import { PRESENT, put } from './fact.ts';
import { endOfWaiting, isWaiting } from './requests.ts';
import { decodeSequence, encodeSequence } from './view-key.ts';
import type { View, Views } from './view.ts';

export const contactView: View<'contact'> = ({ said, sequence }, views) => {
  const { person, member, accepted } = said;
  const value = accepted ? encodeSequence(sequence) : REFUSED;
  return [
    put(views.keys.contact(member ?? '', person), value),
    ...(accepted ? endOfWaiting(views.keys, person, member === null ? [] : [member]) : []),
    put(views.keys.contactDecided(sequence), PRESENT),
  ];
};

/** A person who was declined. */
const REFUSED = Uint8Array.of(0);

/**
 * Whether a member of ours, or everybody, knows somebody of a partner: has written with them, or accepted them. @param before
 * an entry: whether it was so then, as far as what was decided since lets it be known
 */
export function isContact(
  views: Pick<Views, 'decoded' | 'keys'>,
  member: string,
  person: string,
  before = Infinity,
): boolean {
  // the member's own first: of whom they write with it is there, and known from memory
  return [member, ''].some((who) => {
    const since = views.decoded(views.keys.contact(who, person), knownSince) ?? null;
    return since !== null && since < before;
  });
}

/** The entry since which somebody is known; null where they were declined. */
function knownSince(value: Uint8Array): number | null {
  return value.length > REFUSED.length ? decodeSequence(value) : null;
}

/** Whether a person was declined: for everybody, or by each of these members of ours. */
export function isDeclined(
  views: Pick<Views, 'decoded' | 'keys'>,
  person: string,
  members: readonly string[],
): boolean {
  const declined = (who: string): boolean =>
    views.decoded(views.keys.contact(who, person), knownSince) === null;
  return declined('') || (members.length > 0 && members.every(declined));
}

/**
 * Whom a member who writes knows from then on: everybody of other organisations in the conversation, but for those who wait to
 * be let in by that member, or by the organisation: that is said by accepting them.
 */
export function contactOps(
  views: Views,
  { sender, members, sequence }: { sender: string; members: readonly string[]; sequence: number },
): Op[] {
  return members.flatMap((address) => {
    if (domainOf(address) === views.domain) return [];
    const key = views.keys.contact(sender, address);
    if (typeof views.decoded(key, knownSince) === 'number' || isWaiting(views, sender, address)) return [];
    return [put(key, encodeSequence(sequence))];
  });
}

/** Somebody of a partner who wrote to us, and was let in, with the device that they used last. */
export function personOps(views: Views, sender: string, device: Uint8Array): Op[] {
  const key = views.keys.person(sender);
  const known = views.decoded(key, (value) => value);
  return known !== undefined && equals(known, device) ? [] : [put(key, device)];
}
