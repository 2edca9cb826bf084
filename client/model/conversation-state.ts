/**
 * What a device knows of a conversation: who may talk, and the tips it has seen, which its next message names as
 * parents. Pure transitions.
 */
import { equals } from 'uint8arrays/equals';
import { z } from 'zod';
import {
  advance,
  decodeConversation,
  domainOf,
  encodeConversation,
  type Conversation,
} from '../../protocol/conversation/index.ts';
import type { Sha256 } from '../../protocol/crypto/index.ts';
import { bytes, decodeCbor, encodeCbor, hash32, milliseconds } from '../../protocol/encoding/index.ts';
import { accept, type Result } from '../../protocol/errors/index.ts';
import { MAX_PARENTS, type DecodedMessage } from '../../protocol/message/index.ts';

/** Tips remembered: more than a message names, since the next one merges the rest. */
const MAX_TIPS = 4 * MAX_PARENTS;

const MAX_STATE_BYTES = 262_144;

const shape = z.strictObject({
  v: z.literal(1),
  conversation: bytes(MAX_STATE_BYTES),
  tips: z.array(hash32).max(MAX_TIPS),
  activity: milliseconds,
});

export interface ConversationState {
  readonly conversation: Conversation;
  /** Messages seen that no other message seen names as parent, oldest first. */
  readonly tips: readonly Uint8Array[];
  /** When something last happened in it, in milliseconds. */
  readonly activity: number;
}

export function encodeState({ conversation, tips, activity }: ConversationState): Uint8Array {
  return encodeCbor({ v: 1, conversation: encodeConversation(conversation), tips, activity });
}

export function decodeState(encoded: Uint8Array): Result<ConversationState> {
  const decoded = decodeCbor(encoded, MAX_STATE_BYTES, shape, 'conversation');
  if (!decoded.ok) return decoded;
  const conversation = decodeConversation(decoded.value.conversation);
  if (!conversation.ok) return conversation;
  return accept({
    conversation: conversation.value,
    tips: decoded.value.tips,
    activity: decoded.value.activity,
  });
}

/** What the next message names as its parents: the latest tips. */
export function parentsIn(state: ConversationState): readonly Uint8Array[] {
  return state.tips.slice(-MAX_PARENTS);
}

/**
 * The state after a message, whoever wrote it. Refuses as `advance` does: who is no member is not listened to.
 * @param time when it happened here, in milliseconds
 */
export function follow(
  state: ConversationState | undefined,
  message: DecodedMessage,
  time: number,
  sha256: Sha256,
): Result<ConversationState> {
  const conversation = next(state?.conversation, message, sha256);
  if (!conversation.ok) return conversation;
  const before = state?.tips ?? [];
  const left = before.filter((tip) => !contains(message.parents, tip) && !equals(tip, message.id));
  return accept({
    conversation: conversation.value,
    tips: [...left, message.id].slice(-MAX_TIPS),
    activity: Math.max(state?.activity ?? 0, time),
  });
}

/** The state when a message of this device comes back through the feed: its tip was set when it was written. */
export function confirm(
  state: ConversationState | undefined,
  message: DecodedMessage,
  time: number,
  sha256: Sha256,
): Result<ConversationState> {
  if (state === undefined) return follow(state, message, time, sha256);
  if (message.content.kind === 'create')
    return accept({ ...state, activity: Math.max(state.activity, time) });
  const conversation = next(state.conversation, message, sha256);
  if (!conversation.ok) return conversation;
  return accept({
    ...state,
    conversation: conversation.value,
    activity: Math.max(state.activity, time),
  });
}

/** The state when this device has written a message: a membership change counts only once it is archived. */
export function write(
  state: ConversationState,
  message: { readonly id: Uint8Array; readonly parents: readonly Uint8Array[] },
  time: number,
): ConversationState {
  const left = state.tips.filter((tip) => !contains(message.parents, tip));
  return { ...state, tips: [...left, message.id].slice(-MAX_TIPS), activity: Math.max(state.activity, time) };
}

/** The state when a message of this device was refused: nobody else will ever see it. */
export function withdraw(
  state: ConversationState,
  message: Pick<DecodedMessage, 'id' | 'parents'>,
): ConversationState {
  if (!contains(state.tips, message.id)) return state;
  const left = state.tips.filter((tip) => !equals(tip, message.id));
  const back = message.parents.filter((parent) => !contains(left, parent));
  return { ...state, tips: [...back, ...left].slice(-MAX_TIPS) };
}

/**
 * Our own organisation admitted the message in the order of its log, so a membership change that does not follow is
 * one after changes this member was not told of, which starts anew from what it brings along, or one that was
 * taken in before the process was stopped.
 */
function next(
  current: Conversation | undefined,
  message: DecodedMessage,
  sha256: Sha256,
): Result<Conversation> {
  const { content } = message;
  if (
    current === undefined ||
    content.kind !== 'membership' ||
    domainOf(message.sender) !== current.owner ||
    content.revision === current.revision + 1
  ) {
    return advance(current, message, sha256);
  }
  return content.revision > current.revision ? advance(undefined, message, sha256) : accept(current);
}

function contains(ids: readonly Uint8Array[], id: Uint8Array): boolean {
  return ids.some((other) => equals(other, id));
}
