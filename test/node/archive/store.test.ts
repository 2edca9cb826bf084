/** LevelDB and the store in memory keep every guarantee of a store; and a store that breaks one is caught. */
import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { storeOn, type Store } from '../../../node/archive/index.ts';
import { HEAD_KEY } from '../../../node/archive/keys.ts';
import { openLevelStore } from '../../../node/archive/level-store.ts';
import { BROKEN_STORES, memoryPlace } from '../../support/broken-stores.ts';
import { FaultyDisk } from '../../support/faulty-store.ts';
import { GUARANTEES, type StorePlace } from '../../support/store-conformance.ts';

/** A new directory for LevelDB. Where the process dies, another goes on with the files as they are at that moment. */
async function levelPlace(t: TestContext): Promise<StorePlace> {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-store-'));
  let life = 0;
  const held: Store[] = [];
  t.after(async () => {
    for (const store of held) await store.close();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    async open() {
      const store = await openLevelStore(join(folder, `${life}`));
      held.push(store);
      return store;
    },
    async abandon() {
      await cp(join(folder, `${life}`), join(folder, `${life + 1}`), { recursive: true });
      life += 1;
    },
  };
}

for (const { name, assertKept } of GUARANTEES) {
  test(`LevelDB: ${name}`, async (t) => assertKept(await levelPlace(t)));
  test(`memory: ${name}`, async () => assertKept(memoryPlace(new FaultyDisk())));
  test(`slow memory: ${name}`, async () => {
    const disk = new FaultyDisk();
    disk.faults.push(...Array.from({ length: 20 }, () => 'slow' as const));
    await assertKept(memoryPlace(disk));
  });
}

for (const [what, guarantee, place] of BROKEN_STORES) {
  test(`a store that ${what} is caught`, async () => {
    const [meant, ...more] = GUARANTEES.filter(({ name }) => guarantee.test(name));
    assert.ok(meant !== undefined && more.length === 0, 'one guarantee is named');
    await assert.rejects(() => meant.assertKept(place()), meant.name);
  });
}

test('a guarantee for which no broken store is known would prove nothing', () => {
  const proven = GUARANTEES.filter(({ name }) => BROKEN_STORES.some(([, guarantee]) => guarantee.test(name)));
  assert.deepEqual(
    GUARANTEES.filter((one) => !proven.includes(one)).map(({ name }) => name),
    ['a run of nothing, and what is no time, are refused'],
  );
});

test('after a failed write a store takes no more until it is opened again', async () => {
  for (const fault of ['lost', 'written', 'torn', 'full'] as const) {
    const disk = new FaultyDisk();
    const store = await disk.open();
    disk.faults.push(fault);
    await assert.rejects(store.hold({ from: 0, to: 1 }, Uint8Array.of(1)), Error);
    const { batches } = disk;
    await assert.rejects(store.retain({ from: 0, to: 1 }, 1), Error);
    await assert.rejects(store.dispose([1], 1), Error);
    await assert.rejects(store.mend([{ type: 'put', key: HEAD_KEY, value: Uint8Array.of(1) }]), Error);
    assert.equal(disk.batches, batches, 'none of it was tried');
    await (await disk.open()).retain({ from: 0, to: 1 }, 1);
  }
});

test('appending to a store reads the head and the end of what is stored once, and nothing after that', async () => {
  const disk = new FaultyDisk();
  const pairs = await disk.openPairs();
  let reads = 0;
  const store = storeOn({
    ...pairs,
    getSync: (key) => ((reads += 1), pairs.getSync(key)),
    iterate: (range) => ((reads += 1), pairs.iterate(range)),
  });
  let from: Uint8Array | undefined;
  for (let first = 0; first < 10; first += 1) {
    const to = Uint8Array.of(first);
    const records = [{ entry: to, content: to }];
    await store.put({ first, records, tiles: [], views: [] }, { from, to });
    from = to;
  }
  assert.equal(reads, 3);
  assert.equal(disk.batches, 10);
});
