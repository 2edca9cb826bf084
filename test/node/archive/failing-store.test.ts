import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ArchiveLog } from '../../../node/archive/index.ts';
import { archiveOptions, record, records } from '../../support/archive.ts';
import { FaultyDisk } from '../../support/faulty-store.ts';

const view = Uint8Array.of(0x10, 1);
const withView = { ...record(2), ops: [{ type: 'put', key: view, value: Uint8Array.of(1) }] } as const;

async function openOn(disk: FaultyDisk): Promise<ArchiveLog> {
  return ArchiveLog.open(archiveOptions('', { openStore: disk.open }));
}

test('after a failed write nothing is acknowledged, nothing of it is seen, and later appends work', async () => {
  const disk = new FaultyDisk();
  const log = await openOn(disk);
  await log.append(records(0, 2));
  const { root } = log.head;
  disk.faults.push('lost');
  const failing = log.append([withView]);
  await Promise.resolve();
  const waiting = log.append(records(3, 2)); // numbered after what fails
  const settled = await Promise.allSettled([failing, waiting]);
  for (const result of settled) {
    assert.equal(result.status, 'rejected');
    assert.equal((result.reason as { code: string }).code, 'archive.failed');
  }
  assert.equal(log.size, 2);
  assert.deepEqual(log.head.root, root);
  assert.equal(log.has(view), false);
  assert.deepEqual(await log.append([withView]), { first: 2, time: log.head.time });
  assert.equal(log.has(view), true);
  await log.close();
  const again = await openOn(disk);
  assert.equal(again.size, 3);
  assert.deepEqual((await again.verify()).findings, []);
  await again.close();
});

test('what was written although it was called failed is counted, not written over', async () => {
  const disk = new FaultyDisk();
  const log = await openOn(disk);
  const sizes: number[] = [];
  log.onCommit((size) => sizes.push(size));
  disk.faults.push('written');
  await assert.rejects(log.append(records(0, 2)), { code: 'archive.failed' });
  assert.equal(log.size, 2);
  assert.deepEqual(sizes, [2]);
  assert.equal((await log.append([record(2)])).first, 2);
  assert.deepEqual((await log.verify()).findings, []);
  await log.close();
});

test('while the store cannot be opened again nothing is read or taken, until it can', async () => {
  const disk = new FaultyDisk();
  const log = await openOn(disk);
  await log.append(records(0, 2));
  disk.faults.push('lost');
  disk.unopenable = true;
  await assert.rejects(log.append([record(2)]), { code: 'archive.failed' });
  await assert.rejects(log.append([record(2)]), { code: 'archive.failed' });
  assert.throws(() => log.get(view), { code: 'archive.failed' });
  disk.unopenable = false;
  await assert.rejects(log.append([record(2)]), { code: 'archive.failed' }); // this one opens it
  assert.equal((await log.append([record(2)])).first, 2);
  await log.close();
});

test('a store that comes back without what was acknowledged is not written to', async () => {
  const disk = new FaultyDisk();
  const log = await openOn(disk);
  await log.append(records(0, 1));
  const before = new Map(disk.pairs);
  await log.append(records(1, 1));
  disk.faults.push('lost');
  const failing = log.append([record(2)]);
  disk.pairs.clear();
  for (const [key, value] of before) disk.pairs.set(key, value);
  await assert.rejects(failing, { code: 'archive.failed' });
  await assert.rejects(log.append([record(2)]), { code: 'archive.failed' });
  await assert.rejects(log.append([record(2)]), { code: 'archive.failed' });
  await log.close();
});
