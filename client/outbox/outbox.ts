/**
 * The device's outbox: what was written and is not yet in the organisation's archive, in order.
 * Guarantees: a message is on the device's disk before it is sent, and stays until it is archived or refused;
 * it survives the end of the process, and keeps its id, so sending it again is harmless.
 */
import { toString } from 'uint8arrays/to-string';
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { decodeMessage, type FileInfo } from '../../protocol/message/index.ts';
import { Signal } from '../signal.ts';
import type { Redaction } from '../../protocol/wire/index.ts';
import type { Store } from '../platform.ts';
import { KEYS, numberOf, within, type Journal } from '../store/index.ts';
import { OutgoingFiles } from './outgoing-files.ts';

/** Messages and bytes that may wait: days of writing without a connection, within a device's memory. */
const MAX_MESSAGES = 10_000;
const MAX_BYTES = 67_108_864;

/** What became of a message, or `queued` when the client was closed before that was known: it goes out next time. */
export type Outcome =
  | {
      readonly state: 'archived';
      readonly sequence: number;
      readonly time: number;
      /** It goes no further before somebody of the organisation looked at it. */
      readonly held?: true;
      /** What went in its place, by its id: the policy lets not all of it go. */
      readonly redacted?: { readonly id: string; readonly text: string };
    }
  | {
      readonly state: 'refused';
      readonly code: string;
      readonly text: string;
      /** With `policy.redact`: what may not go. */
      readonly redactions?: readonly Redaction[];
    }
  | { readonly state: 'queued' };

/** A message in the outbox. Ids are lower-case hex. */
export interface Outgoing {
  readonly number: number;
  readonly id: string;
  readonly conversation: string;
  readonly envelope: Uint8Array;
  /** What it brings along; the node has to have it first. */
  readonly file: FileInfo | undefined;
  /** Why it is sent although the policy warns of it; not kept for the next start. */
  readonly confirmation: string | undefined;
  readonly outcome: PromiseWithResolvers<Outcome>;
}

export class Outbox {
  readonly files: OutgoingFiles;
  readonly #journal: Journal;
  readonly #grown = new Signal();
  readonly #emptied = new Signal();
  readonly #waiting = new Map<number, Outgoing>();
  #bytes = 0;
  #last = 0;
  /** The last number that is on disk. */
  #stored = 0;

  private constructor(journal: Journal) {
    this.#journal = journal;
    this.files = new OutgoingFiles(journal);
  }

  /** Opens the outbox with what an earlier process left in it. */
  static async open(store: Store, journal: Journal, suite: CryptoSuite): Promise<Outbox> {
    const outbox = new Outbox(journal);
    for await (const [key, envelope] of store.entries(within('outbox'))) {
      const message = decodeMessage(envelope, suite);
      if (!message.ok) throw new ChanceryError('internal', `the outbox is damaged at ${key}`);
      const { id, conversationId, content } = message.value;
      const file = content.kind === 'attachment' ? content.file : undefined;
      outbox.#keep(numberOf(key), toString(id, 'hex'), toString(conversationId, 'hex'), envelope, file);
    }
    await outbox.files.sweep(store);
    outbox.#stored = outbox.#last;
    return outbox;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Throws `limit.exceeded` when nothing more fits. */
  requireRoom(): void {
    if (this.#waiting.size >= MAX_MESSAGES || this.#bytes >= MAX_BYTES) {
      throw new ChanceryError('limit.exceeded', 'the outbox is full; wait until it has been sent');
    }
  }

  /**
   * Takes a message in, with the file that is kept for it; it may be sent when {@link release} says that it is on disk.
   */
  add(
    id: string,
    conversation: string,
    envelope: Uint8Array,
    { file, confirmation }: { readonly file?: FileInfo; readonly confirmation?: string } = {},
  ): Outgoing {
    const item = this.#keep(this.#last + 1, id, conversation, envelope, file, confirmation);
    this.#journal.put(KEYS.outbox(item.number), envelope);
    return item;
  }

  /** Every message up to this number is on disk: they may be sent. */
  release(number: number): void {
    if (number <= this.#stored) return;
    this.#stored = number;
    this.wake();
  }

  /** Makes whoever waits look again. */
  wake(): void {
    this.#grown.fire();
  }

  /** The next messages after `number`, in order, within both bounds; at least one where there is one. */
  next(number: number, messages: number, bytes: number): Outgoing[] {
    const batch: Outgoing[] = [];
    let size = 0;
    for (const item of this.#waiting.values()) {
      if (item.number <= number) continue;
      if (item.number > this.#stored || batch.length >= messages) break;
      size += item.envelope.length;
      if (batch.length > 0 && size > bytes) break;
      batch.push(item);
    }
    return batch;
  }

  /** Lets go of a message whose outcome is known. */
  settle(item: Outgoing, outcome: Outcome): void {
    this.drop(item);
    item.outcome.resolve(outcome);
  }

  /** Lets go of a message that could not be written to disk. */
  drop(item: Outgoing): void {
    if (!this.#waiting.delete(item.number)) return;
    this.#bytes -= item.envelope.length;
    this.#journal.del(KEYS.outbox(item.number));
    if (item.file !== undefined) this.files.release(item.file);
    if (this.#waiting.size === 0) this.#emptied.fire();
  }

  /** Resolves at the next message that may be sent, or at {@link wake}, from now on. */
  grown(): Promise<undefined> {
    return this.#grown.wait();
  }

  /** Resolves once nothing waits. */
  async emptied(): Promise<void> {
    if (this.#waiting.size > 0) await this.#emptied.wait();
  }

  /** Tells whoever waits that what is left goes out next time. */
  close(): void {
    for (const item of this.#waiting.values()) item.outcome.resolve({ state: 'queued' });
  }

  #keep(
    number: number,
    id: string,
    conversation: string,
    envelope: Uint8Array,
    file: FileInfo | undefined,
    confirmation?: string,
  ): Outgoing {
    if (file !== undefined) this.files.hold(file);
    const outcome = Promise.withResolvers<Outcome>();
    const item: Outgoing = { number, id, conversation, envelope, file, confirmation, outcome };
    this.#waiting.set(number, item);
    this.#bytes += envelope.length;
    this.#last = number;
    return item;
  }
}
