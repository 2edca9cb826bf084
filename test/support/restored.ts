/** A node that lost its archive, and has it anew from a backup: what `chancery restore` does, for a node in this process. */
import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ArchiveLog } from '../../node/archive/index.ts';
import { SealedFiles } from '../../node/attachments/index.ts';
import { BackupFolder, openBackup, restoreFiles, restoreLog } from '../../node/backup/index.ts';
import type { NodeSettings } from '../../node/composition/index.ts';
import { platform } from '../../node/composition/platform.ts';
import { writeRestored } from '../../node/composition/restored-file.ts';
import { ledgerOn } from '../../node/ledger/index.ts';
import { openSealing } from '../../node/sealing/index.ts';
import { logOrigin } from '../../protocol/checkpoint/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';

/** Returns how many entries the archive has then. */
export async function restoreFromBackup(
  { domain, archiveLocation: location, attachmentsLocation, keys }: NodeSettings,
  directory: string,
): Promise<number> {
  for (const file of await readdir(dirname(location)))
    if (file.startsWith(basename(location))) await rm(join(dirname(location), file), { recursive: true });
  await rm(attachmentsLocation, { recursive: true, force: true });
  const { clock, randomBytes, suite } = platform;
  const { sha256 } = suite;
  const sealing = await openSealing(keys, randomBytes);
  const origin = logOrigin(domain);
  await using log = await ArchiveLog.open({
    location,
    origin,
    sha256,
    sealer: sealing.entries,
    clock,
    randomBytes,
  });
  const backup = new BackupFolder(directory);
  const opened = valueOf(await openBackup(backup, suite));
  const ledger = ledgerOn(log, domain, sha256, sealing.views);
  valueOf(await restoreLog(backup, opened, ledger, sha256));
  await restoreFiles(backup, ledger, await SealedFiles.open(attachmentsLocation), true);
  await writeRestored(location, { size: log.size, time: opened.manifest.time });
  return log.size;
}
