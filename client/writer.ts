/**
 * Writes messages into the outbox, one after the other: what a message names as its parents depends on the one before.
 * Guarantees: what is refused here would be refused by everyone; what resolves is on the device's disk.
 */
import { fromString } from 'uint8arrays/from-string';
import { ChanceryError } from '../protocol/errors/index.ts';
import {
  MAX_TEXT_BYTES,
  MAX_TITLE_BYTES,
  decodeMessage,
  type AttachmentContent,
  type Content,
  type DecodedMessage,
  type EditContent,
  type FileInfo,
  type RecallContent,
  type TextContent,
} from '../protocol/message/index.ts';
import { mask } from '../protocol/detect/mask.ts';
import type { Redaction } from '../protocol/wire/index.ts';
import type { Composed, Composer } from './composer.ts';
import { idBytes, type ConversationBook } from './conversation-book.ts';
import { addressList } from './address-list.ts';
import type { Device } from './device.ts';
import { follow, parentsIn, withdraw, write, type ConversationState } from './model/index.ts';
import type { NewFile, Outbox, Outcome, Outgoing } from './outbox/index.ts';
import type { Platform } from './platform.ts';
import type { Journal } from './store/index.ts';
import type { Turns } from './turns.ts';
import type { Written } from './written.ts';

/** A message in the outbox. `sent` never rejects. */
export interface Sending {
  /** Lower-case hex; for a new conversation, its id as well. */
  readonly id: string;
  readonly sent: Promise<Outcome>;
}

/** A conversation to be: this member is always in it. */
export interface NewConversation {
  readonly type: 'direct' | 'group';
  readonly title?: string;
  readonly members: readonly string[];
}

export interface ConversationChange {
  readonly title?: string;
  readonly members?: readonly string[];
}

/** A message that is about to be put into the outbox. */
interface Prepared {
  readonly composed: Composed;
  readonly conversation: string;
  readonly file?: FileInfo;
  /** Why it is sent although the policy warns of it. */
  readonly confirmation?: string;
}

export interface WriterOptions {
  readonly suite: Platform['context']['suite'];
  /** Whether a message outlives a power failure before it counts as written. */
  readonly durable: boolean;
  readonly journal: Journal;
  readonly outbox: Outbox;
  readonly composer: Composer;
  readonly book: ConversationBook;
  readonly turns: Turns;
  readonly written: Written;
  /** The device as it is now: a renewed certificate signs from then on. */
  readonly device: () => Device;
}

