/** An export as it lies in a folder: everything in it counts, what is hidden too. */
import { readFile, readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { ExportFiles } from '../../protocol/export/index.ts';

export function exportFilesIn(directory: string): ExportFiles {
  return {
    async names() {
      const found = await readdir(directory, { recursive: true, withFileTypes: true });
      return found
        .filter((one) => !one.isDirectory())
        .map((one) => relative(directory, join(one.parentPath, one.name)).replaceAll(sep, '/'))
        .sort();
    },
    read: (name) =>
      readFile(join(directory, name)).catch((error: unknown) => {
        if (isMissing(error)) return undefined;
        throw error;
      }),
  };
}

function isMissing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR';
}
