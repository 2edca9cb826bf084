/**
 * Makes the views of a home's archive anew, while no node runs there. Guarantees: the log is opened like for a node, is
 * proven, and is not written to; an attempt that was cut short is gone on with, and no node starts before.
 */
import { stat } from 'node:fs/promises';
import { logOrigin } from '../protocol/checkpoint/index.ts';
import { ChanceryError } from '../protocol/errors/index.ts';
import { ArchiveLog } from './archive/index.ts';
import type { ReindexOptions, ReindexResult } from './cli/dependencies.ts';
import { platform } from './composition/platform.ts';
import { readConfig } from './config/index.ts';
import { lockHome } from './home/index.ts';
import { fileKeyStore } from './keys/index.ts';
import { ledgerToRemake, remadeUpTo, remakeViews } from './ledger/index.ts';
import { openSealing } from './sealing/index.ts';

/** Throws `config.*`, `node.running`, `key.*` and `archive.*`. */
export async function reindexHome({
  home,
  env,
  passphrase,
  onProgress,
}: ReindexOptions): Promise<ReindexResult> {
  const { domain } = await readConfig(home.config, env);
  if ((await stat(home.archive).catch(() => undefined)) === undefined) {
    const message = `there is no archive at ${home.archive}; run this on the node that keeps it`;
    throw new ChanceryError('archive.unavailable', message, { facts: { location: home.archive } });
  }
  const lock = await lockHome(home);
  try {
    const { suite, clock, randomBytes } = platform;
    const { sha256 } = suite;
    const keys = fileKeyStore({ directory: home.keysDirectory, passphrase, randomBytes });
    const sealing = await openSealing(keys, randomBytes);
    await using log = await ArchiveLog.open({
      location: home.archive,
      origin: logOrigin(domain),
      sha256,
      sealer: sealing.entries,
      clock,
      randomBytes,
    });
    if (log.findings.length > 0 && log.stopped !== undefined) throw ChanceryError.from(log.stopped);
    const ledger = ledgerToRemake(log, domain, sha256, sealing.views);
    const from = remadeUpTo(ledger) ?? 0;
    await remakeViews(ledger, onProgress);
    const { size, root } = log.head;
    return { domain, size, root: Buffer.from(root).toString('hex'), from };
  } finally {
    await lock.release();
  }
}
