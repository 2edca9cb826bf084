/**
 * Replaces and erases the files of keys. Guarantees: after a crash at any point there is the old file or the new one,
 * whole; and what the old one held is overwritten where it lay, which erases it from every file system that writes in place.
 */
import { open, rename, rm, utimes, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createPrivateFile, hasCode, syncDirectory } from '../home/index.ts';

/** What a draft's name ends in, beside the file it is to replace. */
const DRAFT = '.new';

/** Puts a text in the place of a file's, which keeps its time: a key is as old as it was. */
export async function replaceFile(file: string, text: string): Promise<void> {
  const draft = `${file}${DRAFT}`;
  await eraseFile(draft); // of a run that was broken off
  await using old = await open(file, 'r+');
  const { atime, mtime } = await old.stat();
  await createPrivateFile(draft, text);
  await utimes(draft, atime, mtime);
  await rename(draft, file);
  await syncDirectory(dirname(file));
  await overwrite(old);
}

/** Removes a file and what it held; false where there is none. */
export async function eraseFile(file: string): Promise<boolean> {
  try {
    await using old = await open(file, 'r+');
    await rm(file);
    await syncDirectory(dirname(file));
    await overwrite(old);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/** Removes the draft that a run left behind which was broken off. */
export function eraseDraft(file: string): Promise<boolean> {
  return eraseFile(`${file}${DRAFT}`);
}

async function overwrite(handle: FileHandle): Promise<void> {
  const { size } = await handle.stat();
  await handle.write(new Uint8Array(size), 0, size, 0);
  await handle.sync();
}
