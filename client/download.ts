/**
 * The file of a message, had from the organisation chunk by chunk. Guarantees: it goes on where the connection broke; it
 * ends without an error only once all of it is there and has the hash that the sender signed.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { fromString } from 'uint8arrays/from-string';
import { toString } from 'uint8arrays/to-string';
import { ChanceryError } from '../protocol/errors/index.ts';
import { FILE_CHUNK_BYTES, chunkLength, chunksOf } from '../protocol/message/index.ts';
import type { MessageEvent } from './feed/index.ts';
import type { Requests } from './session/index.ts';

/**
 * @param connected resolves with a session other than one that is lost, when there is one; throws once there will be none
 * Throws `request.invalid` for a message without a file, `attachment.mismatch`, or what the node refuses.
 */
export async function* download(
  { id, content }: MessageEvent,
  connected: (lost?: Requests) => Promise<Requests>,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (content.kind !== 'attachment')
    throw new ChanceryError('request.invalid', 'that message brought no file along');
  const { name, size, digest } = content.file;
  const file = { size, chunkBytes: FILE_CHUNK_BYTES } as const;
  const hash = sha256.create();
  for (let index = 0; index < chunksOf(file); index += 1) {
    const bytes = await chunkOf(id, index, connected);
    if (bytes.length !== chunkLength(file, index)) throw mismatch(name);
    hash.update(bytes);
    yield bytes;
  }
  if (toString(hash.digest(), 'hex') !== digest) throw mismatch(name);
}

/** Asks again on the next session where one ends before it answers. */
async function chunkOf(
  id: string,
  index: number,
  connected: (lost?: Requests) => Promise<Requests>,
): Promise<Uint8Array> {
  for (let lost: Requests | undefined; ;) {
    const requests = await connected(lost);
    try {
      return (await requests.ask('file-get', { message: fromString(id, 'hex'), index })).bytes;
    } catch (error) {
      if (!(error instanceof ChanceryError) || error.code !== 'node.unreachable') throw error;
      lost = requests;
    }
  }
}

function mismatch(name: string): ChanceryError {
  return new ChanceryError(
    'attachment.mismatch',
    `what came for ${JSON.stringify(name)} is not what its sender signed; tell your operator`,
  );
}
