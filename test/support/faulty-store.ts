/**
 * A store of the archive in memory, whose batches can be made to fail. It outlives being closed, as a disk does:
 * `open` gives another handle on the same pairs, after which those before it can only be read from.
 */
import { setImmediate } from 'node:timers/promises';
import { storeOn, type Op, type OpenStore, type Pairs, type Range } from '../../node/archive/index.ts';
import { HEAD_KEY } from '../../node/archive/keys.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';

/**
 * What comes of a batch. The writer is told that it failed where it is not written (`lost`), where it is (`written`),
 * where half of it is (`torn`), and for want of space (`full`). It is told that all is well where nothing is written
 * (`forgotten`), half of it (`cut`), or all but the head (`stale`); and is kept waiting for it (`slow`).
 */
type Fault = 'lost' | 'written' | 'torn' | 'full' | 'forgotten' | 'cut' | 'stale' | 'slow';

export class FaultyDisk {
  readonly pairs = new Map<string, Uint8Array>();
  /** Batches asked for, failed ones included. */
  batches = 0;
  /** What comes of the next batches. */
  readonly faults: Fault[] = [];
  /** Opening fails while this is set. */
  unopenable = false;
  /** Counts handles: the last one writes. */
  #handle = 0;

  readonly open: OpenStore = async () => storeOn(await this.openPairs());

  openPairs(): Promise<Pairs> {
    if (this.unopenable) return Promise.reject(new Error('the disk cannot be opened'));
    const handle = this.abandon();
    let closed = false;
    return Promise.resolve({
      getSync: (key) => {
        if (closed) throw new Error('the store is closed');
        return this.pairs.get(name(key));
      },
      batch: async (ops) => {
        await Promise.resolve();
        if (closed) throw new Error('the store is closed');
        this.batches += 1;
        const fault = this.faults.shift();
        if (fault === 'slow') await setImmediate();
        this.assertHeldBy(handle);
        this.#apply(ops, fault);
      },
      iterate: (range) => {
        if (closed) throw new Error('the store is closed');
        return each(this.pairsIn(range));
      },
      close: async () => {
        await Promise.resolve();
        closed = true;
      },
    });
  }

  /** The process that has it open dies: nothing of it is written any more. */
  abandon(): number {
    this.#handle += 1;
    return this.#handle;
  }

  apply(ops: readonly Op[]): void {
    for (const op of ops) {
      if (op.type === 'put') this.pairs.set(name(op.key), Uint8Array.from(op.value));
      else this.pairs.delete(name(op.key));
    }
  }

  /** Throws `archive.locked` where another handle was opened since. */
  protected assertHeldBy(handle: number): void {
    if (handle !== this.#handle) throw new ChanceryError('archive.locked', 'another process has it open');
  }

  protected pairsIn({ gt, gte, lt, lte, reverse, limit }: Range): [Uint8Array, Uint8Array][] {
    const inside = [...this.pairs].filter(
      ([key]) =>
        (gt === undefined || key > name(gt)) &&
        (gte === undefined || key >= name(gte)) &&
        (lt === undefined || key < name(lt)) &&
        (lte === undefined || key <= name(lte)),
    );
    inside.sort(([a], [b]) => (a < b ? -1 : 1));
    if (reverse === true) inside.reverse();
    return inside.slice(0, limit).map(([key, value]) => [Buffer.from(key, 'hex'), value]);
  }

  #apply(ops: readonly Op[], fault: Fault | undefined): void {
    const half = ops.slice(0, ops.length / 2);
    switch (fault) {
      case 'full':
        throw new Error('IO error: 000005.log: No space left on device');
      case 'torn':
      case 'cut':
        this.apply(half);
        break;
      case 'stale':
        this.apply(ops.filter(({ key }) => name(key) !== name(HEAD_KEY)));
        break;
      case 'written':
      case 'slow':
      case undefined:
        this.apply(ops);
        break;
      case 'lost':
      case 'forgotten':
        break;
    }
    if (fault === 'lost' || fault === 'written' || fault === 'torn') throw new Error('input/output error');
  }
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  await Promise.resolve();
  yield* items;
}

function name(key: Uint8Array): string {
  return Buffer.from(key).toString('hex');
}
