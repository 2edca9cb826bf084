/**
 * Copies of a home's key files: what a backup of the keys consists of. Guarantees: a key that is not under a passphrase
 * is not copied, and none that is there is written over by another.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { readPrivateFile } from '../home/index.ts';
import { namesIn } from './file-key-store.ts';
import { inspectKeyFile, writeKeyFile } from './key-file.ts';

/** A key file's text, under a passphrase. */
export interface ProtectedKey {
  readonly name: string;
  readonly text: string;
}

/** Every key of a folder. Throws `key.unprotected`, and `key.permissions` or `key.malformed` where a file is not as it should be. */
export async function protectedKeys(directory: string): Promise<ProtectedKey[]> {
  const keys: ProtectedKey[] = [];
  for (const name of await namesIn(directory)) {
    const file = join(directory, `${name}.key`);
    const { isProtected } = await inspectKeyFile(file);
    if (!isProtected) {
      throw new ChanceryError(
        'key.unprotected',
        `${file} is not under a passphrase, so no copy of it is made; run chancery key protect first`,
        { facts: { file } },
      );
    }
    const content = await readPrivateFile(file);
    if (content !== undefined) keys.push({ name, text: new TextDecoder().decode(content) });
  }
  return keys;
}

/** Puts keys into a folder, and returns the names of those that were not there. Throws `home.exists` where another key has a name. */
export async function takeUpKeys(directory: string, keys: readonly ProtectedKey[]): Promise<string[]> {
  const taken: string[] = [];
  const there = new Set(await namesIn(directory));
  for (const { name, text } of keys) {
    const file = join(directory, `${name}.key`);
    if (there.has(name) && (await readFile(file, 'utf8')) === text) continue;
    await writeKeyFile(file, text);
    taken.push(name);
  }
  return taken;
}
