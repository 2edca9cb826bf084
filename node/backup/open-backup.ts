/** What a backup says of itself, with nothing but the backup: whose log it is, how far it goes, and who signed that. */
import { logOrigin, openCheckpoint, type Checkpoint } from '../../protocol/checkpoint/index.ts';
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';
import type { BackupFolder } from './folder.ts';
import { openManifest, type OpenedManifest } from './manifest.ts';
import { CHECKPOINT, MANIFEST } from './paths.ts';

export interface OpenedBackup extends OpenedManifest {
  readonly checkpoint: Checkpoint;
}

/** Refuses with `backup.missing`, or with `backup.damaged` and the file in its facts. */
export async function openBackup(folder: BackupFolder, suite: CryptoSuite): Promise<Result<OpenedBackup>> {
  const note = await folder.read(CHECKPOINT);
  if (note === undefined) {
    const what = `there is no backup at ${folder.directory}: it has no ${CHECKPOINT}; name its folder`;
    return refuse('backup.missing', what);
  }
  const kept = await folder.read(MANIFEST);
  if (kept === undefined) return damaged(MANIFEST, 'it is missing');
  const opened = openManifest(kept, suite);
  if (!opened.ok) return damaged(MANIFEST, opened.refusal.message);
  const { manifest, statementKey } = opened.value;
  const checkpoint = openCheckpoint(note, logOrigin(manifest.domain), statementKey, suite);
  return checkpoint.ok
    ? accept({ ...opened.value, checkpoint: checkpoint.value })
    : damaged(CHECKPOINT, checkpoint.refusal.message);
}

function damaged(file: string, problem: string): ReturnType<typeof refuse> {
  return refuse('backup.damaged', `${file} of the backup: ${problem}`, { file });
}
