/**
 * The disk of the archive is full: whoever sends is refused with that reason, nothing is acknowledged that is not
 * there, what is archived stays readable, and work goes on as soon as there is space again.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, open, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { ArchiveLog } from '../../node/archive/index.ts';
import { archiveOptions, record } from '../support/archive.ts';
import { FaultyDisk } from '../support/faulty-store.ts';

const BYTES = 24 * 1024 * 1024;

/** A disk of its own, where that can be had: root may mount one. */
async function smallDisk(t: TestContext): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-full-'));
  t.after(async () => {
    spawnSync('umount', ['-l', folder]);
    await rm(folder, { recursive: true, force: true });
  });
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${BYTES}`, 'tmpfs', folder]);
  return status === 0 ? folder : undefined;
}

/** Takes all the space there is; returns how to give it back. */
async function fill(folder: string): Promise<() => Promise<void>> {
  const file = join(folder, 'filling');
  const handle = await open(file, 'w');
  const { bavail, bsize } = await statfs(folder);
  await handle.write(new Uint8Array(bavail * bsize)).catch(() => undefined);
  await handle.write(new Uint8Array(1)).catch(() => undefined);
  await handle.close();
  return () => rm(file);
}

test('a full disk refuses with that reason, and once there is space again the archive goes on', async (t) => {
  const folder = await smallDisk(t);
  if (folder === undefined) {
    t.diagnostic('no disk could be mounted here: a store that says so stands in for it');
    await onFaultyDisk();
    return;
  }
  const log = await ArchiveLog.open(archiveOptions(join(folder, 'archive')));
  const acknowledged = new Map<number, string>();
  const send = async (text: string): Promise<void> => {
    const content = Buffer.from(text.padEnd(60_000, '.'));
    const { first } = await log.append([{ kind: 'message', content }]);
    acknowledged.set(first, text);
  };
  for (let next = 0; next < 5; next += 1) await send(`before ${next}`);
  const empty = await fill(folder);
  const refusals = new Set<string>();
  for (let next = 0; next < 20; next += 1) {
    await send(`full ${next}`).catch((error: unknown) => refusals.add((error as { code: string }).code));
  }
  assert.deepEqual([...refusals], ['archive.full']);
  await empty();
  const began = process.hrtime.bigint();
  for (let sent = false; !sent;) {
    sent = await send('after').then(
      () => true,
      () => false,
    );
    if (!sent) await new Promise((resolve) => setImmediate(resolve));
    assert.ok(process.hrtime.bigint() - began < 10_000_000_000n, 'work goes on within 10 seconds');
  }
  await log.close();
  await using again = await ArchiveLog.open(archiveOptions(join(folder, 'archive')));
  assert.deepEqual((await again.verify()).findings, []);
  for (const [sequence, text] of acknowledged)
    assert.equal(Buffer.from(again.content(sequence)!).toString().replace(/\.+$/, ''), text);
});

async function onFaultyDisk(): Promise<void> {
  const disk = new FaultyDisk();
  await using log = await ArchiveLog.open(archiveOptions('', { openStore: disk.open }));
  await log.append([record(0)]);
  disk.faults.push('full', 'full');
  for (let again = 0; again < 2; again += 1)
    await assert.rejects(log.append([record(1)]), { code: 'archive.full' });
  assert.equal((await log.append([record(1)])).first, 1);
}

test('a store that says it is full is believed', onFaultyDisk);
