/** A conversation as the views have it. */
import { decodeConversation, type Conversation } from '../../protocol/conversation/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import type { Views } from './view.ts';

/** Undefined for one that is not known. Throws `archive.damaged`. */
export function conversationOf(
  views: Pick<Views, 'decoded' | 'keys'>,
  id: Uint8Array,
): Conversation | undefined {
  return views.decoded(views.keys.conversation(id), (value) => valueOf(decodeConversation(value)));
}
