/** Whether the keys that this node needs are there and usable, and belong to its certificates. */
import { equals } from 'uint8arrays/equals';
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { Config } from '../config/index.ts';
import { KEY_NAMES, type KeyName } from '../home/index.ts';
import { readKeyFile } from '../keys/index.ts';
import { failed, ok, type Check } from './check.ts';
import type { DoctorInput } from './input.ts';
import { readOwnCertificates, type OwnCertificates } from './own-certificates.ts';

/** The root's key may be elsewhere, and had better be. */
const OPTIONAL: ReadonlySet<KeyName> = new Set<KeyName>(['root']);

export async function checkKeys(input: DoctorInput, { roles }: Config): Promise<readonly Check[]> {
  const needed: readonly KeyName[] = roles.includes('archive') ? KEY_NAMES : ['node'];
  const certificates = await readOwnCertificates(input.home);
  const faults: Check[] = [];
  const present: KeyName[] = [];
  for (const name of needed) {
    const fault = await checkKey(input, name, certificates);
    if (fault === 'absent') continue;
    if (fault !== undefined) faults.push(fault);
    present.push(name);
  }
  return faults.length > 0 ? faults : [ok('keys', `${present.join(', ')} fit their certificates`)];
}

async function checkKey(
  { home, signer }: DoctorInput,
  name: KeyName,
  certificates: OwnCertificates,
): Promise<Check | 'absent' | undefined> {
  const file = home.keys[name];
  try {
    const { publicKey } = signer(await readKeyFile(file));
    if (equals(certificates[name].publicKey, publicKey)) return undefined;
    return failed(
      'keys',
      `${file} is not the key of the ${name} certificate`,
      'restore both from the same copy',
    );
  } catch (error) {
    if (!(error instanceof ChanceryError)) throw error;
    if (error.code === 'key.missing' && OPTIONAL.has(name)) return 'absent';
    const mend = error.code === 'key.permissions' ? `chmod 600 ${file}` : 'restore it from your copy';
    return failed('keys', error.message, mend);
  }
}
