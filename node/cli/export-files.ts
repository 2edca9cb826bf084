/** An export as it lies in a folder: everything in it counts, what is hidden too. */
import { readFile, readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { ExportFiles } from '../../protocol/export/index.ts';
import { hasCode } from '../home/index.ts';

const MISSING = ['ENOENT', 'ENOTDIR', 'EISDIR'] as const;

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
        if (MISSING.some((code) => hasCode(error, code))) return undefined;
        throw error;
      }),
  };
}
