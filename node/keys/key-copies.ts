/**
 * Copies of a home's key files: what a backup of the keys consists of. Guarantees: a key that is not under a passphrase
 * is not copied, and none that is there is written over by another.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { makePrivateDirectory, readPrivateFile } from '../home/index.ts';
import { namesIn } from './file-key-store.ts';
import { inspectKeyFile, writeKeyFile } from './key-file.ts';
import { eraseFile, replaceFile } from './replace-file.ts';

/** What the names of keys begin with that are destroyed when their time is over. */
const WINDOW_KEY = 'window-';

/** A key file as it is kept. */
export interface KeyCopy {
  readonly name: string;
  readonly text: string;
  readonly isProtected: boolean;
}

/** Every key of a folder. Throws `key.missing` where there are none, `key.permissions` or `key.malformed`. */
export async function readKeys(directory: string): Promise<KeyCopy[]> {
  const keys: KeyCopy[] = [];
  for (const name of await namesIn(directory)) {
    const file = join(directory, `${name}.key`);
    const { isProtected } = await inspectKeyFile(file);
    const content = await readPrivateFile(file);
    if (content !== undefined) keys.push({ name, isProtected, text: new TextDecoder().decode(content) });
    content?.fill(0);
  }
  if (keys.length > 0) return keys;
  throw new ChanceryError(
    'key.missing',
    `there are no keys in ${directory}; name the folder that holds them`,
  );
}

/** The same, all under a passphrase: throws `key.unprotected` otherwise. */
export async function protectedKeys(directory: string): Promise<KeyCopy[]> {
  const keys = await readKeys(directory);
  const bare = keys.filter(({ isProtected }) => !isProtected).map(({ name }) => name);
  if (bare.length === 0) return keys;
  throw new ChanceryError(
    'key.unprotected',
    `not under a passphrase: ${bare.join(', ')}; run chancery key protect, then copies can be made`,
  );
}

/** Copies and what became of those that are there already. */
export interface CopiedKeys {
  readonly copied: readonly string[];
  /** Keys that were destroyed here, and so in the copy. */
  readonly erased: readonly string[];
}

/**
 * Copies every key of a folder to another, in the place of older copies. A window key that was destroyed is destroyed in
 * the copy too: what it opened is not to be read any more. Throws as {@link protectedKeys}.
 */
export async function copyKeys(from: string, to: string): Promise<CopiedKeys> {
  const keys = await protectedKeys(from);
  await makePrivateDirectory(to);
  const there = await namesIn(to);
  for (const { name, text } of keys) {
    const file = join(to, `${name}.key`);
    if (there.includes(name)) await replaceFile(file, text);
    else await writeKeyFile(file, text);
  }
  const known = new Set(keys.map(({ name }) => name));
  const erased = there.filter((name) => name.startsWith(WINDOW_KEY) && !known.has(name));
  for (const name of erased) await eraseFile(join(to, `${name}.key`));
  return { copied: [...known], erased };
}

/** Puts keys into a folder, and returns the names of those that were not there. Throws `home.exists` where another key has a name. */
export async function takeUpKeys(
  directory: string,
  keys: readonly Pick<KeyCopy, 'name' | 'text'>[],
): Promise<string[]> {
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
