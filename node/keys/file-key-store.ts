/**
 * Keys in the files of one folder, one file a key. Guarantees: a file is for its owner alone, never overwritten, and on
 * disk when the call returns; a seed that was read to sign is zeroed once the signer has it in its own memory.
 * A key that is made is protected if a passphrase was named beforehand, or if any other key of the folder is.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { sodiumSigner } from '../crypto/index.ts';
import { hasCode } from '../home/index.ts';
import { formatKey, inspectKeyFile, readKeyFile, writeKeyFile } from './key-file.ts';
import type { KeyStore, StoredKey } from './key-store.ts';
import type { Passphrase } from './passphrase.ts';
import { eraseFile } from './replace-file.ts';

const NAME = /^[a-z][a-z0-9-]{0,63}$/;
const ENDING = '.key';

export interface FileKeyStoreOptions {
  readonly directory: string;
  readonly passphrase: Passphrase;
  readonly randomBytes: (length: number) => Uint8Array;
}

export function fileKeyStore({ directory, passphrase, randomBytes }: FileKeyStoreOptions): KeyStore {
  const fileOf = (name: string): string => {
    if (NAME.test(name)) return join(directory, `${name}${ENDING}`);
    throw new ChanceryError('request.invalid', `${name} is no name of a key; use a-z, 0-9 and -`);
  };

  async function store(name: string, seed: Uint8Array): Promise<void> {
    const others = passphrase.isNamed ? [] : await list();
    const needed = passphrase.isNamed || others.some(({ isProtected }) => isProtected);
    const text = await formatKey(seed, needed ? await passphrase.ask() : null, randomBytes);
    await writeKeyFile(fileOf(name), text);
  }

  async function list(): Promise<readonly StoredKey[]> {
    const found = await Promise.all((await namesIn(directory)).map(describe));
    return found.filter((key) => key !== undefined);
  }

  async function describe(name: string): Promise<StoredKey | undefined> {
    const file = fileOf(name);
    const stats = await stat(file).catch(orAbsent);
    if (stats === undefined) return undefined; // a link to nowhere, or removed just now
    return { name, since: stats.mtime.getTime(), ...(await inspectKeyFile(file)) };
  }

  return {
    has: async (name) => (await stat(fileOf(name)).catch(orAbsent)) !== undefined,
    async create(name) {
      const seed = randomBytes(32);
      try {
        await store(name, seed);
        return sodiumSigner(seed).publicKey;
      } finally {
        seed.fill(0);
      }
    },
    async signer(name) {
      const seed = await readKeyFile(fileOf(name), passphrase);
      try {
        return sodiumSigner(seed);
      } finally {
        seed.fill(0);
      }
    },
    seed: (name) => readKeyFile(fileOf(name), passphrase),
    import: store,
    async remove(name) {
      const file = fileOf(name);
      if (await eraseFile(file)) return;
      throw new ChanceryError('key.missing', `there is no key ${name} to remove`, { facts: { file } });
    },
    list,
  };
}

/** The keys that a folder holds, by name. */
export async function namesIn(directory: string): Promise<string[]> {
  return (await readdir(directory))
    .filter((file) => file.endsWith(ENDING))
    .map((file) => file.slice(0, -ENDING.length))
    .filter((name) => NAME.test(name))
    .toSorted();
}

function orAbsent(error: unknown): undefined {
  if (!hasCode(error, 'ENOENT')) throw error;
}
