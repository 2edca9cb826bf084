/**
 * Private keys in files: PKCS#8 in PEM, readable by their owner alone, never overwritten, never shown.
 */
import { decodePkcs8, encodePkcs8 } from '../../protocol/certificate/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { createPrivateFile, readPrivateFile } from '../home/index.ts';

/** Stores a 32-byte Ed25519 seed. Throws `home.exists` if the file is there already. */
export async function writeKeyFile(file: string, seed: Uint8Array): Promise<void> {
  await createPrivateFile(file, encodePkcs8(seed));
}

/** The 32-byte Ed25519 seed. Throws `key.missing`, `key.permissions` or `key.malformed`; none shows the content. */
export async function readKeyFile(file: string): Promise<Uint8Array> {
  const content = await readPrivateFile(file);
  if (content === undefined) {
    throw new ChanceryError('key.missing', `there is no key at ${file}; restore it from your copy`, {
      facts: { file },
    });
  }
  const seed = decodePkcs8(new TextDecoder().decode(content));
  if (seed.ok) return seed.value;
  throw new ChanceryError(
    'key.malformed',
    `${file} is not an Ed25519 key (PKCS#8, PEM); restore it from your copy`,
    { facts: { file } },
  );
}
