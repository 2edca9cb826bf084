/** An export in memory, so that it can be changed and checked a thousand times. */
import { createHash } from 'node:crypto';
import { exportFilesIn } from '../../client/adapters/index.ts';
import type { ExportFiles } from '../../protocol/export/index.ts';

export type FilesInMemory = ReadonlyMap<string, Uint8Array>;

export async function loadExport(folder: string): Promise<FilesInMemory> {
  const files = exportFilesIn(folder);
  const loaded = new Map<string, Uint8Array>();
  for (const name of await files.names()) loaded.set(name, (await files.read(name))!);
  return loaded;
}

export function asFiles(loaded: FilesInMemory): ExportFiles {
  return {
    names: () => Promise.resolve([...loaded.keys()]),
    digest: (name) => {
      const found = loaded.get(name);
      const sha256 = found && new Uint8Array(createHash('sha256').update(found).digest());
      return Promise.resolve(found && sha256 && { bytes: found.length, sha256 });
    },
    read: (name) => Promise.resolve(loaded.get(name)),
  };
}

/** The same with one file changed, or taken out. */
export function changed(loaded: FilesInMemory, name: string, bytes: Uint8Array | undefined): FilesInMemory {
  const copy = new Map(loaded);
  if (bytes === undefined) copy.delete(name);
  else copy.set(name, bytes);
  return copy;
}