export class Writer {
  readonly #options: WriterOptions;
  /** The last message of each group that is written to disk together, so that they are sent together. */
  readonly #groups = new WeakMap<Promise<void>, number>();
  #closed = false;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  create({ type, title = '', members: others }: NewConversation): Promise<Sending> {
    requireText(title, MAX_TITLE_BYTES, 'title');
    const members = addressList([...others, this.#options.device().address]);
    return this.#enqueue(async () => {
      const composed = await this.#compose(null, [], { kind: 'create', type, title, members });
      this.#options.book.put(this.#following(undefined, composed));
      return { composed, conversation: composed.name };
    });
  }

  change(conversation: string, change: ConversationChange): Promise<Sending> {
    if (change.title !== undefined) requireText(change.title, MAX_TITLE_BYTES, 'title');
    const wanted = change.members === undefined ? undefined : addressList(change.members);
    return this.#enqueue(async () => {
      const state = await this.#mine(conversation);
      const { id, origin, revision, title, members } = state.conversation;
      const composed = await this.#compose(id, parentsIn(state), {
        kind: 'membership',
        origin,
        revision: revision + 1,
        title: change.title ?? title,
        members: wanted ?? [...members],
      });
      this.#following(state, composed);
      this.#options.book.put(write(state, composed, composed.time));
      return { composed, conversation };
    });
  }

  say(conversation: string, text: string, confirmation?: string): Promise<Sending> {
    return this.#put(conversation, { kind: 'text', text: requireWords(text) }, confirmation);
  }

  edit(conversation: string, message: string, text: string, confirmation?: string): Promise<Sending> {
    const content = { kind: 'edit', target: idBytes(message), text: requireWords(text) } as const;
    return this.#put(conversation, content, confirmation);
  }

  /** The text or edit of a message once more, without what may not go; undefined for any other message. */
  async without(
    { conversation, envelope, confirmation }: Outgoing,
    redactions: readonly Redaction[],
  ): Promise<{ readonly sending: Sending; readonly text: string } | undefined> {
    const { content } = this.#decoded(envelope);
    if (content.kind !== 'text' && content.kind !== 'edit') return undefined;
    const found = redactions.map(({ start, end, type }) => ({ start, end, detector: type }));
    const text = mask(content.text, found);
    return { sending: await this.#put(conversation, { ...content, text }, confirmation), text };
  }

  recall(conversation: string, message: string): Promise<Sending> {
    return this.#put(conversation, { kind: 'recall', target: idBytes(message) });
  }

  /** The file is kept on the device before the message is written: what was attached is what goes out. */
  async attach(conversation: string, source: NewFile, text: string, confirmation?: string): Promise<Sending> {
    requireText(text, MAX_TEXT_BYTES, 'text');
    const { outbox, durable } = this.#options;
    const { files } = outbox;
    await this.#mine(conversation);
    const file = await files.keep(source, durable);
    try {
      return await this.#put(conversation, { kind: 'attachment', text, file }, confirmation);
    } finally {
      files.release(file); // the message in the outbox holds it by itself
    }
  }

  #put(
    conversation: string,
    content: TextContent | EditContent | RecallContent | AttachmentContent,
    confirmation?: string,
  ): Promise<Sending> {
    return this.#enqueue(async () => {
      const state = await this.#mine(conversation);
      const composed = await this.#compose(state.conversation.id, parentsIn(state), content);
      this.#options.book.put(write(state, composed, composed.time));
      return {
        ...{ composed, conversation },
        ...(content.kind === 'attachment' ? { file: content.file } : {}),
        ...(confirmation === undefined ? {} : { confirmation }),
      };
    });
  }

  /** A message of ours was refused: nobody else will see it, so it is no parent, and starts no conversation. */
  withdraw({ envelope, conversation }: Outgoing): Promise<void> {
    const { turns, book, journal } = this.#options;
    return turns.run(async () => {
      const message = this.#decoded(envelope);
      const state = await book.get(conversation);
      if (state === undefined) return;
      if (message.content.kind === 'create') book.forget(conversation);
      else book.put(withdraw(state, message));
      await journal.commit();
    });
  }

  /** Takes nothing more in. */
  close(): void {
    this.#closed = true;
  }

  async #enqueue(prepare: () => Promise<Prepared>): Promise<Sending> {
    const { outbox, journal, turns, durable, written } = this.#options;
    const { item, writing } = await turns.run(async () => {
      if (this.#closed) throw new ChanceryError('request.invalid', 'the client is closed; open it again');
      outbox.requireRoom();
      const { composed, conversation, ...beside } = await prepare();
      const added = outbox.add(composed.name, conversation, composed.envelope, beside);
      written.add(composed.name);
      // begun before anyone else can commit what was just put, perhaps less durably
      const committed = journal.commit(durable);
      this.#groups.set(committed, added.number);
      return { item: added, writing: committed };
    });
    try {
      await writing;
    } catch (cause) {
      outbox.drop(item);
      throw new ChanceryError('internal', 'the message cannot be kept on this device; free some space', {
        cause,
      });
    }
    outbox.release(this.#groups.get(writing) ?? item.number);
    return { id: item.id, sent: item.outcome.promise };
  }

  #compose(
    conversation: Uint8Array | null,
    parents: readonly Uint8Array[],
    content: Content,
  ): Promise<Composed> {
    const { composer, device } = this.#options;
    return composer.compose(device(), conversation, parents, content);
  }

  /** What a message of ours makes of the conversation, checked as every receiver will. */
  #following(state: ConversationState | undefined, { envelope, time }: Composed): ConversationState {
    const followed = follow(state, this.#decoded(envelope), time, this.#options.suite.sha256);
    if (!followed.ok) throw ChanceryError.from(followed.refusal);
    return followed.value;
  }

  #decoded(envelope: Uint8Array): DecodedMessage {
    const message = decodeMessage(envelope, this.#options.suite);
    if (!message.ok) throw ChanceryError.from(message.refusal);
    return message.value;
  }

  async #mine(conversation: string): Promise<ConversationState> {
    idBytes(conversation);
    const { book, device } = this.#options;
    const state = await book.get(conversation);
    if (state === undefined) {
      throw new ChanceryError(
        'message.unknown-conversation',
        'no such conversation on this device; list what there is',
      );
    }
    if (!state.conversation.members.includes(device().address)) {
      throw new ChanceryError(
        'message.not-a-member',
        'you are no longer in this conversation; ask its owner',
      );
    }
    return state;
  }
}

function requireWords(text: string): string {
  requireText(text, MAX_TEXT_BYTES, 'text');
  if (text.length === 0) throw new ChanceryError('request.invalid', 'there is nothing to send');
  return text;
}

function requireText(text: string, limit: number, what: string): void {
  if (!text.isWellFormed()) {
    throw new ChanceryError('message.malformed', `the ${what} is not well-formed text`);
  }
  // no character takes more than three bytes a UTF-16 unit, so most texts need not be encoded to be measured
  if (text.length * 3 > limit && fromString(text).length > limit) {
    throw new ChanceryError(
      'message.too-large',
      `the ${what} has more than ${limit} bytes; shorten or split it`,
    );
  }
}
