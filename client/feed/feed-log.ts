/**
 * What came for the member, kept on the device: read by position, from memory where it is recent. Holds a bounded
 * number of events; the organisation's archive holds all.
 */
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { Store } from '../platform.ts';
import { Signal } from '../signal.ts';
import { KEYS, lastParts, within, type Journal } from '../store/index.ts';
import { Hidden } from './hidden.ts';
import { decodeEvent, encodeEvent, type DeliveryEvent, type FeedEvent, type MessageEvent } from './event.ts';

/** Events in memory: what a reader that keeps up needs. */
const MAX_RECENT = 2_048;

/** Events on the device, beyond which opening drops the oldest. */
const MAX_KEPT = 100_000;

export class FeedLog {
  readonly #store: Store;
  readonly #journal: Journal;
  readonly #grown = new Signal();
  readonly #hidden = new Hidden();
  #recent: FeedEvent[] = [];
  /** The position of the last event that is not in memory any more. */
  #before = '';
  #last = '';

  private constructor(store: Store, journal: Journal) {
    this.#store = store;
    this.#journal = journal;
  }

  static async open(store: Store, journal: Journal): Promise<FeedLog> {
    const log = new FeedLog(store, journal);
    for await (const [key, value] of store.entries(within('report'))) {
      const event = opened(value, key);
      if (event.type === 'report') log.#hidden.take(event);
    }
    let kept = 0;
    for await (const [key, value] of store.entries({ ...within('feed'), reverse: true })) {
      const position = lastParts(key, 2);
      if (kept === 0) log.#last = log.#before = position;
      kept += 1;
      if (kept > MAX_KEPT) log.#drop(position, value);
    }
    await journal.commit();
    return log;
  }

  /** The position of the newest event; empty when there is none. */
  get last(): string {
    return this.#last;
  }

  /** Takes events in, in order; {@link publish} once they are written. */
  append(events: readonly FeedEvent[]): void {
    for (const event of events) {
      this.#journal.put(KEYS.feed(event.position), encodeEvent(event));
      if (event.type === 'message') {
        this.#journal.put(KEYS.talk(event.conversation, event.position), new Uint8Array());
        const { content } = event;
        if ('target' in content)
          this.#journal.put(KEYS.version(content.target, event.position), encodeEvent(event));
      } else if (event.type === 'identity') {
        for (const id of event.conversations)
          this.#journal.put(KEYS.talk(id, event.position), new Uint8Array());
      } else if (event.type === 'report') {
        this.#journal.put(KEYS.report(event.message), encodeEvent(event));
      } else if (event.type === 'delivery') {
        this.#journal.put(KEYS.delivery(event.message, event.domain), encodeEvent(event));
      }
    }
  }

  /** Shows written events to readers. */
  publish(events: readonly FeedEvent[]): void {
    const last = events.at(-1);
    if (last === undefined) return;
    for (const event of events) if (event.type === 'report') this.#hidden.take(event);
    this.#recent.push(...events);
    if (this.#recent.length > 2 * MAX_RECENT) {
      const dropped = this.#recent.splice(0, this.#recent.length - MAX_RECENT);
      this.#before = dropped.at(-1)?.position ?? this.#before;
    }
    this.#last = last.position;
    this.#grown.fire();
  }

  /** Events after a position, oldest first. */
  async after(position: string, limit: number): Promise<FeedEvent[]> {
    if (position >= this.#before) {
      const from = this.#recent.findIndex((event) => event.position > position);
      return from < 0 ? [] : this.#recent.slice(from, from + limit).map((event) => this.#hidden.shown(event));
    }
    const { lt } = within('feed');
    const events: FeedEvent[] = [];
    for await (const [key, value] of this.#store.entries({ gte: `${KEYS.feed(position)} `, lt, limit })) {
      events.push(this.#hidden.shown(opened(value, key)));
    }
    return events;
  }

  /** A conversation's newest messages, with the news of who is in it, before a position, in the order they came. */
  async talk(conversation: string, before: string | null, limit: number): Promise<FeedEvent[]> {
    const range = within(`talk!${conversation}`);
    const lt = before === null ? range.lt : KEYS.talk(conversation, before);
    const events: FeedEvent[] = [];
    for await (const [key] of this.#store.entries({ gte: range.gte, lt, reverse: true, limit })) {
      const value = await this.#store.get(KEYS.feed(lastParts(key, 2)));
      if (value !== undefined) events.unshift(this.#hidden.shown(opened(value, key)));
    }
    return events;
  }

  /** What edits or recalls a message, in the order it came. */
  async versions(message: string): Promise<MessageEvent[]> {
    const events: MessageEvent[] = [];
    for await (const [key, value] of this.#store.entries(within(`version!${message}`))) {
      const event = opened(value, key);
      if (event.type === 'message') events.push(this.#hidden.shown(event));
    }
    return events;
  }

  /** What partners said of a message, one a partner. */
  async deliveries(message: string): Promise<DeliveryEvent[]> {
    const events: DeliveryEvent[] = [];
    for await (const [key, value] of this.#store.entries(within(`delivery!${message}`))) {
      const event = opened(value, key);
      if (event.type === 'delivery') events.push(event);
    }
    return events;
  }

  /** Resolves when events come, from now on. */
  grown(): Promise<undefined> {
    return this.#grown.wait();
  }

  /** Makes whoever waits look again. */
  wake(): void {
    this.#grown.fire();
  }

  #drop(position: string, value: Uint8Array): void {
    const event = opened(value, position);
    this.#journal.del(KEYS.feed(position));
    if (event.type === 'message') {
      this.#journal.del(KEYS.talk(event.conversation, position));
      if ('target' in event.content) this.#journal.del(KEYS.version(event.content.target, position));
    }
    if (event.type === 'identity') {
      for (const id of event.conversations) this.#journal.del(KEYS.talk(id, position));
    }
    if (event.type === 'report' && this.#hidden.drop(event)) this.#journal.del(KEYS.report(event.message));
    if (event.type === 'delivery') this.#journal.del(KEYS.delivery(event.message, event.domain));
  }
}

function opened(value: Uint8Array, key: string): FeedEvent {
  const event = decodeEvent(value);
  if (!event.ok) throw new ChanceryError('internal', `the device's store is damaged at ${key}`);
  return event.value;
}
