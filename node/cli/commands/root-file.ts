/** A root's key in a file of its own, away from any node: made, read and used by the command line alone. */
import { readFile, stat } from 'node:fs/promises';
import { decodePem, encodePem } from '../../../protocol/certificate/index.ts';
import { valueOf } from '../../../protocol/errors/index.ts';
import { sodiumSigner } from '../../crypto/index.ts';
import { hasCode } from '../../home/index.ts';
import {
  findPassphrase,
  formatKey,
  newPassphrase,
  passphraseInFile,
  readKeyFile,
  writeKeyFile,
  type Passphrase,
} from '../../keys/index.ts';
import { makeNextRoot } from '../../signing/index.ts';
import { askerOf } from '../asker.ts';
import type { Dependencies } from '../dependencies.ts';

/** The passphrase for a new key: null for none. */
export function passphraseFor(file: string | undefined, { env }: Dependencies): Passphrase | null {
  return file === undefined ? null : newPassphrase(passphraseInFile(file, env), null);
}

/** The passphrase of keys that are there, asked for where one is needed. */
export function passphraseOf(file: string | undefined, { env, io }: Dependencies): Passphrase {
  return file === undefined ? findPassphrase(env, askerOf(io)) : passphraseInFile(file, env);
}

/**
 * Makes a root's key in `file`, or takes the one that is there, and its certificate (DER).
 * Throws `key.permissions`, `key.malformed`, `key.wrong-passphrase`.
 */
export async function makeOfflineRoot({
  file,
  domain,
  passphrase,
  dependencies,
}: {
  readonly file: string;
  readonly domain: string;
  readonly passphrase: Passphrase | null;
  readonly dependencies: Dependencies;
}): Promise<{ readonly certificate: Uint8Array; readonly publicKey: Uint8Array }> {
  const { randomBytes, clock, env, io } = dependencies;
  const exists = await stat(file).then(
    () => true,
    (error: unknown) => {
      if (hasCode(error, 'ENOENT')) return false;
      throw error;
    },
  );
  const seed = exists
    ? await readKeyFile(file, passphrase ?? findPassphrase(env, askerOf(io)))
    : randomBytes(32);
  try {
    if (!exists) {
      const secret = passphrase === null ? null : await passphrase.ask();
      await writeKeyFile(file, await formatKey(seed, secret, randomBytes));
    }
    const signer = sodiumSigner(seed);
    const certificate = await makeNextRoot({ domain, clock, randomBytes }, signer);
    return { certificate, publicKey: signer.publicKey };
  } finally {
    seed.fill(0);
  }
}

/** A certificate (DER) from a PEM file. Throws `encoding.malformed`. */
export async function certificateInFile(file: string): Promise<Uint8Array> {
  return valueOf(decodePem('CERTIFICATE', await readFile(file, 'utf8')));
}

export function certificateText(der: Uint8Array): string {
  return encodePem('CERTIFICATE', der);
}
