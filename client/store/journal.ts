/**
 * Writes to the device's store in groups: one batch under way, everything else gathers for the next.
 * Guarantees: a read sees every write made before it; what was gathered together is written together; a commit
 * resolves once all that was written before it is in the store.
 */
import type { Store, StoreOp } from '../platform.ts';

export class Journal {
  readonly #store: Store;
  #gathered = new Map<string, StoreOp>();
  #underWay = new Map<string, StoreOp>();
  #durable = false;
  #writing: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    const op = this.#gathered.get(key) ?? this.#underWay.get(key);
    if (op === undefined) return this.#store.get(key);
    return op.type === 'put' ? op.value : undefined;
  }

  put(key: string, value: Uint8Array): void {
    this.#gathered.set(key, { type: 'put', key, value });
  }

  del(key: string): void {
    this.#gathered.set(key, { type: 'del', key });
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
    const ops = this.#gathered;
    const durable = this.#durable;
    this.#gathered = new Map();
    this.#durable = false;
    this.#underWay = ops;
    this.#writing = this.#next;
    this.#next = undefined;
    try {
      await this.#store.batch([...ops.values()], { durable });
    } finally {
      this.#underWay = new Map();
      this.#writing = undefined;
    }
  }
}
