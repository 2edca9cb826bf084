/**
 * Conversations as members are shown them. Guarantees: what waits for a review, or was turned down, tells nobody but its writer
 * that there is a conversation, what it is called, or who takes part: each is shown as it was before.
 */
import { concat } from 'uint8arrays/concat';
import {
  decodeConversation,
  encodeConversation,
  type Conversation,
} from '../../protocol/conversation/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import type { Op } from '../archive/index.ts';
import { conversationOf } from './conversation-of.ts';
import { del, put } from './fact.ts';
import { decodeSequence, encodeSequence } from './view-key.ts';
import type { Views } from './view.ts';

const SEQUENCE_BYTES = 8;

type Reading = Pick<Views, 'decoded' | 'keys'>;

/** That changes of a conversation are kept back: the newest one's entry, and how it was before them; null for not at all. */
interface KeptBack {
  readonly newest: number;
  readonly before: Conversation | null;
}

function keptBack(views: Reading, id: Uint8Array): KeptBack | undefined {
  return views.decoded(views.keys.conversationBefore(id), (value) => ({
    newest: decodeSequence(value.subarray(0, SEQUENCE_BYTES)),
    before: value.length === SEQUENCE_BYTES ? null : valueOf(decodeConversation(value.slice(SEQUENCE_BYTES))),
  }));
}

/** A change of a conversation: one that is kept back leaves it shown as it was, any other shows it as it is. */
export function changeOps(
  views: Views,
  before: Conversation | undefined,
  { id, sequence, isHeld }: { readonly id: Uint8Array; readonly sequence: number; readonly isHeld: boolean },
): Op[] {
  const key = views.keys.conversationBefore(id);
  const kept = keptBack(views, id);
  if (!isHeld) return kept === undefined ? [] : [del(key)];
  const shown = kept === undefined ? (before ?? null) : kept.before;
  const encoded = shown === null ? new Uint8Array() : encodeConversation(shown);
  return [put(key, concat([encodeSequence(sequence), encoded]))];
}

/** A change that is released: the newest shows the conversation as it is. */
export function releaseOps(views: Views, id: Uint8Array, sequence: number): Op[] {
  return keptBack(views, id)?.newest === sequence ? [del(views.keys.conversationBefore(id))] : [];
}

/** As everybody in it may know it; undefined for one that is not known to anybody yet. */
export function shownConversation(views: Reading, id: Uint8Array): Conversation | undefined {
  const kept = keptBack(views, id);
  return kept === undefined ? conversationOf(views, id) : (kept.before ?? undefined);
}
