/**
 * What every store of the archive has to promise, one named guarantee after the other. A guarantee is given a place where
 * nothing is stored yet, and throws where the store there breaks its word.
 */
import assert from 'node:assert/strict';
import type { Op, OpenStore, Range, Store } from '../../node/archive/index.ts';
import { contentKey, entryKey, entryRange, HEAD_KEY, HOLD_PREFIX, tileKey } from '../../node/archive/keys.ts';

/** Where a store lies. */
export interface StorePlace {
  /** Opens it, again and again. */
  readonly open: OpenStore;
  /** Has the process die that has it open, with whatever was under way; it can be opened again then. */
  abandon(): Promise<void>;
}

export interface Guarantee {
  readonly name: string;
  readonly assertKept: (place: StorePlace) => Promise<void>;
}

type Segment = Parameters<Store['put']>[0];

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
const view = (text: string): Uint8Array => bytes(`\x10${text}`);
const put = (key: Uint8Array, value: string) => ({ type: 'put', key, value: bytes(value) }) as const;
const TIME = 1_700_000_000_000;
const DAY = 86_400_000;
const MATTER = bytes('matter 1');

/** A segment of some entries, a tile and views. */
function segment(first: number, count: number, more: Partial<Segment> = {}): Segment {
  return {
    first,
    records: Array.from({ length: count }, (_, at) => ({
      entry: bytes(`entry ${first + at}`),
      content: bytes(`content ${first + at}`),
    })),
    tiles: [{ level: 1, index: first, hashes: bytes(`tile ${first}`) }],
    views: [put(view(`row ${first}`), `value ${first}`)],
    ...more,
  };
}

const A = bytes('head a');
const B = bytes('head b');
const C = bytes('head c');

/** A store with three entries and the head `A`. */
async function started(place: StorePlace): Promise<Store> {
  const store = await place.open();
  await store.put(segment(0, 3), { from: undefined, to: A });
  return store;
}

/** Everything that is stored. */
async function allOf(store: Store, range: Range = {}): Promise<[string, string][]> {
  const pairs: [string, string][] = [];
  for await (const [key, value] of store.iterate(range))
    pairs.push([Buffer.from(key).toString('hex'), Buffer.from(value).toString()]);
  return pairs;
}

function valueAt(store: Store, key: Uint8Array): string | undefined {
  const value = store.getSync(key);
  return value && Buffer.from(value).toString();
}

async function assertRefused(store: Store, writing: () => Promise<void>, code: string): Promise<void> {
  const before = await allOf(store);
  await assert.rejects(writing, { code });
  assert.deepEqual(await allOf(store), before, 'nothing was written');
}

function assertWhole(store: Store, first: number, count: number): void {
  for (let sequence = first; sequence < first + count; sequence += 1) {
    assert.equal(valueAt(store, entryKey(sequence)), `entry ${sequence}`);
    assert.equal(valueAt(store, contentKey(sequence)), `content ${sequence}`);
  }
  assert.equal(valueAt(store, tileKey(1, first)), `tile ${first}`);
  assert.equal(valueAt(store, view(`row ${first}`)), `value ${first}`);
}

async function reopened(place: StorePlace, store: Store): Promise<Store> {
  await store.close();
  return place.open();
}

