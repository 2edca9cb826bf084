/**
 * Where the passphrase of a home's keys comes from: a file that is named beforehand, or whoever sits at the terminal.
 * Never an argument and never the environment itself, which others can read. It is asked for once, when a key first
 * needs it, and is kept in secure memory.
 */
import { readFile } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { moveToSecureMemory } from '../crypto/index.ts';
import { hasCode, readPrivateFile } from '../home/index.ts';

/** Characters of a passphrase that is newly set: NIST SP 800-63B asks for 15 where nothing else protects. */
const LEAST_CHARACTERS = 15;

const MAX_BYTES = 1_024;

export interface Passphrase {
  /** Whether it was named beforehand: then keys that are made are protected by it. */
  readonly isNamed: boolean;
  /** UTF-8, in secure memory: not to be changed. Throws `key.passphrase-missing`, `key.permissions` or `config.invalid`. */
  ask(): Promise<Uint8Array>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Asks a person, without showing what is typed; null where nobody is there. */
export type AskSecret = ((question: string) => Promise<string>) | null;

/** From the file that `CHANCERY_PASSPHRASE_FILE` names, else from the terminal. */
export function findPassphrase(env: Environment, ask: AskSecret): Passphrase {
  const file = env['CHANCERY_PASSPHRASE_FILE'];
  if (file) return passphraseInFile(file, env);
  return once(false, async () => {
    if (ask !== null) return fromText(await ask('Passphrase of the keys: '));
    throw new ChanceryError(
      'key.passphrase-missing',
      'the key is protected; name the file with its passphrase in CHANCERY_PASSPHRASE_FILE, or run this at a terminal',
    );
  });
}

/** From the one line of a file of mode 0600, or of a credential that systemd hands to this service. */
export function passphraseInFile(file: string, env: Environment): Passphrase {
  return once(true, async () => fromFile(file, await readSecret(file, env)));
}

/** One that is to be set: named by a file, else typed twice. Throws `request.invalid` where it is too short. */
export function newPassphrase(named: Passphrase | null, ask: AskSecret): Passphrase {
  return once(true, async () => {
    const chosen = named === null ? await askTwice(ask) : await named.ask();
    if (new TextDecoder().decode(chosen).length >= LEAST_CHARACTERS) return chosen;
    throw new ChanceryError(
      'request.invalid',
      `a passphrase has at least ${LEAST_CHARACTERS} characters; choose a longer one`,
    );
  });
}

async function askTwice(ask: AskSecret): Promise<Uint8Array> {
  if (ask === null) {
    throw new ChanceryError(
      'key.passphrase-missing',
      'nobody can be asked here for the new passphrase; name a file of mode 0600 that holds it',
    );
  }
  const first = await ask('New passphrase of the keys: ');
  if (first === (await ask('The same once more: '))) return fromText(first);
  throw new ChanceryError('request.invalid', 'the two passphrases differ; run this again');
}

function once(isNamed: boolean, read: () => Promise<Uint8Array>): Passphrase {
  let known: Promise<Uint8Array> | undefined;
  return { isNamed, ask: () => (known ??= read()) };
}

async function readSecret(file: string, env: Environment): Promise<Uint8Array> {
  const credentials = env['CREDENTIALS_DIRECTORY'];
  // systemd gives access by a list beside the mode, which the mode's group bits then show
  const content =
    credentials && resolve(file).startsWith(resolve(credentials) + sep)
      ? await readFile(file).catch(absent)
      : await readPrivateFile(file);
  if (content !== undefined) return content;
  throw new ChanceryError('key.passphrase-missing', `there is no passphrase at ${file}; put its file there`, {
    facts: { file },
  });
}

function absent(error: unknown): undefined {
  if (!hasCode(error, 'ENOENT')) throw error;
}

/** One line, its end aside. */
function fromFile(file: string, content: Uint8Array): Uint8Array {
  const end = /\r?\n?$/.exec(String.fromCharCode(...content.subarray(-2)))?.[0].length ?? 0;
  const line = content.subarray(0, content.length - end);
  if (line.length > 0 && line.length <= MAX_BYTES && !line.includes(0x0a)) return moveToSecureMemory(line);
  content.fill(0);
  throw new ChanceryError(
    'config.invalid',
    `${file} holds no passphrase: write one line of at most ${MAX_BYTES} bytes into it`,
    { facts: { file } },
  );
}

function fromText(text: string): Uint8Array {
  return moveToSecureMemory(new TextEncoder().encode(text));
}
