/** An export as it lies in a folder: everything in it counts, what is hidden too. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { ExportFiles } from '../../protocol/export/index.ts';
import { hasCode } from '../home/private-file.ts';

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
    digest: async (name) => {
      const hash = createHash('sha256');
      let bytes = 0;
      try {
        for await (const part of createReadStream(join(directory, name))) {
          hash.update(part as Uint8Array);
          bytes += (part as Uint8Array).length;
        }
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
      return { bytes, sha256: new Uint8Array(hash.digest()) };
    },
    read: (name) =>
      readFile(join(directory, name)).catch((error: unknown) => {
        if (isMissing(error)) return undefined;
        throw error;
      }),
  };
}

function isMissing(error: unknown): boolean {
  return MISSING.some((code) => hasCode(error, code));
}
