/**
 * Beside the folder of the archive: that it was restored from a backup, and not written to since. Its replicas may hold
 * more, and are asked first: a log that went on without them would be another one.
 */
import { rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasCode, replacePublicFile, syncDirectory } from '../home/index.ts';

const SUFFIX = '.restored.json';

/** The file's path, where there is one. */
export async function findRestored(archiveLocation: string): Promise<string | undefined> {
  const file = restoredFile(archiveLocation);
  return stat(file).then(
    () => file,
    (error: unknown) => {
      if (!hasCode(error, 'ENOENT')) throw error;
      return undefined;
    },
  );
}

function restoredFile(archiveLocation: string): string {
  return `${archiveLocation}${SUFFIX}`;
}

/** Durable when it resolves. */
export async function writeRestored(
  archiveLocation: string,
  restored: { readonly size: number; readonly time: string },
): Promise<void> {
  await replacePublicFile(
    restoredFile(archiveLocation),
    `${JSON.stringify({ v: 1, ...restored }, null, 2)}\n`,
  );
}

/** The log may be written to from now on. */
export async function clearRestored(archiveLocation: string): Promise<void> {
  await rm(restoredFile(archiveLocation), { force: true });
  await syncDirectory(dirname(archiveLocation));
}
