/**
 * Files of messages that wait in the outbox, in chunks on the device's disk: what was attached goes out as it was then,
 * whatever becomes of it where it came from. Guarantees: a file is kept as long as a message waits that brings it along, and
 * no longer.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { equals } from 'uint8arrays/equals';
import { toString } from 'uint8arrays/to-string';
import { count, decodeCbor, encodeCbor } from '../../protocol/encoding/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import {
  FILE_CHUNK_BYTES,
  MAX_FILE_BYTES,
  chunkLength,
  chunksOf,
  isFileName,
  isMediaType,
  type FileInfo,
} from '../../protocol/message/index.ts';
import type { Store } from '../platform.ts';
import { KEYS, lastParts, within, type Journal } from '../store/index.ts';

/** Bytes of all files that wait: a device has to hold them. */
const MAX_BYTES = MAX_FILE_BYTES;

/** A file that is to be sent, wherever it lies. */
export interface NewFile {
  readonly name: string;
  /** A media type without parameters, in lower case. */
  readonly type: string;
  /** Bytes. */
  readonly size: number;
  /** The bytes from a place on: exactly as many as are asked for. */
  read(at: number, length: number): Promise<Uint8Array>;
}

interface Kept {
  readonly file: FileInfo;
  messages: number;
}

export class OutgoingFiles {
  readonly #journal: Journal;
  readonly #kept = new Map<string, Kept>();

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** Lets go of what an earlier process kept for no message. To be called once those that wait are known. */
  async sweep(store: Store): Promise<void> {
    for await (const [key, value] of store.entries(within('file'))) {
      const digest = lastParts(key, 1);
      const chunks = decodeCbor(value, 16, count, 'count of chunks');
      if (!this.#kept.has(digest)) this.#forget(digest, chunks.ok ? chunks.value : 0);
    }
  }

  /**
   * Keeps a file for one message. Throws `attachment.too-large`, `attachment.mismatch` where it changes meanwhile,
   * `request.invalid`, `limit.exceeded`, or what reading throws.
   */
  async keep(source: NewFile, durable: boolean): Promise<FileInfo> {
    const { name, type, size } = source;
    if (!isFileName(name) || !isMediaType(type) || !(size > 0))
      throw new ChanceryError('request.invalid', 'a file has a name, a media type and at least one byte');
    const waiting = [...this.#kept.values()].reduce((sum, { file }) => sum + file.size, 0);
    if (size > MAX_FILE_BYTES)
      throw new ChanceryError(
        'attachment.too-large',
        `files of more than ${MAX_FILE_BYTES} bytes are not sent`,
      );
    if (waiting + size > MAX_BYTES)
      throw new ChanceryError(
        'limit.exceeded',
        'too many files wait in the outbox; wait until they are sent',
      );
    const unnamed = { size, chunkBytes: FILE_CHUNK_BYTES } as const;
    const digest = await readAll(source, unnamed, () => Promise.resolve());
    const file: FileInfo = { name, type, ...unnamed, digest };
    const hex = toString(digest, 'hex');
    if (this.hold(file) > 1) return file;
    try {
      this.#journal.put(KEYS.file(hex), encodeCbor(chunksOf(file)));
      const again = await readAll(source, unnamed, async (bytes, index) => {
        this.#journal.put(KEYS.chunk(hex, index), bytes);
        await this.#journal.commit(durable);
      });
      if (!equals(again, digest))
        throw new ChanceryError('attachment.mismatch', `${name} changed while it was read; attach it again`);
    } catch (error) {
      this.release(file);
      throw error;
    }
    return file;
  }

  /** One message more needs the file; how many do now. */
  hold(file: FileInfo): number {
    const hex = toString(file.digest, 'hex');
    const kept = this.#kept.get(hex) ?? { file, messages: 0 };
    this.#kept.set(hex, kept);
    kept.messages += 1;
    return kept.messages;
  }

  /** One message less. */
  release(file: FileInfo): void {
    const hex = toString(file.digest, 'hex');
    const kept = this.#kept.get(hex);
    if (kept === undefined) return;
    kept.messages -= 1;
    if (kept.messages > 0) return;
    this.#kept.delete(hex);
    this.#forget(hex, chunksOf(file));
  }

  /** Throws `attachment.missing`. */
  async chunk({ digest, name }: FileInfo, index: number): Promise<Uint8Array> {
    const bytes = await this.#journal.get(KEYS.chunk(toString(digest, 'hex'), index));
    if (bytes !== undefined) return bytes;
    throw new ChanceryError('attachment.mismatch', `${name} is not whole on this device; attach it again`);
  }

  #forget(hex: string, chunks: number): void {
    this.#journal.del(KEYS.file(hex));
    for (let index = 0; index < chunks; index += 1) this.#journal.del(KEYS.chunk(hex, index));
  }
}

/** Reads a file chunk by chunk; its SHA-256. */
async function readAll(
  source: NewFile,
  file: Pick<FileInfo, 'size' | 'chunkBytes'>,
  take: (bytes: Uint8Array, index: number) => Promise<void>,
): Promise<Uint8Array> {
  const hash = sha256.create();
  for (let index = 0; index < chunksOf(file); index += 1) {
    const bytes = await source.read(index * file.chunkBytes, chunkLength(file, index));
    if (bytes.length !== chunkLength(file, index))
      throw new ChanceryError(
        'attachment.mismatch',
        `${source.name} changed while it was read; attach it again`,
      );
    hash.update(bytes);
    await take(bytes, index);
  }
  return hash.digest();
}
