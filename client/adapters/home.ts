/**
 * A device's home directory: its key, its profile, its store. The key file is made for its owner alone and refused
 * when others could read it; the profile is replaced whole, never half.
 */
import { mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { makeDeviceKey, readDeviceKey } from './device-key.ts';
import { writeOwn } from './own-file.ts';
import { findPassphrase, type Passphrase } from './passphrase.ts';
import { formatProfile, parseProfile, type Profile } from '../profile.ts';

export interface Home {
  readonly directory: string;
  /** Where the store belongs. */
  readonly storeLocation: string;
  /** The device's seed, 32 bytes. Throws `key.*`. */
  readKey(): Promise<Uint8Array>;
  /** The same; makes a key where there is none. */
  ensureKey(): Promise<Uint8Array>;
  /** Undefined before enrolment. Throws `config.invalid`. */
  readProfile(): Promise<Profile | undefined>;
  saveProfile(profile: Profile): Promise<void>;
}

/** @param passphrase of a protected key; where it was named beforehand, a key that is made is protected by it */
export function homeAt(directory: string, passphrase: Passphrase = findPassphrase({}, null)): Home {
  const keyFile = join(directory, 'device.key');
  const profileFile = join(directory, 'profile.json');

  const readKey = (): Promise<Uint8Array> => readDeviceKey(directory, passphrase);

  return {
    directory,
    storeLocation: join(directory, 'store'),
    readKey,
    async ensureKey() {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      if ((await readIfThere(keyFile)) === undefined) {
        await makeDeviceKey(directory, passphrase);
      }
      return readKey();
    },
    async readProfile() {
      const text = await readIfThere(profileFile);
      if (text === undefined) return undefined;
      const profile = parseProfile(text);
      if (!profile.ok) throw ChanceryError.from(profile.refusal);
      return profile.value;
    },
    async saveProfile(profile) {
      const draft = `${profileFile}.new`;
      await writeOwn(draft, formatProfile(profile));
      await rename(draft, profileFile);
    },
  };
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
