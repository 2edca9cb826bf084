/**
 * Sends the outbox over a session: many messages a frame, several frames under way, answers taken in order.
 * Guarantees: never more than the window is unanswered; a refusal counts only when nothing before it has to be sent
 * again, so a message is never refused for want of one that is merely late.
 */
import { fromString } from 'uint8arrays/from-string';
import { toString } from 'uint8arrays/to-string';
import { ChanceryError } from '../../protocol/errors/index.ts';
import {
  MAX_BUNDLE_BYTES,
  MAX_BUNDLE_MESSAGES,
  type Confirmation,
  type DeviceAnswer,
} from '../../protocol/wire/index.ts';
import type { After } from '../platform.ts';
import type { Requests } from '../session/index.ts';
import type { Outbox, Outcome, Outgoing } from './outbox.ts';
import { upload } from './upload.ts';

/** Messages, frames and bytes under way: small frames gather to larger ones while the window is full. */
const WINDOW_MESSAGES = 256;
const WINDOW_FRAMES = 8;
const WINDOW_BYTES = 2_097_152;

/** Milliseconds before what was refused for now is sent again. */
const RETRY_MS = 2_000;

/**
 * Refusals that say nothing of the message, beside all about the archive: the organisation cannot take it now, or has not
 * its file any more.
 */
const FOR_NOW: ReadonlySet<string> = new Set([
  'limit.exceeded',
  'node.unreachable',
  'internal',
  'attachment.missing',
]);

function isForNow(code: string): boolean {
  return code.startsWith('archive.') || FOR_NOW.has(code);
}

type Results = Extract<DeviceAnswer, { type: 'submitted' }>['results'];

interface Frame {
  readonly items: readonly Outgoing[];
  readonly bytes: number;
  readonly answer: Promise<Results | ChanceryError>;
  answered: boolean;
}

export interface SubmitterOptions {
  readonly outbox: Outbox;
  readonly after: After;
  readonly settle: (item: Outgoing, outcome: Outcome) => void;
  /** Called once after each answer, so that what was settled is written in one go. */
  readonly settled: () => void;
  /** Sending pauses: the node refuses for now, or refuses this device. */
  readonly onStall: (error: ChanceryError) => void;
}

export class Submitter {
  readonly #options: SubmitterOptions;
  readonly #requests: Requests;
  readonly #underWay: Frame[] = [];
  #sent = 0;
  /** Messages whose files the node has, by their numbers; and the one whose file is on its way. */
  readonly #uploaded = new Set<number>();
  #uploading: Outgoing | undefined;
  #stall: ChanceryError | undefined;
  #over: ChanceryError | undefined;
  #resume: (() => void) | undefined;

  constructor(options: SubmitterOptions, requests: Requests) {
    this.#options = options;
    this.#requests = requests;
  }

