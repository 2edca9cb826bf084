/**
 * Where the passphrase of a device's key comes from: a file of mode 0600 that `CHANCERY_PASSPHRASE_FILE` names, or
 * whoever sits at the terminal; never an argument, nor the environment itself. It is asked for once.
 */
import { open } from 'node:fs/promises';
import { ChanceryError } from '../../protocol/errors/index.ts';

/** Characters of a passphrase that is newly set: NIST SP 800-63B asks for 15 where nothing else protects. */
const LEAST_CHARACTERS = 15;

const MAX_BYTES = 1_024;

export interface Passphrase {
  /** Whether it was named beforehand: then a key that is made is protected by it. */
  readonly isNamed: boolean;
  /** UTF-8. Throws `key.passphrase-missing`, `key.permissions` or `config.invalid`. */
  ask(): Promise<Uint8Array>;
}

/** Asks a person, without showing what is typed; null where nobody is there. */
export type AskSecret = ((question: string) => Promise<string>) | null;

export function findPassphrase(
  env: Readonly<Record<string, string | undefined>>,
  ask: AskSecret,
): Passphrase {
  const file = env['CHANCERY_PASSPHRASE_FILE'];
  if (file) return passphraseInFile(file);
  return once(false, async () => {
    if (ask !== null) return new TextEncoder().encode(await ask('Passphrase of the key: '));
    throw new ChanceryError(
      'key.passphrase-missing',
      'the key is protected; name the file with its passphrase in CHANCERY_PASSPHRASE_FILE, or run this at a terminal',
    );
  });
}

export function passphraseInFile(file: string): Passphrase {
  return once(true, () => readLine(file));
}

/** One that is to be set: in a file, or typed twice. Throws `request.invalid` where it is too short. */
export function newPassphrase(file: string | undefined, ask: AskSecret): Passphrase {
  return once(true, async () => {
    const chosen = file ? await readLine(file) : await askTwice(ask);
    if (new TextDecoder().decode(chosen).length >= LEAST_CHARACTERS) return chosen;
    throw new ChanceryError(
      'request.invalid',
      `a passphrase has at least ${LEAST_CHARACTERS} characters; choose a longer one`,
    );
  });
}

function once(isNamed: boolean, read: () => Promise<Uint8Array>): Passphrase {
  let known: Promise<Uint8Array> | undefined;
  return { isNamed, ask: () => (known ??= read()) };
}

async function askTwice(ask: AskSecret): Promise<Uint8Array> {
  if (ask === null) {
    throw new ChanceryError(
      'key.passphrase-missing',
      'nobody can be asked here for the new passphrase; name a file of mode 0600 that holds it',
    );
  }
  const first = await ask('New passphrase of the key: ');
  if (first === (await ask('The same once more: '))) return new TextEncoder().encode(first);
  throw new ChanceryError('request.invalid', 'the two passphrases differ; run this again');
}

async function readLine(file: string): Promise<Uint8Array> {
  const handle = await open(file, 'r').catch((cause: unknown) => {
    throw new ChanceryError('key.passphrase-missing', `the passphrase at ${file} cannot be read`, { cause });
  });
  try {
    const { mode, size } = await handle.stat();
    if ((mode & 0o077) !== 0) {
      throw new ChanceryError('key.permissions', `${file} can be read by others; run chmod 600 ${file}`);
    }
    const [, line] = /^([^\n]+?)\r?\n?$/.exec(size <= MAX_BYTES ? await handle.readFile('utf8') : '') ?? [];
    if (line !== undefined) return new TextEncoder().encode(line);
    throw new ChanceryError('config.invalid', `${file} holds no passphrase: write one line into it`);
  } finally {
    await handle.close();
  }
}
