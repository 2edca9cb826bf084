/**
 * A sealed file that another archive node sends, part by part. Guarantees: what arrived is kept where it broke off, also by
 * a restart; it comes to its place only once it has the hash that it was asked for by, and is synced.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm, type FileHandle } from 'node:fs/promises';
import type { SealedFiles } from './sealed-files.ts';

const OWNER_ONLY = 0o600;

export class PartFile implements AsyncDisposable {
  readonly #files: SealedFiles;
  readonly #sealed: Uint8Array;
  readonly #handle: FileHandle;
  readonly #hash = createHash('sha256');
  #length = 0;
  #isOpen = true;

  private constructor(files: SealedFiles, sealed: Uint8Array, handle: FileHandle) {
    this.#files = files;
    this.#sealed = sealed;
    this.#handle = handle;
  }

  /** Goes on with what there is of a file. Throws what the file system throws. */
  static async open(files: SealedFiles, sealed: Uint8Array): Promise<PartFile> {
    const path = files.partPath(sealed);
    const part = new PartFile(files, sealed, await open(path, 'a', OWNER_ONLY));
    for await (const bytes of createReadStream(path)) part.#count(bytes as Uint8Array);
    return part;
  }

  /** Bytes that are here. */
  get length(): number {
    return this.#length;
  }

  async append(bytes: Uint8Array): Promise<void> {
    await this.#handle.appendFile(bytes);
    this.#count(bytes);
  }

  /**
   * Puts the file in its place, if it has the hash that it was asked for by and is still wanted then; whether it is what was
   * asked for. There is nothing left of it on its way after that.
   */
  async finish(isWanted: () => boolean): Promise<boolean> {
    const isRight = this.#hash.digest().equals(this.#sealed);
    await this.#handle.sync();
    await this[Symbol.asyncDispose]();
    const path = this.#files.partPath(this.#sealed);
    // nothing may come between the question and the answer: what is disposed of meanwhile is not to be brought back
    if (isRight && isWanted()) this.#files.place(path, this.#sealed);
    else await rm(path, { force: true });
    return isRight;
  }

  /** Keeps what there is of it, to be gone on with. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#handle.close();
  }

  #count(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.#length += bytes.length;
  }
}