  /** Sends until the session ends; throws why it did. */
  async run(): Promise<never> {
    const { outbox } = this.#options;
    void this.#requests.ended.then((error) => {
      this.#over = error;
      this.#resume?.();
      outbox.wake();
    });
    for (;;) {
      const grown = outbox.grown();
      if (this.#over !== undefined) throw this.#over;
      if (this.#stall === undefined) this.#send();
      const [head] = this.#underWay;
      if (head?.answered === true) this.#take(head, await head.answer);
      else if (head !== undefined) await Promise.race(this.#hasRoom() ? [head.answer, grown] : [head.answer]);
      else if (this.#stall !== undefined && this.#uploading === undefined) await this.#pause(this.#stall);
      else await grown;
    }
  }

  #hasRoom(): boolean {
    return this.#stall === undefined && this.#room().messages > 0;
  }

  #room(): { messages: number; bytes: number } {
    if (this.#underWay.length >= WINDOW_FRAMES) return { messages: 0, bytes: 0 };
    let messages = WINDOW_MESSAGES;
    let bytes = WINDOW_BYTES;
    for (const frame of this.#underWay) {
      messages -= frame.items.length;
      bytes -= frame.bytes;
    }
    // a frame that does not fit whole waits, so the window is never exceeded
    return bytes < MAX_BUNDLE_BYTES ? { messages: 0, bytes: 0 } : { messages, bytes };
  }

  #send(): void {
    for (let room = this.#room(); room.messages > 0; room = this.#room()) {
      const limit = Math.min(room.messages, MAX_BUNDLE_MESSAGES);
      const items = this.#withFiles(this.#options.outbox.next(this.#sent, limit, MAX_BUNDLE_BYTES));
      const last = items.at(-1);
      if (last === undefined) return;
      this.#sent = last.number;
      const envelopes = items.map(({ envelope }) => envelope);
      const frame: Frame = {
        items,
        bytes: envelopes.reduce((sum, envelope) => sum + envelope.length, 0),
        answered: false,
        answer: this.#requests
          .ask('submit', { envelopes, ...confirmationsOf(items) })
          .then(
            ({ results }) => results,
            (error: unknown) => error as ChanceryError,
          )
          .finally(() => {
            frame.answered = true;
          }),
      };
      this.#underWay.push(frame);
    }
  }

  /** Messages up to the first whose file the node has yet to have: the file goes before it, and what follows it waits. */
  #withFiles(items: Outgoing[]): Outgoing[] {
    const at = items.findIndex(({ number, file }) => file !== undefined && !this.#uploaded.has(number));
    const item = items[at];
    if (item === undefined) return items;
    if (at === 0 && this.#uploading === undefined) void this.#upload(item);
    return items.slice(0, at);
  }

  async #upload(item: Outgoing): Promise<void> {
    const { outbox, settle, settled } = this.#options;
    const { file } = item;
    if (file === undefined) return;
    this.#uploading = item;
    try {
      await upload(file, (index) => outbox.files.chunk(file, index), this.#requests);
      this.#uploaded.add(item.number);
    } catch (error) {
      const { code, message: text } =
        error instanceof ChanceryError ? error : { code: 'internal', message: String(error) };
      if (isForNow(code)) this.#stall ??= new ChanceryError('archive.unavailable', text, { facts: { code } });
      else {
        settle(item, { state: 'refused', code, text });
        settled();
      }
    } finally {
      this.#uploading = undefined;
      outbox.wake();
    }
  }

  #take(frame: Frame, answer: Results | ChanceryError): void {
    this.#underWay.shift();
    if (answer instanceof Error) {
      this.#stall ??= answer;
      return;
    }
    if (answer.length !== frame.items.length) throw mismatch();
    for (const [index, item] of frame.items.entries()) {
      const result = answer[index];
      if (result === undefined) throw mismatch();
      this.#judge(item, result);
    }
    this.#options.settled();
  }

  #judge(item: Outgoing, result: Results[number]): void {
    if (result.message !== null && toString(result.message, 'hex') !== item.id) throw mismatch();
    if (result.state === 'archived') {
      const { state, sequence, time, held } = result;
      this.#options.settle(item, { state, sequence, time, ...(held === undefined ? {} : { held }) });
      return;
    }
    const { code, text, redactions } = result;
    if (isForNow(code)) this.#stall ??= new ChanceryError('archive.unavailable', text, { facts: { code } });
    else if (this.#stall === undefined)
      this.#options.settle(item, {
        ...{ state: 'refused', code, text },
        ...(redactions === undefined ? {} : { redactions }),
      });
  }

  /** All that was under way is answered, and some of it must be sent again, from the first on. */
  async #pause(reason: ChanceryError): Promise<void> {
    this.#options.onStall(reason);
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#resume = () => resolve(undefined);
    const cancel = this.#options.after(RETRY_MS, this.#resume);
    await promise;
    cancel();
    this.#stall = undefined;
    this.#sent = 0;
    this.#uploaded.clear(); // to begin again costs a question, where the node has them still
  }
}

function confirmationsOf(items: readonly Outgoing[]): { confirmations?: Confirmation[] } {
  const confirmations = items.flatMap(({ id, confirmation: reason }) =>
    reason === undefined ? [] : [{ message: fromString(id, 'hex'), reason }],
  );
  return confirmations.length === 0 ? {} : { confirmations };
}

function mismatch(): ChanceryError {
  return new ChanceryError('encoding.malformed', 'the node answered for other messages than were sent');
}
