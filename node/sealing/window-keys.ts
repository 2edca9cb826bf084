/**
 * The keys of the delivery window, one a month, in the key store: with the key of a month its data keys open, and so its
 * messages. Guarantees: a key that is destroyed is overwritten where it lay, and opens nothing more in this process.
 */
import { aesKey, type AesKey } from '../crypto/index.ts';
import type { KeyStore } from '../keys/index.ts';

const NAME = /^window-(\d{4}-\d{2})$/;
const KEY_BYTES = 32;

export class WindowKeys {
  readonly #store: KeyStore;
  readonly #randomBytes: (length: number) => Uint8Array;
  readonly #keys = new Map<string, AesKey>();

  private constructor(store: KeyStore, randomBytes: (length: number) => Uint8Array) {
    this.#store = store;
    this.#randomBytes = randomBytes;
  }

  /** Reads all there are. Throws `key.*`. */
  static async open(store: KeyStore, randomBytes: (length: number) => Uint8Array): Promise<WindowKeys> {
    const windows = new WindowKeys(store, randomBytes);
    for (const { name } of await store.list()) {
      const month = NAME.exec(name)?.[1];
      if (month !== undefined) windows.#keep(month, await store.seed(name));
    }
    return windows;
  }

  /** The key of a month (`YYYY-MM`); undefined where it was not made yet, or was destroyed. */
  get(month: string): AesKey | undefined {
    return this.#keys.get(month);
  }

  /** The months whose keys are there, the oldest first. */
  get months(): readonly string[] {
    return [...this.#keys.keys()].sort();
  }

  /** Makes the key of a month that has none. */
  async make(month: string): Promise<void> {
    if (this.#keys.has(month)) return;
    const seed = this.#randomBytes(KEY_BYTES);
    await this.#store.import(windowKeyName(month), seed);
    this.#keep(month, seed);
  }

  /** Destroys the key of a month for good, if it is there. */
  async destroy(month: string): Promise<void> {
    this.#keys.delete(month);
    if (await this.#store.has(windowKeyName(month))) await this.#store.remove(windowKeyName(month));
  }

  #keep(month: string, seed: Uint8Array): void {
    this.#keys.set(month, aesKey(seed));
    seed.fill(0);
  }
}

/** What the key of a month is called in the key store. */
export function windowKeyName(month: string): string {
  return `window-${month}`;
}
