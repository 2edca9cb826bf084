/**
 * Destroys a device's files: each is written over with zeros, then removed. Guarantees: once begun it is finished, by
 * the next start if this process ends before; nothing but the device's own files is touched. A flash disk may keep
 * old blocks that no program can reach: what the disk forgets is up to its encryption.
 */
import { open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Erasure } from '../wipe.ts';

/** Says that a wipe has begun: it is the last file to go. */
const MARK = 'wiping';

/** What else a home holds beside the store: by the beginning of the name, so that drafts go too. */
const IDENTITY = ['device.key', 'profile.json', 'attestation', 'managed-id'];

const CHUNK = new Uint8Array(65_536);

export interface HomeErasure extends Erasure {
  /** Whether a wipe was begun and not finished. */
  begun(): Promise<boolean>;
}

export function erasureOf(directory: string, storeLocation: string): HomeErasure {
  const mark = join(directory, MARK);
  return {
    async begun() {
      return (await sizeOf(mark)) !== undefined;
    },
    async contents() {
      await (await open(mark, 'w', 0o600)).close();
      for (const name of await namesIn(storeLocation)) await destroy(join(storeLocation, name));
      await rm(storeLocation, { recursive: true, force: true });
    },
    async identity() {
      const names = await namesIn(directory);
      const own = names.filter((name) => IDENTITY.some((prefix) => name.startsWith(prefix)));
      for (const name of own) await destroy(join(directory, name));
      await rm(mark, { force: true });
    },
  };
}

/** Writes a file over and removes it; one that is gone is no fault. */
async function destroy(path: string): Promise<void> {
  const size = await sizeOf(path);
  if (size === undefined) return;
  const file = await open(path, 'r+');
  try {
    for (let at = 0; at < size; at += CHUNK.length) {
      await file.write(CHUNK, 0, Math.min(CHUNK.length, size - at), at);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  await rm(path, { force: true });
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
