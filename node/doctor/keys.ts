/** Whether the keys that this node needs are there and usable, and belong to its certificates. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { equals } from 'uint8arrays/equals';
import { ChanceryError, type Code } from '../../protocol/errors/index.ts';
import type { Config } from '../config/index.ts';
import { KEY_NAMES, type HomeLayout, type KeyName } from '../home/index.ts';
import { findPassphrase, inspectKeyFile, keyNamesOf, readKeyFile, type Passphrase } from '../keys/index.ts';
import { failed, ok, warning, type Check } from './check.ts';
import type { DoctorInput } from './input.ts';
import { readOwnCertificates, type OwnCertificates } from './own-certificates.ts';

/** The root's key may be elsewhere, and had better be. */
const OPTIONAL: ReadonlySet<KeyName> = new Set<KeyName>(['root']);

const GIVE_PASSPHRASE = 'name the file with the right passphrase in CHANCERY_PASSPHRASE_FILE';

export async function checkKeys(input: DoctorInput, { roles, keys }: Config): Promise<readonly Check[]> {
  const needed: readonly KeyName[] = roles.includes('archive') ? KEY_NAMES : ['node'];
  const certificates = await readOwnCertificates(input.home);
  const passphrase = findPassphrase(input.env, null);
  const faults: Check[] = [];
  const present: KeyName[] = [];
  const bare: KeyName[] = [];
  for (const name of needed) {
    const found = await checkKey(input, name, certificates, passphrase);
    if (found === 'absent') continue;
    if (typeof found === 'object') faults.push(found);
    if (found === 'unprotected') bare.push(name);
    present.push(name);
  }
  if (faults.length > 0) return faults;
  const fit = `${present.join(', ')} fit their certificates`;
  if (bare.length === 0) return [ok('keys', `${fit}, and are protected`)];
  const message = `${fit}; not under a passphrase: ${bare.join(', ')}`;
  return [keys.protected ? warning('keys', message, 'chancery key protect') : ok('keys', message)];
}

/** A key that was rotated has a name of its own. */
async function keyFile(home: HomeLayout, name: KeyName, publicKey: Uint8Array): Promise<string> {
  const [rotated] = keyNamesOf(name, publicKey);
  const file = join(home.keysDirectory, `${rotated}.key`);
  return stat(file).then(
    () => file,
    () => home.keys[name],
  );
}

async function checkKey(
  { home, signer }: DoctorInput,
  name: KeyName,
  certificates: OwnCertificates,
  passphrase: Passphrase,
): Promise<Check | 'absent' | 'unprotected' | 'protected'> {
  const file = await keyFile(home, name, certificates[name].publicKey);
  const publicKeyIn = async (): Promise<Uint8Array> => {
    const seed = await readKeyFile(file, passphrase);
    const { publicKey } = signer(seed);
    seed.fill(0);
    return publicKey;
  };
  try {
    const { isProtected, publicKey: stated } = await inspectKeyFile(file);
    // nobody is asked here: without a passphrase at hand, what the file says of itself has to do
    const publicKey = isProtected && !passphrase.isNamed ? stated : await publicKeyIn();
    if (publicKey === null) {
      return warning('keys', `${file} cannot be checked without its passphrase`, GIVE_PASSPHRASE);
    }
    if (equals(certificates[name].publicKey, publicKey)) return isProtected ? 'protected' : 'unprotected';
    return failed(
      'keys',
      `${file} is not the key of the ${name} certificate`,
      'restore both from the same copy',
    );
  } catch (error) {
    if (!(error instanceof ChanceryError)) throw error;
    if (error.code === 'key.missing' && OPTIONAL.has(name)) return 'absent';
    return failed('keys', error.message, mendOf(error.code, file));
  }
}

function mendOf(code: Code, file: string): string {
  switch (code) {
    case 'key.permissions':
      return `chmod 600 ${file}`;
    case 'key.wrong-passphrase':
    case 'key.passphrase-missing':
      return GIVE_PASSPHRASE;
    default:
      return 'restore it from your copy';
  }
}
