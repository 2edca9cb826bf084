/**
 * Files and folders for their owner alone. A private file is created once and never overwritten, is on disk when the
 * call returns, and is refused on reading while anybody else could read it.
 */
import { constants, type Stats } from 'node:fs';
import { chmod, mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ChanceryError } from '../../protocol/errors/index.ts';

const OWNER_ONLY_FILE = 0o600;
const OWNER_ONLY_DIRECTORY = 0o700;

/** The permission bits of group and others. */
const OTHERS = 0o077;

/** No file read here is larger, in bytes: a key is 119, a certificate below 2 kB, a gateway's bundle below 160 kB. */
const MAX_BYTES = 262_144;

/** Makes the folder, and those above it, with mode 0700; an existing one is left as it is. */
export async function makePrivateDirectory(directory: string): Promise<void> {
  const first = await mkdir(directory, { recursive: true, mode: OWNER_ONLY_DIRECTORY });
  if (first !== undefined) await chmod(directory, OWNER_ONLY_DIRECTORY); // whatever the umask is
}

/** Creates the file with mode 0600, synced along with its folder. Throws `home.exists` if there is one already. */
export async function createPrivateFile(file: string, content: string | Uint8Array): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
  const handle = await open(file, flags, OWNER_ONLY_FILE).catch((cause: unknown) => {
    if (hasCode(cause, 'EEXIST')) {
      throw new ChanceryError('home.exists', `${file} exists already; move it away or choose another home`, {
        facts: { file },
        cause,
      });
    }
    throw cause;
  });
  try {
    await handle.chmod(OWNER_ONLY_FILE); // whatever the umask is
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await syncDirectory(dirname(file));
}

/**
 * The content of a file that only its owner can read; `undefined` if there is none.
 * Throws `key.permissions` when it is open to others. What was checked is what is read: one handle for both.
 */
export async function readPrivateFile(file: string): Promise<Uint8Array | undefined> {
  const handle = await open(file, constants.O_RDONLY).catch((cause: unknown) => {
    if (hasCode(cause, 'ENOENT')) return undefined;
    throw cause;
  });
  if (handle === undefined) return undefined;
  try {
    const stats = await handle.stat();
    if (!stats.isFile() || stats.size > MAX_BYTES) {
      throw new ChanceryError('key.malformed', `${file} is not a file of ours; put the right one there`, {
        facts: { file },
      });
    }
    if (openToOthers(stats)) {
      throw new ChanceryError('key.permissions', `${file} is open to other users; run chmod 600 ${file}`, {
        facts: { file, mode: modeOf(stats) },
      });
    }
    const content = await handle.readFile();
    return new Uint8Array(content.buffer, content.byteOffset, content.length); // no copy, so that it can be zeroed
  } finally {
    await handle.close();
  }
}

/** The mode of a file or folder in octal if group or others have any right on it; `undefined` if not, or if it is absent. */
export async function modeIfOpenToOthers(path: string): Promise<string | undefined> {
  const stats = await stat(path).catch(() => undefined);
  return stats !== undefined && openToOthers(stats) ? modeOf(stats) : undefined;
}

/** Whether an error of the system carries this code, such as `ENOENT`. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function openToOthers({ mode }: Stats): boolean {
  return (mode & OTHERS) !== 0;
}

function modeOf({ mode }: Stats): string {
  return (mode & 0o777).toString(8);
}

/** What was made, renamed or removed in the folder is on disk when this resolves. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
