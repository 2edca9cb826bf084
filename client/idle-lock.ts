/**
 * Locks the device when nobody was at it for as long as its organisation allows. Counts from the first sign of a person,
 * so a program that nobody attends never locks; what is locked stays so until it is unlocked.
 */
import { ChanceryError } from '../protocol/errors/index.ts';
import { Listeners } from './listeners.ts';
import type { After } from './platform.ts';

export class IdleLock {
  readonly #after: After;
  readonly #changes = new Listeners<boolean>();
  #limit: number | null = null;
  #attended = false;
  #locked = false;
  #cancel: (() => void) | undefined;

  constructor(after: After) {
    this.#after = after;
  }

  get locked(): boolean {
    return this.#locked;
  }

  /** Hears of every change: whether it is locked now. */
  onChange(listener: (locked: boolean) => void): () => void {
    return this.#changes.add(listener);
  }

  /** What the organisation allows, in milliseconds; null: no limit. */
  limit(milliseconds: number | null): void {
    if (milliseconds === this.#limit) return;
    this.#limit = milliseconds;
    this.#restart();
  }

  /** Somebody is at the device. */
  touch(): void {
    this.#attended = true;
    this.#restart();
  }

  lock(): void {
    this.#turn(true);
  }

  unlock(): void {
    this.#turn(false);
  }

  /** Throws `device.locked` while it is. */
  require(): void {
    if (this.#locked) throw new ChanceryError('device.locked', 'this device is locked; unlock it first');
  }

  /** Resolves when it is not locked, at once if it is not. */
  async unlocked(): Promise<void> {
    while (this.#locked) {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const stop = this.onChange(() => resolve(undefined));
      await promise;
      stop();
    }
  }

  /** Ends the waiting: the client is closed. */
  close(): void {
    this.#cancel?.();
    this.#attended = false;
    this.#turn(false);
  }

  #turn(locked: boolean): void {
    if (this.#locked === locked) return;
    this.#locked = locked;
    this.#restart();
    this.#changes.emit(locked);
  }

  #restart(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#limit === null || !this.#attended || this.#locked) return;
    this.#cancel = this.#after(this.#limit, () => this.lock());
  }
}
