/**
 * The view changes of appends that are not yet committed, so that a reader sees its own writes at once.
 * Bounded by the queue of appends whose changes it holds.
 */
import { byteName } from './byte-name.ts';
import type { Op } from './pairs.ts';

interface Change {
  /** Undefined where the key is deleted. */
  readonly value: Uint8Array | undefined;
  /** The first sequence number of the append that made the change. */
  readonly sequence: number;
}

export class Overlay {
  readonly #changes = new Map<string, Change>();
  readonly #isListed: (key: Uint8Array) => boolean;

  /** @param isListed which keys are only ever read as a range, and so never from here */
  constructor(isListed: (key: Uint8Array) => boolean = () => false) {
    this.#isListed = isListed;
  }

  /** Puts the changes of the append that starts at `sequence` on top. Returns how to take them back. */
  add(ops: readonly Op[], sequence: number): () => void {
    const before: [string, Change | undefined][] = [];
    for (const op of ops) {
      if (this.#isListed(op.key)) continue;
      const known = byteName(op.key);
      before.push([known, this.#changes.get(known)]);
      this.#changes.set(known, { value: op.type === 'put' ? op.value : undefined, sequence });
    }
    return () => {
      for (const [known, change] of before.reverse()) {
        if (change === undefined) this.#changes.delete(known);
        else this.#changes.set(known, change);
      }
    };
  }

  /** The change of a key that waits, if any. */
  get(key: Uint8Array): Change | undefined {
    return this.#changes.get(byteName(key));
  }

  /** Forgets changes that are committed, except where a later append has changed the key again. */
  settle(ops: readonly Op[], sequence: number): void {
    for (const { key } of ops) {
      if (this.#isListed(key)) continue;
      const known = byteName(key);
      const change = this.#changes.get(known);
      if (change !== undefined && change.sequence <= sequence) this.#changes.delete(known);
    }
  }

  clear(): void {
    this.#changes.clear();
  }
}
