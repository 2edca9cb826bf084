/** A folder of key files for a test: those of the seeds given. */
import { makePrivateDirectory } from '../../node/home/index.ts';
import { fileKeyStore, findPassphrase, type KeyStore } from '../../node/keys/index.ts';
import { platform } from '../../node/composition/platform.ts';

export async function keysIn(
  directory: string,
  seeds: Readonly<Record<string, Uint8Array>>,
): Promise<KeyStore> {
  await makePrivateDirectory(directory);
  const keys = fileKeyStore({
    directory,
    passphrase: findPassphrase({}, null),
    randomBytes: platform.randomBytes,
  });
  for (const [name, seed] of Object.entries(seeds)) await keys.import(name, seed);
  return keys;
}
