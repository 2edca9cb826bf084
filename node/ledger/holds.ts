/**
 * Legal holds: what is not to be disposed of, for which matter. Guarantees: a hold counts from its own entry on, for what
 * is archived in the same moment too; each counts by itself; only what two officers released counts no more.
 */
import { equals } from 'uint8arrays/equals';
import { toString } from 'uint8arrays/to-string';
import { decodeConversation, domainOf } from '../../protocol/conversation/index.ts';
import { decodeCbor, encodeCbor } from '../../protocol/encoding/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { z } from 'zod';
import { MAX_CONVERSATIONS, talksWith } from './acquaintances.ts';
import { del, PRESENT, put } from './fact.ts';
import type { HeaderOf } from './headers.ts';
import { decodeSequence, encodeSequence } from './view-key.ts';
import type { RecordOf } from './records.ts';
import { holdShape } from './retention-shapes.ts';
import type { View, Views } from './view.ts';

/** A hold as messages are held against it: what custodians are told is in its entry alone. */
export type Hold = Omit<RecordOf<'hold'>, 'notice'> & {
  /** Its entry. */
  readonly sequence: number;
};
export type HoldScope = Hold['scope'];
export type HoldRelease = RecordOf<'hold-release'>;

/** Holds in force at a time: each message that comes is held against all of them. */
export const MAX_HOLDS = 256;

const MAX_ACTIVE_BYTES = 4 * 1024 * 1024;

const activeShape = z.strictObject({
  v: z.literal(1),
  holds: z.array(
    holdShape.omit({ v: true, notice: true }).extend({ sequence: z.number().int().nonnegative() }),
  ),
});

/** What a message says and is, as far as it can be opened: undefined where it cannot. */
export type TextOf = () => string | undefined;

export const holdView: View<'hold'> = ({ said, sequence, bytes }, views) => {
  const { matter, scope, actor, reason, act } = said;
  return [
    put(views.keys.hold(sequence), bytes),
    active(views.keys.activeHolds(), [
      ...activeHolds(views),
      { matter, scope, actor, reason, sequence, ...(act === undefined ? {} : { act }) },
    ]),
    put(views.keys.pendingEffect(sequence), PRESENT),
  ];
};

export const holdReleaseView: View<'hold-release'> = ({ said, sequence, bytes }, views) => {
  const request = views.keys.holdRequest(said.matter);
  if (said.state === 'requested') return [put(request, bytesWith(bytes, sequence))];
  const released = new Set(said.holds);
  return [
    del(request),
    active(
      views.keys.activeHolds(),
      activeHolds(views).filter((hold) => !released.has(hold.sequence)),
    ),
    ...said.holds.map((hold) => put(views.keys.holdReleased(hold), encodeSequence(sequence))),
    put(views.keys.pendingEffect(sequence), PRESENT),
  ];
};

/** The entry of a request stands before it. */
function bytesWith(bytes: Uint8Array, sequence: number): Uint8Array {
  const joined = new Uint8Array(8 + bytes.length);
  joined.set(encodeSequence(sequence));
  joined.set(bytes, 8);
  return joined;
}

function active(key: Uint8Array, holds: readonly Hold[]): ReturnType<typeof put> {
  return put(key, encodeCbor({ v: 1, holds }));
}

/** The holds in force, oldest first. */
export function activeHolds(views: Views): readonly Hold[] {
  const decode = (value: Uint8Array): readonly Hold[] =>
    valueOf(
      decodeCbor(value, MAX_ACTIVE_BYTES, activeShape as unknown as z.ZodType<{ holds: Hold[] }>, 'holds'),
    ).holds;
  return views.decoded(views.keys.activeHolds(), decode) ?? NONE;
}

const NONE: readonly Hold[] = [];

/** The name of a hold in the store's rows: its entry. */
export function matterOf(hold: number): Uint8Array {
  return encodeSequence(hold);
}

/** Those of some holds that a message comes under. `time` is when it was received, in milliseconds. */
export function holdsOn(
  holds: readonly Hold[],
  views: Views,
  header: HeaderOf<'message'>,
  { sequence, time }: { readonly sequence: number; readonly time: number },
  text: TextOf,
): readonly Hold[] {
  if (holds.length === 0) return NONE;
  const people = new Set([header.sender, ...membersAt(views, header)]);
  const conversation = toString(header.conversation, 'hex');
  const domains = new Set([...people].map(domainOf));
  return holds.filter(({ scope }) => {
    const { from, until, exchangedWith } = scope;
    if (exchangedWith !== undefined && !views.get(views.keys.exchange(exchangedWith, sequence))) return false;
    if ((from !== null && time < from) || (until !== null && time >= until)) return false;
    const isIn = (person: string): boolean =>
      people.has(person) || wasIn(views, person, header.conversation, sequence);
    if (scope.people.length > 0 && !scope.people.some(isIn)) return false;
    if (scope.conversations.length > 0 && !scope.conversations.includes(conversation)) return false;
    const isWith = (domain: string): boolean =>
      domains.has(domain) || views.get(views.keys.exchange(domain, sequence)) !== undefined;
    if (scope.organisations.length > 0 && !scope.organisations.some(isWith)) return false;
    return scope.words.length === 0 || hasWord(text(), scope.words);
  });
}

/**
 * Whether somebody who is in the conversation no more may have been when an entry came: of our members that is known, of
 * others only that they once were in it, and no more than their last conversations.
 */
function wasIn(views: Views, person: string, conversation: Uint8Array, sequence: number): boolean {
  const until = views.get(views.keys.formerMembership(person, conversation));
  if (until !== undefined) return decodeSequence(until) >= sequence;
  const talks = talksWith(views, person);
  return talks.length === MAX_CONVERSATIONS || talks.some((one) => equals(one, conversation));
}

/** Who is in the conversation now, and who was told by this message. */
function membersAt(views: Views, header: HeaderOf<'message'>): readonly string[] {
  const decode = (value: Uint8Array): readonly string[] => valueOf(decodeConversation(value)).members;
  const now = views.decoded(views.keys.conversation(header.conversation), (value) =>
    valueOf(decodeConversation(value)),
  );
  const said = header.conversationAfter === null ? [] : decode(header.conversationAfter);
  return [...(now?.members ?? []), ...said];
}

/** A content that cannot be opened here may have the word: it is held. */
function hasWord(text: string | undefined, words: readonly string[]): boolean {
  if (text === undefined) return true;
  const folded = fold(text);
  return words.some((word) => folded.includes(fold(word)));
}

/** Case, width and compatible forms make no difference. */
function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}