const WRITING: Record<string, Guarantee['assertKept']> = {
  'what was put is read byte for byte, also once the store is opened again': async (place) => {
    let store = await started(place);
    for (let open = 0; open < 2; open += 1) {
      assertWhole(store, 0, 3);
      assert.equal(valueAt(store, HEAD_KEY), 'head a');
      assert.equal(store.getSync(entryKey(3)), undefined);
      assert.equal((await allOf(store)).length, 3 + 3 + 1 + 1 + 1);
      store = await reopened(place, store);
    }
    await store.close();
  },
  'what was put is there after the process died': async (place) => {
    await started(place);
    await place.abandon();
    const store = await place.open();
    assertWhole(store, 0, 3);
    await store.put(segment(3, 2), { from: A, to: B });
    assertWhole(store, 3, 2);
    await store.close();
  },
  'of a put during which the process died everything is there, or nothing': async (place) => {
    const store = await started(place);
    const before = (await allOf(store)).length;
    store.put(segment(3, 200), { from: A, to: B }).catch(() => undefined);
    await Promise.resolve();
    await place.abandon();
    const after = await place.open();
    const isThere = valueAt(after, HEAD_KEY) === 'head b';
    if (isThere) assertWhole(after, 3, 200);
    assert.equal((await allOf(after)).length, before + (isThere ? 2 * 200 + 2 : 0));
    await after.close();
  },
  'a put that continues another head than the stored one is refused': async (place) => {
    const empty = await place.open();
    await assertRefused(empty, () => empty.put(segment(0, 1), { from: A, to: B }), 'archive.conflict');
    await empty.put(segment(0, 3), { from: undefined, to: A });
    await empty.put(segment(3, 1), { from: A, to: B });
    const again = await reopened(place, empty);
    for (const from of [A, undefined, bytes('head b and more')])
      await assertRefused(again, () => again.put(segment(4, 1), { from, to: C }), 'archive.conflict');
    await again.put(segment(4, 1), { from: B, to: C });
    await again.close();
  },
  'of two puts at once that continue the same head one is written, and it is whole': async (place) => {
    const store = await started(place);
    const puts = [segment(3, 2), segment(3, 4)].map((one, at) =>
      store.put({ ...one, views: [] }, { from: A, to: at === 0 ? B : C }),
    );
    const states = (await Promise.allSettled(puts)).map(({ status }) => status);
    assert.deepEqual(states.toSorted(), ['fulfilled', 'rejected']);
    const isFirst = states[0] === 'fulfilled';
    assert.equal(valueAt(store, HEAD_KEY), isFirst ? 'head b' : 'head c');
    assert.equal((await allOf(store, entryRange(0))).length, isFirst ? 5 : 7);
    await store.close();
  },
  'two who have it open never both continue the same head': async (place) => {
    const one = await started(place);
    let other: Store;
    try {
      other = await place.open();
    } catch (error) {
      assert.equal((error as { code?: unknown }).code, 'archive.locked');
      await one.put(segment(3, 1), { from: A, to: B });
      await one.close();
      return;
    }
    await other.put(segment(3, 1), { from: A, to: B });
    await assert.rejects(one.put(segment(3, 2), { from: A, to: C }));
    assert.equal(valueAt(other, HEAD_KEY), 'head b');
    await other.close();
    await one.close();
  },
  'an entry or content that is there is not written over, also once the store is opened again': async (
    place,
  ) => {
    let store = await started(place);
    for (const other of ['entry', 'content'] as const) {
      const records = segment(1, 4).records.map((one, at) => (at === 1 ? { ...one, [other]: C } : one));
      const clash = segment(1, 4, { records });
      await assertRefused(store, () => store.put(clash, { from: A, to: B }), 'archive.conflict');
      store = await reopened(place, store);
      await assertRefused(store, () => store.put(clash, { from: A, to: B }), 'archive.conflict');
    }
    await store.put({ ...segment(1, 4), tiles: [], views: [] }, { from: A, to: B });
    assert.equal((await allOf(store, entryRange(0))).length, 5);
    assert.equal(valueAt(store, contentKey(4)), 'content 4');
    await store.close();
  },
  'views change in order': async (place) => {
    const store = await started(place);
    const views: Op[] = [
      put(view('a'), 'first'),
      put(view('b'), 'gone'),
      put(view('a'), 'last'),
      { type: 'del', key: view('b') },
      { type: 'del', key: view('row 0') },
      put(view('row 0'), 'again'),
    ];
    await store.put(segment(3, 1, { views }), { from: A, to: B });
    assert.deepEqual(
      ['a', 'b', 'row 0'].map((row) => valueAt(store, view(row))),
      ['last', undefined, 'again'],
    );
    await store.close();
  },
  'a view cannot reach the log, nor dates and holds': async (place) => {
    const store = await started(place);
    await store.hold({ from: 0, to: 1 }, MATTER);
    for (const key of [HEAD_KEY, entryKey(0), contentKey(0), tileKey(1, 0), Uint8Array.of(HOLD_PREFIX)])
      for (const op of [put(key, 'x'), { type: 'del', key } as const]) {
        const views = [put(view('fine'), 'x'), op];
        const change = { from: A, to: B };
        await assertRefused(store, () => store.put(segment(3, 1, { views }), change), 'internal');
      }
    await store.close();
  },
  'mending writes over entries, contents, tiles and the head, and over nothing else': async (place) => {
    const store = await started(place);
    const puts = [put(entryKey(1), 'entry b'), put(contentKey(1), 'x'), put(tileKey(1, 0), 'y')];
    await store.mend([...puts, put(HEAD_KEY, 'head b')]);
    for (const { key, value } of puts) assert.equal(valueAt(store, key), Buffer.from(value).toString());
    for (const key of [view('row 0'), Uint8Array.of(HOLD_PREFIX)])
      await assertRefused(store, () => store.mend([...puts, put(key, 'x')]), 'internal');
    await assertRefused(store, () => store.put(segment(3, 1), { from: A, to: C }), 'archive.conflict');
    await store.put(segment(3, 1), { from: B, to: C });
    await store.close();
  },
  'a closed store is neither read nor written': async (place) => {
    const store = await started(place);
    const waiting = store.put(segment(3, 1), { from: A, to: B });
    await store.close();
    await waiting;
    assert.throws(() => store.getSync(HEAD_KEY));
    await assert.rejects(store.put(segment(4, 1), { from: B, to: C }));
    const again = await place.open();
    assertWhole(again, 3, 1);
    await again.close();
  },
};

