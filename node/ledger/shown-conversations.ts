/**
 * Conversations as members are shown them. Guarantees: what waits for a review, or was turned down, tells nobody but its writer
 * that there is a conversation, what it is called, or who takes part: each is shown as it was before.
 */
import { concat } from 'uint8arrays/concat';
import { equals } from 'uint8arrays/equals';
import {
  decodeConversation,
  encodeConversation,
  type Conversation,
} from '../../protocol/conversation/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import type { Op } from '../archive/index.ts';
import { conversationOf } from './conversation-of.ts';
import { del, put } from './fact.ts';
import type { Views } from './view.ts';

const ID_BYTES = 32;

type Reading = Pick<Views, 'decoded' | 'keys'>;

/** That changes of a conversation are kept back: the newest one's message, and how it was before them; null for not at all. */
interface KeptBack {
  readonly newest: Uint8Array;
  readonly before: Conversation | null;
}

function keptBack(views: Reading, id: Uint8Array): KeptBack | undefined {
  return views.decoded(views.keys.conversationBefore(id), (value) => ({
    newest: value.slice(0, ID_BYTES),
    before: value.length === ID_BYTES ? null : valueOf(decodeConversation(value.slice(ID_BYTES))),
  }));
}

/** A change of a conversation: one that is kept back leaves it shown as it was, any other shows it as it is. */
export function changeOps(
  views: Views,
  before: Conversation | undefined,
  {
    id,
    message,
    isHeld,
  }: { readonly id: Uint8Array; readonly message: Uint8Array; readonly isHeld: boolean },
): Op[] {
  const key = views.keys.conversationBefore(id);
  const kept = keptBack(views, id);
  if (!isHeld) return kept === undefined ? [] : [del(key)];
  const shown = kept === undefined ? (before ?? null) : kept.before;
  const encoded = shown === null ? new Uint8Array() : encodeConversation(shown);
  return [put(key, concat([message, encoded]))];
}

/** A change that is released: the newest shows the conversation as it is. */
export function releaseOps(views: Views, id: Uint8Array, message: Uint8Array): Op[] {
  const kept = keptBack(views, id);
  return kept !== undefined && equals(kept.newest, message) ? [del(views.keys.conversationBefore(id))] : [];
}

/** The newest change of a conversation that nobody is shown yet: its message; undefined for one that is. */
export function unseenSince(views: Reading, id: Uint8Array): Uint8Array | undefined {
  const kept = keptBack(views, id);
  return kept?.before === null ? kept.newest : undefined;
}

/** As everybody in it may know it; undefined for one that is not known to anybody yet. */
export function shownConversation(views: Reading, id: Uint8Array): Conversation | undefined {
  const kept = keptBack(views, id);
  return kept === undefined ? conversationOf(views, id) : (kept.before ?? undefined);
}
