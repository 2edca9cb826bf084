/**
 * The files of one backup. Guarantees: a file is there whole or not at all, and for its owner alone; once `sync` has
 * resolved, what was written before outlives a power failure.
 */
import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { equals } from 'uint8arrays/equals';
import { hasCode, makePrivateDirectory, syncDirectory } from '../home/index.ts';

/** What the name of a file that is not whole ends in. */
const DRAFT = '.new';

/** No file of a backup is larger, in bytes: what is stored for 256 of the largest messages. */
const FILE_BYTES_MAX = 256 * 1024 * 1024;

export class BackupFolder {
  readonly directory: string;
  readonly #changed = new Set<string>();

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Makes the folder where there is none. */
  async make(): Promise<void> {
    await this.#reporting(() => makePrivateDirectory(this.directory));
  }

  /** The names at the top; undefined where there is no such folder. */
  async names(): Promise<readonly string[] | undefined> {
    return readdir(this.directory).catch(orAbsent);
  }

  async namesIn(path: string): Promise<readonly string[]> {
    return (await readdir(join(this.directory, path)).catch(orAbsent)) ?? [];
  }

  /** Undefined where there is no such file. */
  async read(path: string): Promise<Uint8Array | undefined> {
    const handle = await open(join(this.directory, path), constants.O_RDONLY).catch(orAbsent);
    if (handle === undefined) return undefined;
    try {
      const { size } = await handle.stat();
      // a file that is too large is not what was written, and is found out by its first bytes just as well
      const bytes = new Uint8Array(Math.min(size, FILE_BYTES_MAX));
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
      return bytes.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  }

  async has(path: string): Promise<boolean> {
    return (await stat(join(this.directory, path)).catch(orAbsent)) !== undefined;
  }

  /** Puts a file there, in the place of what was. Throws `backup.failed`. */
  async write(path: string, content: Uint8Array | string): Promise<void> {
    const file = join(this.directory, path);
    await this.#reporting(async () => {
      await this.#makeParents(dirname(file));
      const handle = await open(`${file}${DRAFT}`, 'w', 0o600);
      try {
        await handle.writeFile(content);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(`${file}${DRAFT}`, file);
      this.#changed.add(dirname(file));
    });
  }

  /** Where one of its files lies. */
  pathOf(path: string): string {
    return join(this.directory, path);
  }

  /**
   * Copies a file that has this SHA-256, and returns its bytes; or says what is wrong with it, and copies nothing. Throws
   * `backup.failed`.
   */
  async copy(from: string, path: string, digest: Uint8Array): Promise<number | 'missing' | 'changed'> {
    const file = join(this.directory, path);
    const source = await open(from, constants.O_RDONLY).catch(orAbsent);
    if (source === undefined) return 'missing';
    try {
      return await this.#reporting(async () => {
        await this.#makeParents(dirname(file));
        const handle = await open(`${file}${DRAFT}`, 'w', 0o600);
        const copied = await copyAll(source, handle).finally(() => handle.close());
        if (!equals(copied.digest, digest)) {
          await rm(`${file}${DRAFT}`);
          return 'changed';
        }
        await rename(`${file}${DRAFT}`, file);
        this.#changed.add(dirname(file));
        return copied.bytes;
      });
    } finally {
      await source.close();
    }
  }

  /** SHA-256 of a file of any length; undefined where there is none. */
  async digest(path: string): Promise<Uint8Array | undefined> {
    if (!(await this.has(path))) return undefined;
    const hash = createHash('sha256');
    for await (const bytes of createReadStream(join(this.directory, path))) hash.update(bytes as Uint8Array);
    return new Uint8Array(hash.digest());
  }

  /** Removes a file or folder, if it is there. */
  async remove(path: string): Promise<void> {
    await this.#reporting(() => rm(join(this.directory, path), { recursive: true, force: true }));
  }

  /** Makes durable that the files are there under their names. */
  async sync(): Promise<void> {
    await this.#reporting(async () => {
      for (const directory of this.#changed) await syncDirectory(directory);
      this.#changed.clear();
    });
  }

  async #makeParents(directory: string): Promise<void> {
    const first = await mkdir(directory, { recursive: true, mode: 0o700 });
    if (first === undefined) return;
    for (let made = directory; made.length >= first.length; made = dirname(made))
      this.#changed.add(dirname(made));
  }

  async #reporting<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new ChanceryError(
        'backup.failed',
        `the backup at ${this.directory} could not be written: ${why}; what it held before still stands`,
        { facts: { directory: this.directory }, cause },
      );
    }
  }
}

/** Bytes that are copied at a time. */
const COPY_BYTES = 1024 * 1024;

/** Synced when it resolves. */
async function copyAll(
  from: FileHandle,
  to: FileHandle,
): Promise<{ readonly bytes: number; readonly digest: Uint8Array }> {
  const hash = createHash('sha256');
  const buffer = new Uint8Array(COPY_BYTES);
  let bytes = 0;
  for (;;) {
    const { bytesRead } = await from.read(buffer, 0, COPY_BYTES, bytes);
    if (bytesRead === 0) break;
    const part = buffer.subarray(0, bytesRead);
    hash.update(part);
    await to.writeFile(part);
    bytes += bytesRead;
  }
  await to.sync();
  return { bytes, digest: new Uint8Array(hash.digest()) };
}

function orAbsent(error: unknown): undefined {
  if (!hasCode(error, 'ENOENT') && !hasCode(error, 'ENOTDIR')) throw error;
}
