/**
 * Writes to the device's store in groups: one batch under way, everything else gathers for the next.
 * Guarantees: a read sees every write made before it; what was gathered together is written together; a commit
 * resolves once all that was written before it is in the store.
 */
import type { Store, StoreOp } from '../platform.ts';

/** What to write, made when it is written; null to delete. */
type Make = (() => Uint8Array) | null;

export class Journal {
  readonly #store: Store;
  #gathered = new Map<string, Make>();
  #underWay = new Map<string, Make>();
  #durable = false;
  #writing: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    const gathered = this.#gathered.get(key);
    const make = gathered === undefined ? this.#underWay.get(key) : gathered;
    return make === undefined ? this.#store.get(key) : make?.();
  }

  put(key: string, value: Uint8Array): void {
    this.#gathered.set(key, () => value);
  }

  /** For what changes more often than it is written: only the last value is made. */
  putLater(key: string, make: () => Uint8Array): void {
    this.#gathered.set(key, make);
  }

  del(key: string): void {
    this.#gathered.set(key, null);
  }

  /** Writes what has gathered. Throws what the store throws; what was gathered is then lost to it. */
  commit(durable = false): Promise<void> {
    this.#durable ||= durable;
    if (this.#gathered.size === 0) return this.#writing ?? Promise.resolve();
    this.#next ??= this.#writeNext(this.#writing);
    return this.#next;
  }

  async #writeNext(before: Promise<void> | undefined): Promise<void> {
    await before?.catch(() => undefined);
    const gathered = this.#gathered;
    const durable = this.#durable;
    this.#gathered = new Map();
    this.#durable = false;
    this.#underWay = gathered;
    this.#writing = this.#next;
    this.#next = undefined;
    try {
      await this.#store.batch(Array.from(gathered, opOf), { durable });
    } finally {
      this.#underWay = new Map();
      this.#writing = undefined;
    }
  }
}

function opOf([key, make]: [string, Make]): StoreOp {
  return make === null ? { type: 'del', key } : { type: 'put', key, value: make() };
}
