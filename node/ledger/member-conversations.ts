/** The conversations of a member, as that member is shown them: see `shown-conversations.ts`. */
import type { Conversation } from '../../protocol/conversation/index.ts';
import { conversationOf } from './conversation-of.ts';
import type { Ledger } from './ledger.ts';
import { quarantined } from './quarantine.ts';
import { shownConversation } from './shown-conversations.ts';

const ID_BYTES = 32;

/** As a member is shown it; undefined where they are not in it. Who began one knows it as it is. */
export function conversationFor(ledger: Ledger, address: string, id: Uint8Array): Conversation | undefined {
  if (!ledger.log.has(ledger.keys.membership(address, id))) return undefined;
  if (quarantined(ledger, id)?.sender === address) return conversationOf(ledger, id);
  const shown = shownConversation(ledger, id);
  return shown?.members.includes(address) === true ? shown : undefined;
}

/** A member's conversations in the order of their ids, from after one. */
export async function conversationsFor(
  ledger: Ledger,
  address: string,
  after: Uint8Array | null,
  limit: number,
): Promise<Conversation[]> {
  const { gte, lt } = ledger.keys.within('membership', address);
  const from = after === null ? { gte } : { gt: ledger.keys.membership(address, after) };
  const found: Conversation[] = [];
  for await (const [key] of ledger.iterate({ ...from, lt })) {
    const conversation = conversationFor(ledger, address, key.slice(-ID_BYTES));
    if (conversation !== undefined && found.push(conversation) === limit) break;
  }
  return found;
}
