/**
 * A store of the archive in memory, whose batches can be made to fail. It outlives being closed, as a disk does:
 * `open` gives another handle on the same pairs.
 */
import type { Op, OpenStore, Range, Store } from '../../node/archive/index.ts';

export class FaultyDisk {
  readonly pairs = new Map<string, Uint8Array>();
  /** Batches asked for, failed ones included. */
  batches = 0;
  /**
   * What comes of the next batches: not written, written although the writer is told
   * that it failed, or not written for want of space.
   */
  readonly faults: ('lost' | 'written' | 'full')[] = [];
  /** Opening fails while this is set. */
  unopenable = false;

  readonly open: OpenStore = () => {
    if (this.unopenable) return Promise.reject(new Error('the disk cannot be opened'));
    let closed = false;
    const store: Store = {
      getSync: (key) => {
        if (closed) throw new Error('the store is closed');
        return this.pairs.get(name(key));
      },
      batch: async (ops) => {
        await Promise.resolve();
        if (closed) throw new Error('the store is closed');
        this.batches += 1;
        const fault = this.faults.shift();
        if (fault === 'full') throw new Error('IO error: 000005.log: No space left on device');
        if (fault !== 'lost') this.#apply(ops);
        if (fault !== undefined) throw new Error('input/output error');
      },
      iterate: (range) => this.#iterate(range),
      close: async () => {
        await Promise.resolve();
        closed = true;
      },
    };
    return Promise.resolve(store);
  };

  #apply(ops: readonly Op[]): void {
    for (const op of ops) {
      if (op.type === 'put') this.pairs.set(name(op.key), Uint8Array.from(op.value));
      else this.pairs.delete(name(op.key));
    }
  }

  async *#iterate({ gt, gte, lt, lte, reverse, limit }: Range): AsyncGenerator<[Uint8Array, Uint8Array]> {
    await Promise.resolve();
    const inside = [...this.pairs].filter(
      ([key]) =>
        (gt === undefined || key > name(gt)) &&
        (gte === undefined || key >= name(gte)) &&
        (lt === undefined || key < name(lt)) &&
        (lte === undefined || key <= name(lte)),
    );
    inside.sort(([a], [b]) => (a < b ? -1 : 1));
    if (reverse === true) inside.reverse();
    for (const [key, value] of inside.slice(0, limit)) yield [Buffer.from(key, 'hex'), value];
  }
}

function name(key: Uint8Array): string {
  return Buffer.from(key).toString('hex');
}
