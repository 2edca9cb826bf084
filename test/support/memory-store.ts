/** The client's store in memory: what a killed process leaves behind is what is in `values`. */
import { setImmediate } from 'node:timers/promises';
import type { Store, StoreOp, StoreRange } from '../../client/index.ts';

export class MemoryStore implements Store {
  readonly values = new Map<string, Uint8Array>();
  readonly batches: { readonly ops: number; readonly durable: boolean }[] = [];
  #failure: Error | undefined;

  /** Makes the next batch fail. */
  failNext(failure: Error): void {
    this.#failure = failure;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    await Promise.resolve();
    return this.values.get(key);
  }

  async batch(ops: readonly StoreOp[], { durable }: { readonly durable: boolean }): Promise<void> {
    await setImmediate(); // a disk takes longer than what is done meanwhile
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure;
    this.batches.push({ ops: ops.length, durable });
    for (const op of ops) {
      if (op.type === 'put') this.values.set(op.key, op.value);
      else this.values.delete(op.key);
    }
  }

  async *entries({ gte, lt, reverse, limit }: StoreRange): AsyncGenerator<[string, Uint8Array]> {
    await Promise.resolve();
    const keys = [...this.values.keys()].filter((key) => key >= gte && key < lt).sort();
    if (reverse === true) keys.reverse();
    for (const key of keys.slice(0, limit)) {
      const value = this.values.get(key);
      if (value !== undefined) yield [key, value];
    }
  }

  async close(): Promise<void> {
    await Promise.resolve();
  }
}
