/** Policies to begin with, as they are shipped: files beside the sources, in the package as well. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { toString } from 'uint8arrays/to-string';
import { ChanceryError } from '../../protocol/errors/index.ts';

/** Each with whom it is for. */
export const PROFILES = {
  default: 'any company of some hundred people',
  finance: 'banks, brokers and investment firms: SEC 17a-4, FINRA, MiFID II, MAR',
  health: 'hospitals, practices and insurers: HIPAA, GDPR Article 9',
  public: 'authorities and public bodies: GDPR',
} as const;

export type ProfileName = keyof typeof PROFILES;

/** Folders in which they can lie, from the sources and from the compiled program. */
const FOLDERS = ['./profiles/', '../../../node/policy/profiles/'];

/** What the first line of a profile refers to, and what it says where the schema is written beside it. */
const SHIPPED_SCHEMA = '$schema=../policy.schema.json';
const OWN_SCHEMA = '$schema=./policy.schema.json';

/** The seed that a profile comes with, in force or as a comment. */
const SHIPPED_SEED = /^(?:# )?seed: change-this-seed$/m;

/** Bytes of a seed that nobody guesses. */
const SEED_BYTES = 16;

/** The same with a seed of its own, at random. Throws as {@link readProfile}. */
export async function ownProfile(name: string, randomBytes: (length: number) => Uint8Array): Promise<string> {
  const text = await readProfile(name);
  return text.replace(SHIPPED_SEED, `seed: ${toString(randomBytes(SEED_BYTES), 'hex')}`);
}

/** The text of a profile, for a file that has its schema beside it. Throws `request.invalid` for a name that there is not. */
export async function readProfile(name: string): Promise<string> {
  if (!Object.hasOwn(PROFILES, name))
    throw new ChanceryError(
      'request.invalid',
      `there is no profile ${name}; take one of ${Object.keys(PROFILES).join(', ')}`,
    );
  for (const folder of FOLDERS) {
    const url = new URL(`${folder}${name}.yaml`, import.meta.url);
    if (existsSync(url)) return (await readFile(url, 'utf8')).replace(SHIPPED_SCHEMA, OWN_SCHEMA);
  }
  throw new ChanceryError('internal', `the profile ${name} is not where the program was installed`);
}
