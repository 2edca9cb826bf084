/** How a client ends: closed, with what waits kept for the next time, or wiped, with nothing left. */
import type { ChanceryError } from '../protocol/errors/index.ts';
import type { DeviceLock } from './device-lock.ts';
import type { FeedLog } from './feed/index.ts';
import { Listeners } from './listeners.ts';
import type { Outbox } from './outbox/index.ts';
import type { Store } from './platform.ts';
import type { Journal } from './store/index.ts';
import type { Turns } from './turns.ts';
import type { Uplink } from './uplink.ts';
import { wipedError, type Erasure } from './wipe.ts';
import type { Writer } from './writer.ts';

export interface EndingOptions {
  readonly store: Store;
  readonly erasure: Erasure;
  readonly journal: Journal;
  readonly outbox: Outbox;
  readonly log: FeedLog;
  readonly turns: Turns;
  readonly writer: Writer;
  readonly lock: DeviceLock;
  readonly uplink: Uplink;
}

export class Ending {
  readonly #options: EndingOptions;
  readonly #wipes = new Listeners<ChanceryError>();
  #closed = false;
  #wiped = false;

  constructor(options: EndingOptions) {
    this.#options = options;
  }

  get isOver(): boolean {
    return this.#closed || this.#wiped;
  }

  /** Throws `device.revoked` once the device is wiped. */
  assertNotWiped(): void {
    if (this.#wiped) throw wipedError();
  }

  onWiped(listener: (reason: ChanceryError) => void): () => void {
    return this.#wipes.add(listener);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#end();
    const { uplink, turns, journal } = this.#options;
    await uplink.close();
    if (this.#wiped) return;
    await turns.run(() => journal.commit());
    await this.#closeStore();
  }

  /** Messages first, since they are what is worth stealing; then the report, with the key; then the key. */
  async wipe(report: () => Promise<void>): Promise<void> {
    this.#wiped = true;
    this.#end();
    const { turns, erasure } = this.#options;
    await turns.run(() => Promise.resolve());
    await this.#closeStore();
    await erasure.contents();
    await report().catch(() => undefined); // what nobody hears is said by nobody: the node shows it as not confirmed
    await erasure.identity();
    this.#wipes.emit(wipedError());
  }

  /** Nothing is written any more, and nobody waits. */
  #end(): void {
    const { writer, lock, log } = this.#options;
    writer.close();
    lock.close();
    log.wake();
  }

  async #closeStore(): Promise<void> {
    const { outbox, log, store } = this.#options;
    outbox.close();
    log.wake();
    await store.close();
  }
}
