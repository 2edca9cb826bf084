/**
 * Locks the device when nobody was at it for as long as its organisation allows. Counts from the first sign of a person,
 * so a program that nobody attends never locks. While it is locked nothing is shown or written, though what comes is
 * kept; it stays so until its owner is proven.
 */
import { ChanceryError } from '../protocol/errors/index.ts';
import { Listeners } from './listeners.ts';
import type { After } from './platform.ts';
import { Signal } from './signal.ts';

/** The lock as whoever shows the client sees it. */
export interface Lock {
  readonly locked: boolean;
  /** Whether unlocking takes the passphrase of the device's key; else the device is proven to its organisation anew. */
  readonly needsPassphrase: boolean;
  /** Hears of every change: whether it is locked now. */
  onChange(listener: (locked: boolean) => void): () => void;
  /** Somebody is at the device: it locks when this was not called for as long as the organisation allows. */
  touch(): void;
  lock(): void;
  /** Throws why it stays locked: `node.unreachable`, what the node refused, or that it is another passphrase. */
  unlock(passphrase?: string): Promise<void>;
}

export interface DeviceLockOptions {
  readonly after: After;
  /** Throws when it is not the passphrase; null where the key has none. */
  readonly checkPassphrase: ((passphrase: string) => Promise<void>) | null;
  /** Proves the device to its organisation anew. */
  readonly reprove: () => Promise<void>;
}

export class DeviceLock implements Lock {
  readonly #options: DeviceLockOptions;
  readonly #changes = new Listeners<boolean>();
  readonly #turned = new Signal();
  #limit: number | null = null;
  #attended = false;
  #locked = false;
  #closed = false;
  #cancel: (() => void) | undefined;

  constructor(options: DeviceLockOptions) {
    this.#options = options;
  }

  get locked(): boolean {
    return this.#locked;
  }

  get needsPassphrase(): boolean {
    return this.#options.checkPassphrase !== null;
  }

  onChange(listener: (locked: boolean) => void): () => void {
    return this.#changes.add(listener);
  }

  touch(): void {
    this.#attended = true;
    this.#restart();
  }

  lock(): void {
    this.#turn(true);
  }

  async unlock(passphrase = ''): Promise<void> {
    if (!this.#locked) return;
    const { checkPassphrase, reprove } = this.#options;
    await (checkPassphrase === null ? reprove() : checkPassphrase(passphrase));
    this.#turn(false);
  }

  /** What the organisation allows, in milliseconds; null: no limit. */
  limit(milliseconds: number | null): void {
    if (milliseconds === this.#limit) return;
    this.#limit = milliseconds;
    this.#restart();
  }

  /** Throws `device.locked` while it is. */
  require(): void {
    if (this.#locked) throw new ChanceryError('device.locked', 'this device is locked; unlock it first');
  }

  /** Resolves when it is not locked, at once if it is not. */
  async unlocked(): Promise<void> {
    while (this.#locked && !this.#closed) await this.#turned.wait();
  }

  /** Nobody waits for it any more; what is locked stays so. */
  close(): void {
    this.#closed = true;
    this.#restart();
    this.#turned.fire();
  }

  #turn(locked: boolean): void {
    if (this.#locked === locked || this.#closed) return;
    this.#locked = locked;
    this.#restart();
    this.#turned.fire();
    this.#changes.emit(locked);
  }

  #restart(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#limit === null || !this.#attended || this.#locked || this.#closed) return;
    this.#cancel = this.#options.after(this.#limit, () => this.lock());
  }
}
