/** What every store of a device must do: the same suite for LevelDB and for the one in memory that tests use. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openLevelStore } from '../../../client/adapters/level-store.ts';
import type { Store, StoreRange } from '../../../client/index.ts';
import { MemoryStore } from '../../support/memory-store.ts';

const stores: Record<string, (t: TestContext) => Promise<Store>> = {
  memory: () => Promise.resolve(new MemoryStore()),
  level: async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'chancery-store-'));
    t.after(() => rm(folder, { recursive: true, force: true }));
    return openLevelStore(join(folder, 'store'));
  },
};

const value = (byte: number): Uint8Array => Uint8Array.of(byte);

async function keys(store: Store, range: StoreRange): Promise<string[]> {
  const found: string[] = [];
  for await (const [key] of store.entries(range)) found.push(key);
  return found;
}

/** Plain bytes, whichever kind of array the store gives. */
async function bytesAt(store: Store, key: string): Promise<Uint8Array> {
  return Uint8Array.from((await store.get(key)) ?? []);
}

for (const [name, open] of Object.entries(stores)) {
  test(`${name}: what was written is read, in the order of its keys, and what was deleted is gone`, async (t) => {
    const store = await open(t);
    const letters = ['b', 'a', 'd', 'c'];
    await store.batch(
      letters.map((key, index) => ({ type: 'put', key, value: value(index) })),
      { durable: true },
    );
    assert.deepEqual(await bytesAt(store, 'a'), value(1));
    assert.equal(await store.get('x'), undefined);
    assert.deepEqual(await keys(store, { gte: 'a', lt: 'd' }), ['a', 'b', 'c']);
    assert.deepEqual(await keys(store, { gte: 'b', lt: 'z', reverse: true, limit: 2 }), ['d', 'c']);
    await store.batch(
      [
        { type: 'del', key: 'b' },
        { type: 'put', key: 'a', value: value(9) },
      ],
      { durable: false },
    );
    assert.deepEqual(await keys(store, { gte: 'a', lt: 'z' }), ['a', 'c', 'd']);
    assert.deepEqual(await bytesAt(store, 'a'), value(9));
    await store.close();
  });
}

test('level: what was written is there when it is opened again', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-store-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const location = join(folder, 'store');
  const first = await openLevelStore(location);
  await first.batch([{ type: 'put', key: 'outbox!1', value: value(7) }], { durable: true });
  await assert.rejects(openLevelStore(location), { code: 'limit.exceeded' });
  await first.close();
  const second = await openLevelStore(location);
  assert.deepEqual(await bytesAt(second, 'outbox!1'), value(7));
  await second.close();
});
