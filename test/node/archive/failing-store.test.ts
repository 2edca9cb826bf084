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

test('a torn write is not acknowledged, and nothing is appended to what it left', async () => {
  const disk = new FaultyDisk();
  await using log = await openOn(disk);
  await log.append(records(0, 2));
  disk.faults.push('torn');
  await assert.rejects(log.append(records(2, 4)), { code: 'archive.failed' });
  assert.equal(log.size, 2);
  assert.deepEqual(
    log.findings.map(({ sequence }) => sequence),
    [2],
  );
  await assert.rejects(log.append([record(2)]), { code: 'archive.damaged' });
  assert.equal(Buffer.from(log.content(1)!).toString(), 'message 1');
});

test('a store that forgot what it said was written, or half of it, is found out when it is opened', async () => {
  for (const fault of ['forgotten', 'cut', 'stale'] as const) {
    const disk = new FaultyDisk();
    const log = await openOn(disk);
    await log.append(records(0, 2));
    disk.faults.push(fault);
    await log.append(records(2, 4));
    await log.append(records(6, 2));
    await log.close();
    await using again = await openOn(disk);
    assert.equal(again.findings.length > 0, fault !== 'stale', fault); // the head after it counts what is there
    if (fault !== 'stale')
      await assert.rejects(again.append([record(8)]), { code: 'archive.damaged' }, fault);
  }
});

test('a log that another has continued is not written over: what is there is counted, and the next append follows it', async () => {
  const disk = new FaultyDisk();
  await using log = await openOn(disk);
  await log.append(records(0, 2));
  const other = await openOn(disk);
  await other.append(records(2, 3));
  const { root } = other.head;
  await assert.rejects(log.append([record(9)]), { code: 'archive.failed' });
  assert.equal(log.size, 5);
  assert.deepEqual(log.head.root, root);
  assert.equal((await log.append([record(5)])).first, 5);
  await assert.rejects(other.append([record(9)]), { code: 'archive.failed' });
  assert.deepEqual((await log.verify()).findings, []);
  await other.close();
});

test('a head that changed behind the log’s back is a conflict, and nothing is written', async () => {
  const disk = new FaultyDisk();
  const before = new FaultyDisk();
  {
    await using log = await openOn(before);
    await log.append(records(0, 3));
  }
  for (const [key, value] of before.pairs) disk.pairs.set(key, value);
  await using log = await openOn(disk);
  disk.pairs.set('00', Uint8Array.of(1));
  const { batches } = disk;
  const refused = await log.append([record(3)]).catch((error: unknown) => error as Error);
  assert.equal((refused as { cause?: { code?: string } }).cause?.code, 'archive.conflict');
  await assert.rejects(log.append([record(3)]), { code: 'archive.failed' });
  assert.equal(disk.batches, batches);
});
