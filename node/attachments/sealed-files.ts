/**
 * The sealed files beside the log, each named by the hash of its bytes, which an entry's header commits to. Guarantees:
 * what is in place is whole and synced; it is never written to again; a chunk that is not as it was sealed is not given out.
 */
import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  fsyncSync,
  closeSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { link, mkdir, open, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { chunkContext, chunkNonce, sealedChunk, type ArchivedMessage } from '../../protocol/archive/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { FileInfo } from '../../protocol/message/index.ts';
import { aesKey, aesOpen } from '../crypto/index.ts';

/** How a message's entry says where its file is and what opens it. */
export type FileKey = NonNullable<ArchivedMessage['file']>;

const PRIVATE_FOLDER = 0o700;

export class SealedFiles {
  readonly #directory: string;
  /** Who fetches which file now, by where it is put together. */
  readonly #fetching = new Map<string, Promise<void>>();

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * Opens the folder, made where there is none. What was on its way when the last process ended is gone, but for what is
   * fetched from another archive node: that is gone on with.
   */
  static async open(directory: string): Promise<SealedFiles> {
    const files = new SealedFiles(directory);
    await rm(files.incoming, { recursive: true, force: true });
    for (const folder of [files.incoming, files.fetching])
      await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER });
    return files;
  }

  /** Where files are that are not whole yet, or not of any entry. */
  get incoming(): string {
    return join(this.#directory, 'incoming');
  }

  /** Where what another archive node sends is put together. */
  get fetching(): string {
    return join(this.#directory, 'fetching');
  }

  /** Where the file of a hash is put together. */
  partPath(sealed: Uint8Array): string {
    return join(this.fetching, Buffer.from(sealed).toString('hex'));
  }

  /** Where the files are whose names begin with these two digits. */
  folder(beginning: string): string {
    return join(this.#directory, beginning);
  }

  /** Where the file of a hash has its place. */
  path(sealed: Uint8Array): string {
    const name = Buffer.from(sealed).toString('hex');
    return join(this.#directory, name.slice(0, 2), name);
  }

  has(sealed: Uint8Array): boolean {
    return existsSync(this.path(sealed));
  }

  /**
   * Puts a file that is whole and synced in its place; on disk when this returns. Waits for the disk, since nothing may
   * come between the checks of a message and its append. Throws what the file system throws.
   */
  place(from: string, sealed: Uint8Array): void {
    const to = this.path(sealed);
    const folder = dirname(to);
    if (mkdirSync(folder, { recursive: true, mode: PRIVATE_FOLDER }) !== undefined)
      syncFolder(this.#directory);
    renameSync(from, to);
    syncFolder(folder);
  }

  /**
   * Takes the file of a hash away, and what there is of it on its way here; gone from the disk when this returns. Throws
   * what the file system throws.
   */
  remove(sealed: Uint8Array): void {
    for (const path of [this.path(sealed), this.partPath(sealed)]) {
      if (!existsSync(path)) continue;
      rmSync(path);
      syncFolder(dirname(path));
    }
  }

  /** Links every file that is in its place into another folder, where it stays whatever becomes of it here. */
  async linkInto(directory: string): Promise<void> {
    for (const folder of (await readdir(this.#directory)).filter((name) => name.length === 2)) {
      await mkdir(join(directory, folder), { recursive: true, mode: PRIVATE_FOLDER });
      for (const name of await readdir(join(this.#directory, folder)))
        await link(join(this.#directory, folder, name), join(directory, folder, name)).catch(unlessThere);
    }
  }

  /** Does something about a file that is fetched while nobody else fetches it. Rejects as it does. */
  async inTurn<T>(sealed: Uint8Array, run: () => Promise<T>): Promise<T> {
    const name = this.partPath(sealed);
    const before = this.#fetching.get(name);
    const done = (before ?? Promise.resolve()).then(run);
    const over = done.then(
      () => undefined,
      () => undefined,
    );
    this.#fetching.set(name, over);
    try {
      return await done;
    } finally {
      if (this.#fetching.get(name) === over) this.#fetching.delete(name);
    }
  }

  /** A chunk as it was sent. Throws `archive.damaged`. */
  async chunk(file: FileInfo, { key, sealed }: FileKey, index: number): Promise<Uint8Array> {
    const { at, length } = sealedChunk(file, index);
    const stored = await this.read(sealed, at, length);
    const opened = stored && aesOpen(aesKey(key), chunkNonce(index), chunkContext(file, index), stored);
    if (opened !== undefined) return opened;
    throw new ChanceryError(
      'archive.damaged',
      `the file ${JSON.stringify(file.name)} of a message is missing or changed in the archive; run chancery archive verify`,
    );
  }

  /** Bytes of a sealed file as they lie there; undefined where they do not. */
  async read(sealed: Uint8Array, at: number, length: number): Promise<Uint8Array | undefined> {
    try {
      await using handle = await open(this.path(sealed), 'r');
      const { bytesRead, buffer } = await handle.read(new Uint8Array(length), 0, length, at);
      return bytesRead === length ? buffer : undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Bytes from a place on, at most so many, and whether more follow; undefined where the file is not there, or is shorter. */
  async part(
    sealed: Uint8Array,
    at: number,
    most: number,
  ): Promise<{ readonly bytes: Uint8Array; readonly more: boolean } | undefined> {
    try {
      await using handle = await open(this.path(sealed), 'r');
      const { size } = await handle.stat();
      if (at > size) return undefined;
      const length = Math.min(most, size - at);
      const { bytesRead, buffer } = await handle.read(new Uint8Array(length), 0, length, at);
      return bytesRead === length ? { bytes: buffer, more: at + length < size } : undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Whether the file of a hash is there as it was sealed: reads all of it. */
  async isWhole(sealed: Uint8Array): Promise<boolean> {
    if (!this.has(sealed)) return false;
    const hash = createHash('sha256');
    for await (const part of createReadStream(this.path(sealed))) hash.update(part as Uint8Array);
    return hash.digest().equals(sealed);
  }
}

function unlessThere(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
