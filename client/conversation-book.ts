/** The conversations this device knows, in its store; those in use are kept in memory. */
import { fromString } from 'uint8arrays/from-string';
import { toString } from 'uint8arrays/to-string';
import type { Conversation } from '../protocol/conversation/index.ts';
import { ChanceryError, type Result } from '../protocol/errors/index.ts';
import { decodeState, encodeState, type ConversationState } from './model/index.ts';
import type { Store } from './platform.ts';
import { KEYS, within, type Journal } from './store/index.ts';

/** Conversations in memory. */
const MAX_CACHED = 512;

/** A conversation as shown. Ids are lower-case hex. */
export interface ConversationInfo {
  readonly id: string;
  readonly type: 'direct' | 'group';
  readonly title: string;
  /** The organisation that alone changes the membership. */
  readonly owner: string;
  readonly members: readonly string[];
  readonly revision: number;
  /** When something last happened in it, in milliseconds. */
  readonly activity: number;
}

export class ConversationBook {
  readonly #store: Store;
  readonly #journal: Journal;
  readonly #cache = new Map<string, ConversationState>();

  constructor(store: Store, journal: Journal) {
    this.#store = store;
    this.#journal = journal;
  }

  async get(id: string): Promise<ConversationState | undefined> {
    const cached = this.#cache.get(id);
    if (cached !== undefined) return cached;
    const stored = await this.#journal.get(KEYS.conversation(id));
    if (stored === undefined) return undefined;
    const state = opened(decodeState(stored), id);
    this.#keep(id, state);
    return state;
  }

  put(state: ConversationState): void {
    const id = toString(state.conversation.id, 'hex');
    this.#keep(id, state);
    this.#journal.putLater(KEYS.conversation(id), () => encodeState(state));
  }

  forget(id: string): void {
    this.#cache.delete(id);
    this.#journal.del(KEYS.conversation(id));
  }

  /** All of them, the latest activity first. */
  async list(): Promise<ConversationInfo[]> {
    await this.#journal.commit();
    const found: ConversationInfo[] = [];
    for await (const [key, value] of this.#store.entries(within('conversation'))) {
      found.push(infoOf(opened(decodeState(value), key)));
    }
    return found.sort((a, b) => b.activity - a.activity);
  }

  /** The direct conversation of two people; undefined where there is none here. */
  async direct(one: string, other: string): Promise<ConversationInfo | undefined> {
    const between = [one, other];
    return (await this.list()).find(
      ({ type, members }) => type === 'direct' && between.every((address) => members.includes(address)),
    );
  }

  #keep(id: string, state: ConversationState): void {
    if (this.#cache.size >= MAX_CACHED && !this.#cache.has(id)) this.#cache.clear();
    this.#cache.set(id, state);
  }
}

export function infoOf({ conversation, activity }: ConversationState): ConversationInfo {
  const { id, type, title, owner, members, revision } = conversation;
  return { id: toString(id, 'hex'), type, title, owner, members, revision, activity };
}

/** The bytes of a conversation's or message's id. Throws `request.invalid`. */
export function idBytes(id: string): Conversation['id'] {
  if (!/^[0-9a-f]{64}$/.test(id)) {
    throw new ChanceryError(
      'request.invalid',
      `${JSON.stringify(id.slice(0, 80))} is not an id: 64 hex digits`,
    );
  }
  return fromString(id, 'hex');
}

function opened(state: Result<ConversationState>, what: string): ConversationState {
  if (!state.ok) throw new ChanceryError('internal', `the device's store is damaged at ${what}`);
  return state.value;
}
