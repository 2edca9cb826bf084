/** A ledger on an archive in a throw-away folder. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { ArchiveLog } from '../../node/archive/index.ts';
import { sodiumSuite } from '../../node/crypto/index.ts';
import type { ViewTable } from '../../node/ledger/view.ts';
import { Ledger } from '../../node/ledger/index.ts';
import { VIEWS } from '../../node/ledger/views.ts';
import { archiveOptions, testSealing } from './archive.ts';

/** With other views than the table's where a test asks for them. */
export async function openLedger(t: TestContext, views: Partial<ViewTable> = {}): Promise<Ledger> {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-ledger-'));
  const log = await ArchiveLog.open(archiveOptions(join(folder, 'archive')));
  t.after(async () => {
    await log.close();
    await rm(folder, { recursive: true, force: true });
  });
  const { sha256 } = sodiumSuite;
  const { views: sealer } = testSealing();
  return new Ledger({ log, domain: 'acme.test', sha256, views: { ...VIEWS, ...views }, sealer });
}
