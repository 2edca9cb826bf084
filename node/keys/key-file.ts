/**
 * Private keys in files: PKCS#8 in PEM, under a passphrase or not, readable by their owner alone, never shown.
 */
import { webcrypto } from 'node:crypto';
import {
  decodePkcs8,
  encodePkcs8,
  inspectPkcs8,
  openPkcs8,
  protectPkcs8,
  type WrittenKey,
} from '../../protocol/certificate/index.ts';
import { ChanceryError, type Refusal } from '../../protocol/errors/index.ts';
import { createPrivateFile, readPrivateFile } from '../home/index.ts';
import type { Passphrase } from './passphrase.ts';

/** The text of a 32-byte Ed25519 seed, under a passphrase (UTF-8) or without. */
export async function formatKey(
  seed: Uint8Array,
  passphrase: Uint8Array | null,
  randomBytes: (length: number) => Uint8Array,
): Promise<string> {
  return passphrase === null
    ? encodePkcs8(seed)
    : protectPkcs8(seed, passphrase, webcrypto.subtle, randomBytes);
}

/** Stores a key's text. Throws `home.exists` if the file is there already. */
export async function writeKeyFile(file: string, text: string): Promise<void> {
  await createPrivateFile(file, text);
}

/**
 * The 32-byte Ed25519 seed; the passphrase is asked for if it takes one. Throws `key.missing`, `key.permissions`,
 * `key.malformed`, `key.wrong-passphrase` and what asking throws; none shows the content.
 */
export async function readKeyFile(file: string, passphrase: Passphrase): Promise<Uint8Array> {
  const text = await readText(file);
  if (!inspected(file, text).isProtected) return unprotected(file, text);
  const seed = await openPkcs8(text, await passphrase.ask(), webcrypto.subtle);
  if (seed.ok) return seed.value;
  throw unusable(file, seed.refusal);
}

/** What a key file says without its passphrase. Throws as {@link readKeyFile}. */
export async function inspectKeyFile(file: string): Promise<WrittenKey> {
  return inspected(file, await readText(file));
}

async function readText(file: string): Promise<string> {
  const content = await readPrivateFile(file);
  if (content !== undefined) {
    const text = new TextDecoder().decode(content);
    content.fill(0);
    return text;
  }
  throw new ChanceryError('key.missing', `there is no key at ${file}; restore it from your copy`, {
    facts: { file },
  });
}

function inspected(file: string, text: string): WrittenKey {
  const written = inspectPkcs8(text);
  if (written.ok) return written.value;
  throw unusable(file, written.refusal);
}

function unprotected(file: string, text: string): Uint8Array {
  const seed = decodePkcs8(text);
  if (seed.ok) return seed.value;
  throw unusable(file, seed.refusal);
}

function unusable(file: string, { code }: Refusal): ChanceryError {
  const message =
    code === 'key.wrong-passphrase'
      ? `the passphrase does not open ${file}; give the one it was protected with`
      : `${file} is not an Ed25519 key (PKCS#8 in PEM, unprotected or with PBES2, PBKDF2 and AES-CBC); restore it from your copy`;
  return new ChanceryError(code, message, { facts: { file } });
}
