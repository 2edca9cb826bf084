/**
 * Data keys as an officer's device unwraps them: each once for an answer, since what lies in one is mostly of one
 * conversation and month. Guarantees: a key is taken for another only if it was wrapped in the very same bytes; all are
 * wiped when they are done with.
 */
import { toString } from 'uint8arrays/to-string';
import { concat } from 'uint8arrays/concat';
import { DATA_KEY_INFO, dataKeyContext } from '../../protocol/archive/index.ts';
import type { DisclosedEntry } from '../../protocol/wire/index.ts';
import type { Unsealer } from '../platform.ts';

type WrappedKey = DisclosedEntry['key'];

export class OpenedKeys implements Disposable {
  readonly #unsealer: Unsealer;
  readonly #opened = new Map<string, Promise<Uint8Array | undefined>>();
  readonly #keys: Uint8Array[] = [];

  constructor(unsealer: Unsealer) {
    this.#unsealer = unsealer;
  }

  /** Undefined for a key that was not wrapped for this device. It is wiped with the others. */
  unwrap(wrapped: WrappedKey): Promise<Uint8Array | undefined> {
    const { enc, sealed } = wrapped;
    const name = toString(concat([enc, sealed, dataKeyContext(wrapped)]), 'base64');
    const opened = this.#opened.get(name) ?? this.#unwrap(wrapped);
    this.#opened.set(name, opened);
    return opened;
  }

  /** What is sealed under one of them; undefined where it is not. */
  open(
    key: Uint8Array,
    nonce: Uint8Array,
    bound: Uint8Array,
    sealed: Uint8Array,
  ): ReturnType<Unsealer['open']> {
    return this.#unsealer.open(key, nonce, bound, sealed);
  }

  [Symbol.dispose](): void {
    for (const key of this.#keys) key.fill(0);
    this.#opened.clear();
  }

  async #unwrap(wrapped: WrappedKey): Promise<Uint8Array | undefined> {
    let receiving;
    try {
      receiving = this.#unsealer.receive(wrapped.enc, DATA_KEY_INFO);
    } catch {
      return undefined; // a public key of small order: nobody sealed anything with it
    }
    try {
      const { key, nonce } = receiving;
      const opened = await this.#unsealer.open(key, nonce, dataKeyContext(wrapped), wrapped.sealed);
      if (opened !== undefined) this.#keys.push(opened);
      return opened;
    } finally {
      receiving.key.fill(0);
    }
  }
}
