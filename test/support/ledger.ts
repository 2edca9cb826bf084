/** A ledger on an archive in a throw-away folder. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { ArchiveLog } from '../../node/archive/index.ts';
import { Ledger } from '../../node/ledger/index.ts';
import { archiveOptions } from './archive.ts';

export async function openLedger(t: TestContext): Promise<Ledger> {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-ledger-'));
  const log = await ArchiveLog.open(archiveOptions(join(folder, 'archive')));
  t.after(async () => {
    await log.close();
    await rm(folder, { recursive: true, force: true });
  });
  return new Ledger(log);
}
