/**
 * The file that came with a message, as an officer's device has it from the archive: sealed, and opened here with the key
 * that lies in the message. Guarantees: it ends without an error only once all of it is there and has the hash that the
 * sender of the message signed; one chunk at a time is in memory.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { equals } from 'uint8arrays/equals';
import { chunkContext, chunkNonce, sealedChunk } from '../../protocol/archive/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { chunksOf, type FileInfo } from '../../protocol/message/index.ts';
import type { Grounds } from '../../protocol/wire/index.ts';
import type { Unsealer } from '../platform.ts';
import type { Requests } from '../session/index.ts';

/** A file as the message that it came with names it, and what it is sealed under. */
export interface SealedFile {
  readonly sequence: number;
  readonly info: FileInfo;
  readonly key: Uint8Array;
}

/** A file that is being handed out: the entry that records it, and its chunks in order. */
export interface HandedOutFile {
  readonly access: number;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** Resolves once it is on record. Throws why it is not handed out; the chunks throw that, `archive.damaged` or `attachment.mismatch`. */
export async function handOutFile(
  file: SealedFile,
  why: {
    readonly grounds: Grounds;
    readonly action: 'open' | 'export';
    readonly approval?: number;
  },
  requests: () => Requests,
  unsealer: Unsealer,
): Promise<HandedOutFile> {
  const { sequence } = file;
  const { access } = await requests().ask('archive-file-begin', { ...why, sequence });
  return { access, chunks: chunksFrom(file, access, requests, unsealer) };
}

async function* chunksFrom(
  { sequence, info, key }: SealedFile,
  access: number,
  requests: () => Requests,
  unsealer: Unsealer,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = sha256.create();
  for (let index = 0; index < chunksOf(info); index += 1) {
    const { at, length } = sealedChunk(info, index);
    const { bytes } = await requests().ask('archive-file-get', { access, sequence, at, length });
    const opened = await unsealer.open(key, chunkNonce(index), chunkContext(info, index), bytes);
    if (opened === undefined)
      throw new ChanceryError(
        'archive.damaged',
        `the file of entry ${sequence} is not as it was sealed; have your operator run chancery archive verify`,
      );
    hash.update(opened);
    yield opened;
  }
  if (!equals(hash.digest(), info.digest))
    throw new ChanceryError(
      'attachment.mismatch',
      `the file of entry ${sequence} is not what its sender signed; tell your operator`,
    );
}
