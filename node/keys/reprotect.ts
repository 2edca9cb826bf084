/**
 * Protects all keys of a folder by another passphrase, or by none. Guarantees: no file is touched before every key was
 * opened; after a crash at any point each key opens with the old passphrase or the new one, and a second run with the
 * same two ends what the first began.
 */
import { join } from 'node:path';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { namesIn } from './file-key-store.ts';
import { formatKey, inspectKeyFile, readKeyFile } from './key-file.ts';
import type { Passphrase } from './passphrase.ts';
import { eraseDraft, replaceFile } from './replace-file.ts';

export interface Reprotection {
  readonly directory: string;
  /** That of the keys that are protected now. */
  readonly from: Passphrase;
  /** The one they get, which may be the same; null for none. */
  readonly to: Passphrase | null;
  readonly randomBytes: (length: number) => Uint8Array;
}

interface Opened {
  readonly name: string;
  readonly file: string;
  readonly seed: Uint8Array;
  /** Whether it already is as it should be. */
  readonly done: boolean;
}

/** Names of the keys that were changed, and of those that were so already. Throws as {@link readKeyFile}, and `key.missing` in an empty folder. */
export async function reprotect(options: Reprotection): Promise<{ changed: string[]; kept: string[] }> {
  const { directory, to, randomBytes } = options;
  const opened: Opened[] = [];
  try {
    for (const name of await namesIn(directory)) opened.push(await open(name, options));
    if (opened.length === 0) throw new ChanceryError('key.missing', `there are no keys in ${directory}`);
    for (const { file, seed, done } of opened) {
      await eraseDraft(file);
      if (!done)
        await replaceFile(file, await formatKey(seed, to === null ? null : await to.ask(), randomBytes));
    }
  } finally {
    for (const { seed } of opened) seed.fill(0);
  }
  return {
    changed: opened.filter(({ done }) => !done).map(({ name }) => name),
    kept: opened.filter(({ done }) => done).map(({ name }) => name),
  };
}

async function open(name: string, { directory, from, to }: Reprotection): Promise<Opened> {
  const file = join(directory, `${name}.key`);
  const { isProtected } = await inspectKeyFile(file);
  if (!isProtected) return { name, file, seed: await readKeyFile(file, from), done: to === null };
  try {
    return { name, file, seed: await readKeyFile(file, from), done: to === from };
  } catch (error) {
    const wrong = error instanceof ChanceryError && error.code === 'key.wrong-passphrase';
    if (!wrong || to === null || to === from) throw error;
    return { name, file, seed: await readKeyFile(file, to), done: true }; // of a run that was broken off
  }
}
