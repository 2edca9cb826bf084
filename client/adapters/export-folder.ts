/**
 * The folder that an export is written to: new or empty, for its owner alone. Its last file appears whole or not at all,
 * and until then what is there is no export.
 */
import { createHash } from 'node:crypto';
import { mkdir, open, readFile, readdir, rename, rm } from 'node:fs/promises';
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
    async write(name, parts) {
      const path = join(directory, name);
      const folder = dirname(path);
      if (!made.has(folder)) await mkdir(folder, { recursive: true, mode: OWNER_ONLY_FOLDER });
      made.add(folder);
      return writeParts(path, parts);
    },
    async read(name) {
      return new Uint8Array(await readFile(join(directory, name)));
    },
    async finish(name, bytes) {
      const path = join(directory, name);
      await writeOwn(`${path}.new`, Buffer.from(bytes).toString());
      await rename(`${path}.new`, path);
    },
  };
}

async function writeParts(
  path: string,
  parts: Parameters<ExportTarget['write']>[1],
): ReturnType<ExportTarget['write']> {
  const hash = createHash('sha256');
  const file = await open(path, 'wx', OWNER_ONLY_FILE);
  let bytes = 0;
  try {
    for await (const part of parts) {
      await file.writeFile(part); // goes on where it stands
      hash.update(part);
      bytes += part.length;
    }
  } catch (error) {
    await file.close();
    await rm(path, { force: true });
    throw error;
  }
  await file.close();
  return { bytes, sha256: new Uint8Array(hash.digest()) };
}
