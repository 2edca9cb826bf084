/**
 * Reads the member's feed over a session: first what was missed, then what comes. Every item is verified, then kept
 * together with the cursor in one batch, and only then shown: what was shown is never read again.
 */
import { toString } from 'uint8arrays/to-string';
import { equals } from 'uint8arrays/equals';
import { encodeCbor, decodeCbor, count } from '../../protocol/encoding/index.ts';
import { domainOf } from '../../protocol/conversation/index.ts';
import { ChanceryError, type Result } from '../../protocol/errors/index.ts';
import { MAX_PAGE, type DeviceAnswer, type FeedItem, type MessageSigner } from '../../protocol/wire/index.ts';
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import type { ConversationBook } from '../conversation-book.ts';
import { confirm, follow } from '../model/index.ts';
import type { Requests } from '../session/index.ts';
import { KEYS, positionOf, type Journal } from '../store/index.ts';
import type { Turns } from '../turns.ts';
import type { FeedEvent, MessageEvent } from './event.ts';
import type { FeedLog } from './feed-log.ts';
import { messageEvent } from './message-event.ts';
import type { CheckedMessage, Verifier } from './verifier.ts';

type Page = Extract<DeviceAnswer, { type: 'feed' }>;
type MessageItem = Extract<FeedItem, { type: 'message' | 'redacted' }>;
type ReportedItem = Extract<FeedItem, { type: 'reported' }>;
type NewsItem = Extract<FeedItem, { type: 'identity' }>;

/** Conversations that news is shown in, the latest. */
const MAX_CONCERNED = 256;

export interface ReaderOptions {
  readonly address: string;
  /** This device's key: its own messages come back through the feed. */
  readonly publicKey: Uint8Array;
  readonly suite: CryptoSuite;
  readonly journal: Journal;
  readonly log: FeedLog;
  readonly book: ConversationBook;
  readonly verifier: Verifier;
  /** Between other changes to conversations. */
  readonly turns: Turns;
}

export class Reader {
  readonly #options: ReaderOptions;

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  /**
   * Reads until the session ends; throws why it did. `caughtUp` is called whenever nothing is left to read, `answered`
   * after every answer.
   */
  async run(requests: Requests, caughtUp: () => void, answered: () => Promise<void>): Promise<never> {
    const ask = (cursor: number, wait: boolean): Promise<Page> => {
      const page = requests.ask('read', { cursor, limit: MAX_PAGE, wait });
      page.catch(() => undefined); // awaited below, after the page before it was taken
      return page;
    };
    const stored = await this.#options.journal.get(KEYS.cursor);
    let cursor = stored === undefined ? 0 : cursorIn(stored);
    let next = ask(cursor, false);
    for (;;) {
      const page = await next;
      if (page.cursor === null || page.cursor < cursor) {
        throw new ChanceryError('encoding.malformed', 'the node’s feed goes backwards');
      }
      cursor = page.cursor;
      const empty = page.items.length === 0;
      next = ask(cursor, empty);
      await this.#options.turns.run(() => this.#take(page, cursor));
      if (empty) caughtUp();
      await answered();
    }
  }

  /** The verified messages of a page of history, which is not kept. */
  read(page: Page): FeedEvent[] {
    return this.#checked(page.items, page);
  }

  /** The newest versions that came with a page of history, verified like its messages. */
  versions(page: Page): MessageEvent[] {
    const events = this.#checked(page.versions ?? [], page);
    return events.filter((event) => event.type === 'message');
  }

  #checked(items: readonly FeedItem[], page: Page): FeedEvent[] {
    const signers = signersOf(page);
    return items.flatMap((item) => {
      const position = positionOf(item.sequence, 0);
      if (item.type === 'withheld') return [{ ...item, type: 'unverified', position }];
      if (item.type !== 'message' && item.type !== 'redacted') return [];
      const checked = this.#check(item, signers);
      return [
        checked.ok
          ? messageEvent(item, position, checked.value, this.#options.address, item.ruled)
          : failed(item, position, checked),
      ];
    });
  }

