/** Stores of the archive that each break one guarantee: what a suite that is to prove stores must catch. */
import {
  storeOn,
  type Op,
  type OpenStore,
  type Pairs,
  type Range,
  type Store,
} from '../../node/archive/index.ts';
import { contentKey, entryKey, HEAD_KEY, HELD_FOR_PREFIX, HOLD_PREFIX } from '../../node/archive/keys.ts';
import { retentionRow } from '../../node/archive/retention.ts';
import { FaultyDisk } from './faulty-store.ts';
import type { StorePlace } from './store-conformance.ts';

/** A disk in memory, with the store on it as a test makes it. */
export function memoryPlace(disk: FaultyDisk, open: OpenStore = disk.open): StorePlace {
  return {
    open,
    async abandon() {
      await Promise.resolve();
      disk.abandon();
    },
  };
}

/** A disk on which every store is changed by a test. */
function brokenStore(change: (store: Store, disk: FaultyDisk) => Partial<Store>): () => StorePlace {
  return () => {
    const disk = new FaultyDisk();
    return memoryPlace(disk, async () => {
      const store = await disk.open();
      return { ...store, ...change(store, disk) };
    });
  };
}

/** A disk on which the map below every store is changed by a test. */
function brokenPairs(change: (pairs: Pairs, disk: FaultyDisk) => Partial<Pairs>): () => StorePlace {
  return () => {
    const disk = new FaultyDisk();
    return memoryPlace(disk, async () => {
      const pairs = await disk.openPairs();
      return storeOn({ ...pairs, ...change(pairs, disk) });
    });
  };
}

/** A disk of which each batch goes wrong without a word. */
function silently(fault: 'forgotten' | 'cut' | 'stale'): () => StorePlace {
  return () => {
    const disk = new FaultyDisk();
    disk.faults.push(...Array.from({ length: 100 }, () => fault));
    return memoryPlace(disk);
  };
}

async function applied(disk: FaultyDisk, ops: readonly Op[]): Promise<void> {
  await Promise.resolve();
  disk.apply(ops);
}

/** What deletes every hold. */
function holdsOn(disk: FaultyDisk): Op[] {
  const keys = Array.from(disk.pairs.keys(), (key) => Buffer.from(key, 'hex'));
  return keys.flatMap((key) =>
    key[0] === HOLD_PREFIX || key[0] === HELD_FOR_PREFIX ? [{ type: 'del', key }] : [],
  );
}