const READING: Record<string, Guarantee['assertKept']> = {
  'a range is given in the order of bytes, from either end, within its bounds and limit': async (place) => {
    const store = await place.open();
    const rows = ['\x7f', 'b', 'a', 'ab', '\xff', 'aa'].map((row) => Buffer.from(`\x10${row}`, 'latin1'));
    const views = rows.map((key) => put(key, 'x'));
    await store.put(segment(0, 300, { views }), { from: undefined, to: A });
    const listed = async (range: Range): Promise<string[]> =>
      (await allOf(store, range)).map(([key]) => Buffer.from(key, 'hex').toString('latin1').slice(1));
    const all = { gte: view(''), lt: Uint8Array.of(0x11) };
    assert.deepEqual(await listed(all), ['a', 'aa', 'ab', 'b', '\x7f', '\xff']);
    assert.deepEqual(await listed({ ...all, reverse: true, limit: 2 }), ['\xff', '\x7f']);
    assert.deepEqual(await listed({ gt: view('a'), lte: view('b') }), ['aa', 'ab', 'b']);
    assert.deepEqual(await listed({ gte: view('a'), lt: view('b'), limit: 2 }), ['a', 'aa']);
    const entries = (await allOf(store, entryRange(254, 258))).map(([, value]) => value);
    assert.deepEqual(entries, ['entry 254', 'entry 255', 'entry 256', 'entry 257']);
    await store.close();
  },
  'a range is as it was when it was asked for': async (place) => {
    const store = await started(place);
    const before = await allOf(store);
    const asked = store.iterate({});
    await store.put(segment(3, 2), { from: A, to: B });
    const found: string[] = [];
    for await (const [key] of asked) found.push(Buffer.from(key).toString('hex'));
    assert.deepEqual(
      found,
      before.map(([key]) => key),
    );
    await store.close();
  },
};

