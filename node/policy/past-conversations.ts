/**
 * Who was in conversations when a message came, for a walk along the log. Guarantees: what a conversation was is taken from the
 * change before the message wherever the log has one within reach, and never from a later one.
 */
import { decodeConversation, type Conversation } from '../../protocol/conversation/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { byteName, isDisposed } from '../archive/index.ts';
import type { Ledger, Messages } from '../ledger/index.ts';

/** Rows of a conversation read at a time, and looked at back from its first message of the walk. */
const ROWS = 256;
const MAX_LOOKED_BACK = 65_536;

/** Conversations known at a time; one that fell out is looked for anew. */
const MAX_KNOWN = 8_192;

export class PastConversations {
  readonly #ledger: Ledger;
  readonly #messages: Messages;
  readonly #known = new Map<string, Conversation | undefined>();

  constructor(ledger: Ledger, messages: Messages) {
    this.#ledger = ledger;
    this.#messages = messages;
  }

  /**
   * The conversation after a message. To be asked in the order of the log. Undefined where it is not known. Throws
   * `archive.damaged`. @param changes whether the message is of a kind that changes its conversation
   */
  async after(id: Uint8Array, sequence: number, changes: boolean): Promise<Conversation | undefined> {
    const name = byteName(id);
    const changed = changes ? this.#changeAt(sequence) : undefined;
    if (changed !== undefined) return this.#keep(name, changed);
    if (this.#known.has(name)) return this.#known.get(name);
    return this.#keep(name, await this.#lookUp(id, sequence));
  }

  #keep(name: string, conversation: Conversation | undefined): Conversation | undefined {
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.set(name, conversation);
    return conversation;
  }

  /** As it is now, where nothing changed it since; else as the change before the message left it. */
  async #lookUp(id: Uint8Array, sequence: number): Promise<Conversation | undefined> {
    const now = this.#messages.conversation(id);
    if (now === undefined || now.revision === 0) return now;
    const later = await this.#changeBelow(id, null, sequence + 1);
    return later === undefined ? now : this.#changeBelow(id, sequence, 0);
  }

  /** The newest change of a conversation below an entry, down to another one. */
  async #changeBelow(id: Uint8Array, below: number | null, down: number): Promise<Conversation | undefined> {
    let before = below;
    for (let looked = 0; looked < MAX_LOOKED_BACK; looked += ROWS) {
      const rows = await this.#messages.timeline(id, before, ROWS);
      for (const sequence of rows) {
        if (sequence < down) return undefined;
        const changed = this.#changeAt(sequence);
        if (changed !== undefined) return changed;
      }
      if (rows.length < ROWS) return undefined;
      before = rows.at(-1) ?? 0;
    }
    return undefined;
  }

  #changeAt(sequence: number): Conversation | undefined {
    try {
      const bytes = this.#ledger.messageHeader(sequence)?.conversationAfter ?? null;
      return bytes === null ? undefined : valueOf(decodeConversation(bytes));
    } catch (error) {
      if (isDisposed(error)) return undefined;
      throw error;
    }
  }
}
