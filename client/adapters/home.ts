/**
 * A device's home directory: its key, its profile, its store. The key file is made for its owner alone and refused
 * when others could read it; the profile is replaced whole, never half.
 */
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { decodePkcs8, encodePkcs8 } from '../../protocol/certificate/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { formatProfile, parseProfile, type Profile } from '../profile.ts';

const OWNER_ONLY = 0o600;
const SEED_BYTES = 32;

export interface Home {
  readonly directory: string;
  /** Where the store belongs. */
  readonly storeLocation: string;
  /** The device's seed, 32 bytes. Throws `key.missing`, `key.permissions` or `key.malformed`. */
  readKey(): Promise<Uint8Array>;
  /** The same; makes a key where there is none. */
  ensureKey(): Promise<Uint8Array>;
  /** Undefined before enrolment. Throws `config.invalid`. */
  readProfile(): Promise<Profile | undefined>;
  saveProfile(profile: Profile): Promise<void>;
}

/** Where a device lives unless told otherwise. */
export function defaultHome(environment: Readonly<Record<string, string | undefined>>): string {
  return environment['CHANCERY_CHAT_HOME'] ?? join(homedir(), '.chancery-chat');
}

export function homeAt(directory: string): Home {
  const keyFile = join(directory, 'device.key');
  const profileFile = join(directory, 'profile.json');

  async function readKey(): Promise<Uint8Array> {
    const pem = await readIfThere(keyFile);
    if (pem === undefined) {
      throw new ChanceryError('key.missing', `no device key in ${directory}; enrol first`);
    }
    const { mode } = await stat(keyFile);
    if ((mode & 0o077) !== 0) {
      throw new ChanceryError(
        'key.permissions',
        `${keyFile} can be read by others; run chmod 600 ${keyFile}`,
      );
    }
    const seed = decodePkcs8(pem);
    if (!seed.ok) throw ChanceryError.from(seed.refusal);
    return seed.value;
  }

  return {
    directory,
    storeLocation: join(directory, 'store'),
    readKey,
    async ensureKey() {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      if ((await readIfThere(keyFile)) === undefined) {
        await write(keyFile, encodePkcs8(new Uint8Array(randomBytes(SEED_BYTES))));
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
      await write(draft, formatProfile(profile));
      await rename(draft, profileFile);
    },
  };
}

/** Writes a file for its owner alone, on disk when this resolves. */
async function write(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', OWNER_ONLY);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await chmod(path, OWNER_ONLY);
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
