/** Whether the keys that this node needs are there and usable, and belong to its certificates. */
import { equals } from 'uint8arrays/equals';
import { parseCertificate } from '../../protocol/certificate/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { Config } from '../config/index.ts';
import { KEY_NAMES, readCertificateFile, readKeyFile, type KeyName } from '../home/index.ts';
import { failed, ok, type Check } from './check.ts';
import type { DoctorInput } from './input.ts';

/** The root's key may be elsewhere, and had better be. */
const OPTIONAL: ReadonlySet<KeyName> = new Set<KeyName>(['root']);

export async function checkKeys(input: DoctorInput, { roles }: Config): Promise<readonly Check[]> {
  const needed: readonly KeyName[] = roles.includes('archive') ? KEY_NAMES : ['node'];
  const faults: Check[] = [];
  const present: KeyName[] = [];
  for (const name of needed) {
    const fault = await checkKey(input, name);
    if (fault === 'absent') continue;
    if (fault !== undefined) faults.push(fault);
    present.push(name);
  }
  return faults.length > 0 ? faults : [ok('keys', `${present.join(', ')} fit their certificates`)];
}

async function checkKey({ home, signer }: DoctorInput, name: KeyName): Promise<Check | 'absent' | undefined> {
  const file = home.keys[name];
  try {
    const { publicKey } = signer(await readKeyFile(file));
    const certificate = parseCertificate(await readCertificateFile(home.certificates[name]));
    if (!certificate.ok) throw ChanceryError.from(certificate.refusal);
    if (equals(certificate.value.publicKey, publicKey)) return undefined;
    const message = `${file} is not the key of ${home.certificates[name]}`;
    return failed('keys', message, 'restore both from the same copy');
  } catch (error) {
    if (!(error instanceof ChanceryError)) throw error;
    if (error.code === 'key.missing' && OPTIONAL.has(name)) return 'absent';
    const mend = error.code === 'key.permissions' ? `chmod 600 ${file}` : 'restore it from your copy';
    return failed('keys', error.message, mend);
  }
}