  async #take(page: Page, cursor: number): Promise<void> {
    const { journal, log } = this.#options;
    const signers = signersOf(page);
    const events: FeedEvent[] = [];
    let before: FeedEvent | undefined;
    let index = 0;
    for (const item of page.items) {
      index = before?.sequence === item.sequence ? index + 1 : 0;
      before = await this.#eventOf(item, positionOf(item.sequence, index), signers);
      // a page that comes again, because the cursor was lost with the power, is not shown again
      if (before.position > log.last) events.push(before);
    }
    log.append(events);
    journal.put(KEYS.cursor, encodeCbor(cursor));
    await journal.commit();
    log.publish(events);
  }

  async #eventOf(
    item: FeedItem,
    position: string,
    signers: ReadonlyMap<string, MessageSigner>,
  ): Promise<FeedEvent> {
    if (item.type === 'delivery') {
      return { ...item, position, message: toString(item.message, 'hex') };
    }
    if (item.type === 'reviewed') return { ...item, position, message: toString(item.message, 'hex') };
    if (item.type === 'reported') return this.#reportOf(item, position, signers);
    if (item.type === 'identity') return this.#newsOf(item, position);
    if (item.type === 'withheld') return { ...item, type: 'unverified', position };
    const checked = this.#check(item, signers);
    if (!checked.ok) return failed(item, position, checked);
    const followed = await this.#follow(item, checked.value);
    return followed.ok
      ? messageEvent(item, position, checked.value, this.#options.address, item.ruled)
      : failed(item, position, followed);
  }

  /** What fails its checks is not shown again. */
  #reportOf(
    { again, message, conversation, ...item }: ReportedItem,
    position: string,
    signers: ReadonlyMap<string, MessageSigner>,
  ): FeedEvent {
    const shown = again.flatMap((one) => {
      const checked = this.#check(one, signers);
      if (!checked.ok) return [];
      return [messageEvent(one, position, checked.value, this.#options.address, one.ruled)];
    });
    const ids = { message: toString(message, 'hex'), conversation: toString(conversation, 'hex') };
    return { ...item, type: 'report', position, ...ids, again: shown };
  }

  async #newsOf({ sequence, time, news }: NewsItem, position: string): Promise<FeedEvent> {
    const { book, address } = this.#options;
    const { person, domain } = news;
    const concerned = (await book.list()).filter(({ members }) =>
      members.some((member) => (person === null ? domainOf(member) === domain : member === person.address)),
    );
    const conversations = concerned.slice(0, MAX_CONCERNED).map(({ id }) => id);
    const external = domain !== domainOf(address);
    return { type: 'identity', position, sequence, time, ...news, external, conversations };
  }

  #check(item: MessageItem, signers: ReadonlyMap<string, MessageSigner>): Result<CheckedMessage> {
    const { verifier } = this.#options;
    return item.type === 'redacted'
      ? verifier.checkRedacted(item, signers)
      : verifier.check(item.envelope, signers, item.time);
  }

  async #follow(item: MessageItem, { message, publicKey }: CheckedMessage): Promise<Result<unknown>> {
    const { book, suite } = this.#options;
    const state = await book.get(toString(message.conversationId, 'hex'));
    const step = equals(publicKey, this.#options.publicKey) ? confirm : follow;
    const after = step(state, message, item.time, suite.sha256);
    if (after.ok) book.put(after.value);
    return after;
  }
}

/** By the hash of their certificate, in hex. */
export function signersOf(page: Pick<Page, 'signers'>): Map<string, MessageSigner> {
  return new Map(page.signers.map((signer) => [toString(signer.device, 'hex'), signer]));
}

function failed(
  { sequence, time }: MessageItem,
  position: string,
  { refusal }: Extract<Result<never>, { ok: false }>,
): FeedEvent {
  return { type: 'unverified', position, sequence, time, code: refusal.code, text: refusal.message };
}

function cursorIn(stored: Uint8Array): number {
  const cursor = decodeCbor(stored, 16, count, 'cursor');
  if (!cursor.ok) throw new ChanceryError('internal', 'the device’s store is damaged at its cursor');
  return cursor.value;
}
