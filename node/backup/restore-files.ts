/**
 * Brings the files of messages back from a backup, for the log that was restored. Guarantees: what comes to its place has the
 * hash that the message's entry commits to; what was there already is left; what is missing is named, and holds up nothing:
 * a replica may have it.
 */
import { createReadStream } from 'node:fs';
import { PartFile, type SealedFiles } from '../attachments/index.ts';
import { Messages, type Ledger } from '../ledger/index.ts';
import type { BackupFolder } from './folder.ts';
import { attachmentPath } from './paths.ts';

/** Files that are named as missing, one by one. */
const MAX_MISSING = 1_000;

export interface RestoredFiles {
  readonly files: number;
  /** Messages whose files are not here, by sequence number: the first of them. */
  readonly missing: readonly number[];
}

/** @param verify whether what was brought back is read once more from the disk */
export async function restoreFiles(
  folder: BackupFolder,
  ledger: Ledger,
  files: SealedFiles,
  verify: boolean,
): Promise<RestoredFiles> {
  const missing: number[] = [];
  let restored = 0;
  for await (const { sequence, sealed } of new Messages(ledger).files()) {
    const isHere = files.has(sealed) || (await bringBack(folder, files, sealed));
    if (isHere && (!verify || (await files.isWhole(sealed)))) restored += 1;
    else if (missing.length < MAX_MISSING) missing.push(sequence);
  }
  return { files: restored, missing };
}

async function bringBack(folder: BackupFolder, files: SealedFiles, sealed: Uint8Array): Promise<boolean> {
  const path = attachmentPath(sealed);
  if (!(await folder.has(path))) return false;
  await using part = await PartFile.open(files, sealed);
  for await (const bytes of createReadStream(folder.pathOf(path), { start: part.length }))
    await part.append(bytes as Uint8Array);
  return await part.finish(() => true);
}
