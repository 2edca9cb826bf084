/** The feed as it is shown: what comes for this member, what is here already, and how far it was seen. Waits while the device is locked. */
import { fromString } from 'uint8arrays/from-string';
import { toString } from 'uint8arrays/to-string';
import type { DeviceLock } from './device-lock.ts';
import type { FeedEvent, FeedLog } from './feed/index.ts';
import { KEYS, type Journal } from './store/index.ts';

/** Events a reader of the feed takes at a time. */
const PAGE = 256;

export interface FollowingOptions {
  readonly log: FeedLog;
  readonly journal: Journal;
  readonly lock: DeviceLock;
  /** Whether nothing is shown any more; the log wakes its readers when this turns. */
  readonly isOver: () => boolean;
}

export class Following {
  readonly #options: FollowingOptions;

  constructor(options: FollowingOptions) {
    this.#options = options;
  }

  /** Oldest first, from after a position on, until it is over. */
  async *from(after: string): AsyncGenerator<FeedEvent, void, undefined> {
    const { log, lock, isOver } = this.#options;
    let position = after;
    for (;;) {
      await lock.unlocked();
      if (isOver()) return;
      const grown = log.grown();
      const events = await log.after(position, PAGE);
      for (const event of events) {
        await lock.unlocked();
        position = event.position;
        yield event;
      }
      if (events.length === 0) await grown;
    }
  }

  /** What is on this device after a position. */
  async *stored(after: string): AsyncGenerator<FeedEvent, void, undefined> {
    const until = this.#options.log.last;
    if (after >= until) return;
    for await (const event of this.from(after)) {
      yield event;
      if (event.position >= until) return;
    }
  }

  /** How far it was shown, as last set; empty at the beginning. */
  async seen(): Promise<string> {
    const stored = await this.#options.journal.get(KEYS.seen);
    return stored === undefined ? '' : toString(stored);
  }

  async setSeen(position: string): Promise<void> {
    const { journal } = this.#options;
    journal.put(KEYS.seen, fromString(position));
    await journal.commit();
  }
}
