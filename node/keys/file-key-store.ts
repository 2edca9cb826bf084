/**
 * Keys in the files of one folder, one file a key. Guarantees: a file is for its owner alone, never overwritten, and on
 * disk when the call returns; a seed that was read to sign is zeroed once the signer has it in its own memory.
 */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { sodiumSigner } from '../crypto/index.ts';
import { hasCode, syncDirectory } from '../home/index.ts';
import { readKeyFile, writeKeyFile } from './key-file.ts';
import type { KeyStore, StoredKey } from './key-store.ts';

const NAME = /^[a-z][a-z0-9-]{0,63}$/;
const ENDING = '.key';

export interface FileKeyStoreOptions {
  readonly directory: string;
  readonly randomBytes: (length: number) => Uint8Array;
}

export function fileKeyStore({ directory, randomBytes }: FileKeyStoreOptions): KeyStore {
  const fileOf = (name: string): string => {
    if (NAME.test(name)) return join(directory, `${name}${ENDING}`);
    throw new ChanceryError('request.invalid', `${name} is no name of a key; use a-z, 0-9 and -`);
  };

  async function withSeed<T>(name: string, use: (seed: Uint8Array) => T | Promise<T>): Promise<T> {
    const seed = await readKeyFile(fileOf(name));
    try {
      return await use(seed);
    } finally {
      seed.fill(0);
    }
  }

  async function describe(name: string): Promise<StoredKey> {
    const { mtimeMs } = await stat(fileOf(name));
    const publicKey = await withSeed(name, (seed) => sodiumSigner(seed).publicKey);
    return { name, isProtected: false, publicKey, since: Math.floor(mtimeMs) };
  }

  return {
    has: (name) =>
      stat(fileOf(name)).then(
        () => true,
        (error: unknown) => {
          if (hasCode(error, 'ENOENT')) return false;
          throw error;
        },
      ),
    async create(name) {
      const seed = randomBytes(32);
      try {
        await writeKeyFile(fileOf(name), seed);
        return sodiumSigner(seed).publicKey;
      } finally {
        seed.fill(0);
      }
    },
    signer: (name) => withSeed(name, sodiumSigner),
    seed: (name) => readKeyFile(fileOf(name)),
    import: (name, seed) => writeKeyFile(fileOf(name), seed),
    async remove(name) {
      const file = fileOf(name);
      await rm(file).catch((cause: unknown) => {
        if (!hasCode(cause, 'ENOENT')) throw cause;
        throw new ChanceryError('key.missing', `there is no key ${name} to remove`, { facts: { file } });
      });
      await syncDirectory(directory);
    },
    async list() {
      const names = (await readdir(directory))
        .filter((file) => file.endsWith(ENDING))
        .map((file) => file.slice(0, -ENDING.length))
        .filter((name) => NAME.test(name));
      return Promise.all(names.toSorted().map(describe));
    },
  };
}