/** Stores that break a guarantee, by what they do and which of the guarantees it is. */
export const BROKEN_STORES: readonly (readonly [string, RegExp, () => StorePlace])[] = [
  ['writes nothing', /byte for byte/, silently('forgotten')],
  ['writes half of a batch', /byte for byte/, silently('cut')],
  ['leaves the head as it was', /byte for byte/, silently('stale')],
  [
    'keeps in memory what it says is durable',
    /after the process died/,
    brokenPairs((pairs, disk) => {
      const before = [...disk.pairs];
      const forget = disk.abandon.bind(disk);
      disk.abandon = () => {
        disk.pairs.clear();
        for (const [key, value] of before) disk.pairs.set(key, value);
        return forget();
      };
      return {
        close() {
          disk.abandon = forget;
          return pairs.close();
        },
      };
    }),
  ],
  [
    'writes a batch piece by piece',
    /everything is there, or nothing/,
    brokenPairs((pairs) => ({
      batch: async (ops) => {
        for (const op of ops) await pairs.batch([op]);
      },
    })),
  ],
  [
    'writes the head first and waits with the rest',
    /everything is there, or nothing/,
    brokenPairs((pairs) => ({
      batch: async (ops) => {
        await pairs.batch(ops.slice(-1));
        await pairs.batch(ops.slice(0, -1));
      },
    })),
  ],
  [
    'takes whatever head there is',
    /continues another head/,
    brokenStore((store) => ({
      put: (segment, { to }) => store.put(segment, { from: store.getSync(HEAD_KEY), to }),
    })),
  ],
  [
    'compares the head before it waits for its turn',
    /of two puts at once/,
    brokenStore((store, disk) => ({
      async put(segment, { from, to }) {
        const head = store.getSync(HEAD_KEY);
        await Promise.resolve();
        if (Buffer.compare(head ?? Buffer.of(), from ?? Buffer.of()) !== 0)
          throw Object.assign(new Error('another head'), { code: 'archive.conflict' });
        const ops = segment.records.map(
          ({ entry }, at) => ({ type: 'put', key: entryKey(segment.first + at), value: entry }) as const,
        );
        disk.apply([...ops, { type: 'put', key: HEAD_KEY, value: to }]);
      },
    })),
  ],
  [
    'lets two write',
    /two who have it open/,
    (): StorePlace => {
      const disk = new FaultyDisk();
      return memoryPlace(disk, async () => {
        const pairs = await disk.openPairs();
        return storeOn({ ...pairs, batch: (ops) => applied(disk, ops) });
      });
    },
  ],
  [
    'forgets what keeps what it archives',
    /comes with a date or a hold/,
    brokenStore((store) => ({ put: (segment, head) => store.put({ ...segment, keeps: [] }, head) })),
  ],
  [
    'leaves what views had of what is gone',
    /what is left of it/,
    brokenStore((store) => ({ dispose: (sequences, time) => store.dispose(sequences, time) })),
  ],
  [
    'writes over what is there',
    /is not written over/,
    brokenStore((store) => ({
      async put(segment, head) {
        const { first, records } = segment;
        await store.mend(
          records.flatMap(({ entry, content }, at) => [
            { type: 'put', key: entryKey(first + at), value: entry },
            { type: 'put', key: contentKey(first + at), value: content },
          ]),
        );
        await store.put(segment, head);
      },
    })),
  ],
  [
    'deletes before it puts',
    /views change in order/,
    brokenPairs((pairs) => ({
      batch: (ops) => pairs.batch(ops.toSorted((a, b) => a.type.localeCompare(b.type))),
    })),
  ],
  [
    'lets views change anything',
    /a view cannot reach/,
    brokenStore((store, disk) => ({
      async put(segment, head) {
        await store.put({ ...segment, views: [] }, head);
        disk.apply(segment.views);
      },
    })),
  ],
  [
    'mends anything',
    /mending writes over/,
    brokenStore((_store, disk) => ({ mend: (puts) => applied(disk, puts) })),
  ],
  [
    'reads after it was closed',
    /a closed store/,
    brokenStore((store, disk) => ({
      getSync: (key) => disk.pairs.get(Buffer.from(key).toString('hex')),
      close: () => store.close(),
    })),
  ],
  [
    'gives the whole range whatever the limit',
    /order of bytes/,
    brokenPairs((pairs) => ({
      iterate: ({ limit: _limit, ...range }: Range) => pairs.iterate(range),
    })),
  ],
  [
    'takes each bound to be inside',
    /order of bytes/,
    brokenPairs((pairs) => ({
      iterate: ({ gt, gte = gt, lt, lte = lt, ...range }: Range) =>
        pairs.iterate({ ...range, ...(gte && { gte }), ...(lte && { lte }) }),
    })),
  ],
  [
    'reads a range when it is walked',
    /as it was when it was asked for/,
    brokenStore((store) => ({
      async *iterate(range) {
        yield* store.iterate(range);
      },
    })),
  ],
  [
    'disposes of what must be kept',
    /to the millisecond/,
    brokenStore((_store, disk) => ({
      dispose: (sequences) =>
        applied(
          disk,
          sequences.map((one) => ({ type: 'del', key: contentKey(one) })),
        ),
    })),
  ],
  [
    'disposes one by one until one must be kept',
    /to the millisecond/,
    brokenStore((store) => ({
      async dispose(sequences, time) {
        for (const sequence of sequences) await store.dispose([sequence], time);
      },
    })),
  ],
  [
    'disposes of the entry too',
    /leaves the entry/,
    brokenStore((store, disk) => ({
      async dispose(sequences, time) {
        await store.dispose(sequences, time);
        disk.apply(sequences.map((one) => ({ type: 'del', key: entryKey(one) })));
      },
    })),
  ],
  [
    'is a second late',
    /to the millisecond/,
    brokenStore((store) => ({ dispose: (sequences, time) => store.dispose(sequences, time - 1000) })),
  ],
  [
    'takes the last date',
    /only ever grows/,
    brokenStore((store, disk) => ({
      retain(run, until) {
        const nothing = { getSync: () => undefined, iterate: (range: Range) => store.iterate(range) };
        return applied(disk, [retentionRow(nothing, run, until)!]);
      },
    })),
  ],
  [
    'forgets holds',
    /what is held is kept/,
    brokenStore((store, disk) => ({
      dispose(sequences, time) {
        disk.apply(holdsOn(disk));
        return store.dispose(sequences, time);
      },
    })),
  ],
  [
    'releases every hold with one',
    /ends with the second release/,
    brokenStore((_store, disk) => ({ release: () => applied(disk, holdsOn(disk)) })),
  ],
  [
    'holds only what is there',
    /what is archived later/,
    brokenStore((store) => ({
      async hold({ from, to }, matter) {
        for (let at = from; at < to; at += 1)
          if (store.getSync(entryKey(at)) !== undefined) await store.hold({ from: at, to: at + 1 }, matter);
      },
    })),
  ],
  [
    'keeps holds in memory',
    /survive the death/,
    (): StorePlace => {
      const disk = new FaultyDisk();
      const place = memoryPlace(disk);
      return {
        ...place,
        abandon() {
          disk.apply(holdsOn(disk));
          return place.abandon();
        },
      };
    },
  ],
];
