/**
 * Makes a home from a backup. Guarantees: the whole backup is checked before anything is made; the archive ends in the
 * root that the backup's checkpoint signs; the configuration is written last, so a home that has one is whole, and an
 * attempt that was broken off is gone on with.
 */
import { stat, writeFile } from 'node:fs/promises';
import { parseCertificate } from '../protocol/certificate/index.ts';
import { logOrigin } from '../protocol/checkpoint/index.ts';
import { ChanceryError, valueOf } from '../protocol/errors/index.ts';
import { SealedFiles } from './attachments/index.ts';
import { ArchiveLog } from './archive/index.ts';
import {
  BackupFolder,
  checkBackup,
  fromBase64,
  openBackup,
  restoreFiles,
  restoreLog,
  type OpenedBackup,
  type RestoredFiles,
} from './backup/index.ts';
import type { RestoreOptions, RestoreResult } from './cli/dependencies.ts';
import { platform } from './composition/platform.ts';
import { writeRestored } from './composition/restored-file.ts';
import { configJsonSchema } from './config/index.ts';
import {
  createPrivateFile,
  lockHome,
  makePrivateDirectory,
  replaceCertificateFile,
  type HomeLayout,
} from './home/index.ts';
import { fileKeyStore, keyNamesOf, namesIn, readKeys, takeUpKeys } from './keys/index.ts';
import { ledgerOn } from './ledger/index.ts';
import { openSealing } from './sealing/index.ts';

/** Keys without which a node does not start; the root's is needed only to certify an issuer. */
const NEEDED_KEYS = ['issuer', 'statement', 'node'] as const;

/** Throws `home.exists`, `node.running`, `backup.*`, `key.*` and `archive.*`. */
export async function restoreHome(options: RestoreOptions): Promise<RestoreResult> {
  const { home, directory, keys, onProgress } = options;
  if ((await stat(home.config).catch(() => undefined)) !== undefined) {
    const message = `${home.directory} holds an organisation already; name a new home with --home`;
    throw new ChanceryError('home.exists', message, { facts: { home: home.directory } });
  }
  const folder = new BackupFolder(directory);
  const backup = valueOf(await openBackup(folder, platform.suite));
  const { findings, cosigned } = await checkBackup(folder, backup, platform.suite, (checked, size) => {
    onProgress('checked', checked, size);
  });
  const [first] = findings;
  if (first !== undefined) {
    const { file, sequence, problem } = first;
    const message = `${file} of the backup is wrong from entry ${sequence} on: ${problem}; chancery backup verify lists all; use another copy`;
    throw new ChanceryError('backup.damaged', message, { facts: { file, sequence } });
  }
  await makeDirectories(home);
  const lock = await lockHome(home);
  try {
    await writeCertificates(home, backup);
    await takeUpKeys(home.keysDirectory, backup.manifest.keys);
    if (keys !== null) await takeUpKeys(home.keysDirectory, await readKeys(keys));
    const { root, attachments } = await makeArchive(folder, backup, options);
    await writeRestored(home.archive, { size: backup.checkpoint.size, time: backup.manifest.time });
    await writeFile(home.configSchema, configJsonSchema());
    await createPrivateFile(home.config, backup.manifest.config);
    const { domain, time } = backup.manifest;
    const { rootId, checkpoint } = backup;
    const { present, missing } = await keysOf(home, backup);
    const { size } = checkpoint;
    const { files, missing: missingFiles } = attachments;
    const made = { domain, rootId, size, root, time, cosigned, files, missingFiles };
    return { ...made, keys: present, missingKeys: missing };
  } finally {
    await lock.release();
  }
}

async function makeArchive(
  folder: BackupFolder,
  backup: OpenedBackup,
  { home, verify, passphrase, onProgress }: RestoreOptions,
): Promise<{ readonly root: string; readonly attachments: RestoredFiles }> {
  const { suite, clock, randomBytes } = platform;
  const { domain } = backup.manifest;
  const { sha256 } = suite;
  const origin = logOrigin(domain);
  const sealing = await openSealing(
    fileKeyStore({ directory: home.keysDirectory, passphrase, randomBytes }),
    randomBytes,
  );
  await using log = await ArchiveLog.open({
    location: home.archive,
    origin,
    sha256,
    sealer: sealing.entries,
    clock,
    randomBytes,
  });
  const ledger = ledgerOn(log, domain, sha256, sealing.views);
  valueOf(
    await restoreLog(folder, backup, ledger, sha256, (restored, size) => {
      onProgress('restored', restored, size);
    }),
  );
  const attachments = await restoreFiles(folder, ledger, await SealedFiles.open(home.attachments), verify);
  const [wrong] = verify ? (await log.verify()).findings : [];
  if (wrong === undefined) return { root: Buffer.from(log.head.root).toString('hex'), attachments };
  throw new ChanceryError(
    'archive.damaged',
    `the restored archive is wrong at entry ${wrong.sequence}: ${wrong.problem}; check the disk, and restore once more`,
    { facts: { sequence: wrong.sequence } },
  );
}

async function makeDirectories(home: HomeLayout): Promise<void> {
  await makePrivateDirectory(home.directory);
  await makePrivateDirectory(home.keysDirectory);
  await makePrivateDirectory(home.certificatesDirectory);
}

async function writeCertificates(home: HomeLayout, { manifest }: OpenedBackup): Promise<void> {
  for (const name of ['root', 'issuer', 'statement', 'node'] as const)
    await replaceCertificateFile(home.certificates[name], fromBase64(manifest.certificates[name]));
}

/** Which keys there are, and for which certificates there is none. */
async function keysOf(
  home: HomeLayout,
  { manifest }: OpenedBackup,
): Promise<{ readonly present: string[]; readonly missing: string[] }> {
  const present = await namesIn(home.keysDirectory);
  const missing = NEEDED_KEYS.filter((role) => {
    const { publicKey } = valueOf(parseCertificate(fromBase64(manifest.certificates[role])));
    return !keyNamesOf(role, publicKey).some((name) => present.includes(name));
  });
  return { present, missing };
}
