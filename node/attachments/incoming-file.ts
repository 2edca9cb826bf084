/**
 * A file on its way in: its chunks are taken in order, each sealed before it touches the disk. Guarantees: it counts as
 * whole only once it has the hash that was named and is synced; its key is in memory only until an entry holds it.
 */
import { createHash } from 'node:crypto';
import { open, readFile, rm, type FileHandle } from 'node:fs/promises';
import { FILE_KEY_BYTES, chunkContext, chunkNonce, sealedChunk } from '../../protocol/archive/index.ts';
import { ChanceryError, accept, refuse, type Result } from '../../protocol/errors/index.ts';
import { chunkLength, chunksOf, type FileInfo } from '../../protocol/message/index.ts';
import { aesKey, aesOpen, aesSeal, type AesKey } from '../crypto/index.ts';
import type { FileKey } from './sealed-files.ts';

const OWNER_ONLY = 0o600;

export class IncomingFile {
  readonly file: FileInfo;
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #key: Uint8Array;
  readonly #sealing: AesKey;
  readonly #hash = createHash('sha256');
  readonly #sealedHash = createHash('sha256');
  #received = 0;
  #sealed: Uint8Array | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #over = false;
  /** When something of it last came, by the log's time in milliseconds. */
  touched = 0;

  private constructor(file: FileInfo, path: string, handle: FileHandle, key: Uint8Array) {
    this.file = file;
    this.path = path;
    this.#handle = handle;
    this.#key = key;
    this.#sealing = aesKey(key);
  }

  static async begin(
    file: FileInfo,
    path: string,
    randomBytes: (length: number) => Uint8Array,
  ): Promise<IncomingFile> {
    const handle = await open(path, 'wx', OWNER_ONLY);
    return new IncomingFile(file, path, handle, randomBytes(FILE_KEY_BYTES));
  }

  /** Chunks that are here; of a file that is whole all of them. */
  get received(): number {
    return this.#received;
  }

  /** How its entry will name it, once it is whole. */
  get whole(): FileKey | undefined {
    return this.#sealed && { key: this.#key.slice(), sealed: this.#sealed };
  }

  /**
   * Takes a chunk after those that were handed in before. Refuses with `attachment.mismatch`, after which the file is to be
   * begun anew; throws `archive.failed` or `archive.full`, after which it is, too.
   */
  put(index: number, bytes: Uint8Array): Promise<Result<number>> {
    const taking = this.#turn.then(() => this.#take(index, bytes));
    this.#turn = taking.catch(() => undefined);
    return taking;
  }

  /** The hash under which it lies once it is whole, in hex. */
  get name(): string | undefined {
    return this.#sealed && Buffer.from(this.#sealed).toString('hex');
  }

  /** What is in it, once it is whole; undefined where it is not. One that cannot be read is to be begun anew. */
  async content(): Promise<Uint8Array | undefined> {
    if (this.#sealed === undefined || this.#over) return undefined;
    const bytes = await this.#opened();
    if (bytes === undefined) this.#over = true;
    return bytes;
  }

  async #opened(): Promise<Uint8Array | undefined> {
    const stored = await readFile(this.path).catch(() => undefined);
    if (stored === undefined) return undefined;
    const bytes = new Uint8Array(this.file.size);
    let at = 0;
    for (let index = 0; index < chunksOf(this.file); index += 1) {
      const { at: from, length } = sealedChunk(this.file, index);
      const sealed = stored.subarray(from, from + length);
      const opened = aesOpen(this.#sealing, chunkNonce(index), chunkContext(this.file, index), sealed);
      if (opened === undefined) return undefined;
      bytes.set(opened, at);
      at += opened.length;
    }
    return bytes;
  }

  /** Lets go of it: the file is gone, and with its key what was sealed. */
  async discard(): Promise<void> {
    this.#over = true;
    await this.#turn;
    await this.#handle.close();
    await rm(this.path, { force: true });
    this.#key.fill(0);
  }

  async #take(index: number, bytes: Uint8Array): Promise<Result<number>> {
    if (this.#over) return refuse('attachment.mismatch', 'the file was begun anew meanwhile');
    if (index < this.#received) return accept(this.#received);
    if (index > this.#received || bytes.length !== chunkLength(this.file, index))
      return refuse('attachment.mismatch', `chunk ${index} of a file does not follow what came before it`);
    const sealed = aesSeal(this.#sealing, chunkNonce(index), chunkContext(this.file, index), bytes);
    this.#hash.update(bytes);
    this.#sealedHash.update(sealed);
    try {
      await this.#handle.appendFile(sealed);
      return index + 1 === chunksOf(this.file) ? await this.#finish() : accept((this.#received = index + 1));
    } catch (cause) {
      this.#over = true;
      const isFull = (cause as NodeJS.ErrnoException).code === 'ENOSPC';
      const message = 'the archive could not keep the file; try again';
      throw new ChanceryError(isFull ? 'archive.full' : 'archive.failed', message, { cause });
    }
  }

  async #finish(): Promise<Result<number>> {
    if (!this.#hash.digest().equals(this.file.digest)) {
      this.#over = true;
      return refuse('attachment.mismatch', 'the file does not have the hash that was named; attach it anew');
    }
    await this.#handle.sync();
    await this.#handle.close();
    this.#sealed = new Uint8Array(this.#sealedHash.digest());
    return accept((this.#received += 1));
  }

  /** Whether nothing more is taken of it. */
  get isOver(): boolean {
    return this.#over;
  }
}
