/**
 * The folder that an export is written to: new or empty, for its owner alone. Its last file appears whole or not at all,
 * and until then what is there is no export.
 */
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { ExportTarget } from '../export/index.ts';
import { composeMail } from './compose-mail.ts';
import { writeOwn } from './own-file.ts';
import { programVersion } from './version.ts';

const OWNER_ONLY_FILE = 0o600;
const OWNER_ONLY_FOLDER = 0o700;

export function exportFolder(directory: string): ExportTarget {
  const made = new Set<string>();
  return {
    version: programVersion(),
    composeMail,
    async begin() {
      await mkdir(directory, { recursive: true, mode: OWNER_ONLY_FOLDER });
      if ((await readdir(directory)).length > 0)
        throw new ChanceryError(
          'export.not-empty',
          `${directory} is not empty; name a folder that is, or one that is not there yet`,
        );
    },
    async write(name, bytes) {
      const path = join(directory, name);
      const folder = dirname(path);
      if (!made.has(folder)) await mkdir(folder, { recursive: true, mode: OWNER_ONLY_FOLDER });
      made.add(folder);
      await writeFile(path, bytes, { flag: 'wx', mode: OWNER_ONLY_FILE });
    },
    async finish(name, bytes) {
      const path = join(directory, name);
      await writeOwn(`${path}.new`, Buffer.from(bytes).toString());
      await rename(`${path}.new`, path);
    },
  };
}