const KEEPING: Record<string, Guarantee['assertKept']> = {
  'a content is kept until its date, to the millisecond, and disposal leaves the entry': async (place) => {
    let store = await started(place);
    await store.retain({ from: 1, to: 2 }, TIME);
    for (let open = 0; open < 2; open += 1) {
      await assertRefused(store, () => store.dispose([0, 1], TIME - 1), 'archive.retained');
      store = await reopened(place, store);
    }
    await store.dispose([1], TIME);
    assert.equal(store.getSync(contentKey(1)), undefined);
    assert.equal(valueAt(store, entryKey(1)), 'entry 1');
    assert.equal(valueAt(store, tileKey(1, 0)), 'tile 0');
    for (const sequence of [0, 2]) assert.equal(valueAt(store, contentKey(sequence)), `content ${sequence}`);
    await store.close();
  },
  'a date only ever grows': async (place) => {
    let store = await started(place);
    await store.retain({ from: 0, to: 2 }, TIME + DAY);
    await store.retain({ from: 0, to: 2 }, TIME);
    await store.retain({ from: 1, to: 3 }, TIME);
    store = await reopened(place, store);
    await store.retain({ from: 0, to: 2 }, 0);
    for (const sequence of [0, 1])
      await assertRefused(store, () => store.dispose([sequence], TIME + DAY - 1), 'archive.retained');
    await store.retain({ from: 0, to: 2 }, TIME + 2 * DAY);
    await assertRefused(store, () => store.dispose([0], TIME + DAY), 'archive.retained');
    await store.dispose([2], TIME);
    await store.dispose([0, 1], TIME + 2 * DAY);
    await store.close();
  },
  'what is held is kept, whatever the time, until each of its holds is released': async (place) => {
    let store = await started(place);
    await store.retain({ from: 0, to: 3 }, TIME);
    await store.hold({ from: 0, to: 2 }, MATTER);
    await store.hold({ from: 1, to: 3 }, bytes('matter 2'));
    store = await reopened(place, store);
    for (const sequence of [0, 1, 2])
      await assertRefused(store, () => store.dispose([sequence], Infinity), 'archive.held');
    await store.release({ from: 0, to: 2 }, MATTER);
    assertWhole(store, 0, 3);
    await assertRefused(store, () => store.dispose([0, 1], TIME), 'archive.held');
    await store.dispose([0], TIME);
    await store.release({ from: 1, to: 3 }, bytes('matter 3')); // which holds nothing
    await assertRefused(store, () => store.dispose([1], TIME), 'archive.held');
    await store.release({ from: 1, to: 3 }, bytes('matter 2'));
    await assertRefused(store, () => store.dispose([1], TIME - 1), 'archive.retained');
    await store.dispose([1, 2], TIME);
    await store.close();
  },
  'a hold of two matters on the same run ends with the second release': async (place) => {
    const store = await started(place);
    const run = { from: 0, to: 3 };
    for (const matter of [MATTER, B]) await store.hold(run, matter);
    await store.release(run, MATTER);
    await assertRefused(store, () => store.dispose([0], TIME), 'archive.held');
    await store.release(run, B);
    await store.dispose([0], TIME);
    await store.close();
  },
  'a hold and a date cover what is archived later': async (place) => {
    const store = await started(place);
    await store.hold({ from: 2, to: 5 }, MATTER);
    await store.retain({ from: 5, to: Number.MAX_SAFE_INTEGER }, TIME);
    await store.put(segment(3, 4), { from: A, to: B });
    await assertRefused(store, () => store.dispose([4], TIME), 'archive.held');
    await assertRefused(store, () => store.dispose([6], TIME - 1), 'archive.retained');
    await store.dispose([6], TIME);
    await store.close();
  },
  'what comes with a date or a hold is kept from the moment it is there': async (place) => {
    const store = await started(place);
    const keeps = [
      { sequence: 3, until: TIME },
      { sequence: 4, until: TIME, matters: [MATTER, B] },
    ];
    await store.put(segment(3, 3, { keeps }), { from: A, to: B });
    await place.abandon();
    const after = await place.open();
    await assertRefused(after, () => after.dispose([5, 3], TIME - 1), 'archive.retained');
    for (const matter of [MATTER, B]) {
      await assertRefused(after, () => after.dispose([4], TIME), 'archive.held');
      await after.release({ from: 4, to: 5 }, matter);
    }
    await after.retain({ from: 3, to: 4 }, TIME - 1);
    await assertRefused(after, () => after.dispose([3], TIME - 1), 'archive.retained');
    await after.dispose([3, 4, 5], TIME);
    await after.close();
  },
  'with a content goes what views had of it, and comes what is left of it': async (place) => {
    const store = await started(place);
    const left = put(contentKey(1), 'left');
    await assert.rejects(store.dispose([1], TIME, [put(contentKey(2), 'other')]), { code: 'internal' });
    await assert.rejects(store.dispose([1], TIME, [put(entryKey(1), 'other')]), { code: 'internal' });
    await store.dispose([1], TIME, [left, { type: 'del', key: view('row 0') }]);
    assert.equal(Buffer.compare(store.getSync(contentKey(1)) ?? bytes(''), left.value), 0);
    assert.equal(store.getSync(view('row 0')), undefined);
    await store.close();
  },
  'dates and holds survive the death of the process': async (place) => {
    const store = await started(place);
    await store.retain({ from: 0, to: 1 }, TIME);
    await store.hold({ from: 1, to: 2 }, MATTER);
    await place.abandon();
    const after = await place.open();
    await assertRefused(after, () => after.dispose([0], TIME - 1), 'archive.retained');
    await assertRefused(after, () => after.dispose([1], TIME), 'archive.held');
    await after.close();
  },
  'a run of nothing, and what is no time, are refused': async (place) => {
    const store = await started(place);
    for (const run of [
      { from: 1, to: 1 },
      { from: 2, to: 1 },
      { from: -1, to: 1 },
      { from: 0.5, to: 1 },
    ])
      await assert.rejects(async () => store.hold(run, MATTER), { code: 'internal' });
    for (const time of [NaN, -1, 0.5, Infinity])
      await assert.rejects(store.retain({ from: 0, to: 1 }, time), { code: 'internal' });
    await store.retain({ from: 0, to: 1 }, TIME);
    await assertRefused(store, () => store.dispose([0], NaN), 'archive.retained');
    await store.close();
  },
};

export const GUARANTEES: readonly Guarantee[] = Object.entries({ ...WRITING, ...READING, ...KEEPING }).map(
  ([name, assertKept]) => ({ name, assertKept }),
);
