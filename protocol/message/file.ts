/**
 * The file that a message brings along, as the signed message names it: by the hash of its bytes, so that nobody on the
 * way can exchange it. The bytes themselves travel beside the message, in chunks.
 */
import { fromString } from 'uint8arrays/from-string';
import { z } from 'zod';
import { count, hash32 } from '../encoding/index.ts';
import { FILE_CHUNK_BYTES, MAX_FILE_BYTES, MAX_FILE_NAME_BYTES } from './limits.ts';

/** Separators of paths, control characters, and what changes the order or is not seen of what is shown. */
const UNUSABLE = /[/\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** A media type without parameters (RFC 6838, 4.2), in lower case. */
const MEDIA_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,63}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}$/;

/** Whether a text names a file and nothing else, wherever it is saved: no path, nothing that hides what it is. */
export function isFileName(name: string): boolean {
  const usable = name.isWellFormed() && name !== '' && name !== '.' && name !== '..' && !UNUSABLE.test(name);
  return usable && fromString(name).length <= MAX_FILE_NAME_BYTES;
}

/** Whether a text is a media type in its canonical form. */
export function isMediaType(type: string): boolean {
  return MEDIA_TYPE.test(type);
}

export const fileShape = z.strictObject({
  name: z.string().refine(isFileName, { error: 'not a name of a file' }),
  /** What the sender says that it is. */
  type: z.string().refine(isMediaType, { error: 'not a media type in lower case' }),
  /** Bytes. */
  size: count.min(1).max(MAX_FILE_BYTES),
  /** SHA-256 of its bytes. */
  digest: hash32,
  /** Bytes of each of its chunks but the last. */
  chunkBytes: z.literal(FILE_CHUNK_BYTES),
});

export type FileInfo = z.infer<typeof fileShape>;

/** How many chunks a file has: one at least. */
export function chunksOf({ size, chunkBytes }: Pick<FileInfo, 'size' | 'chunkBytes'>): number {
  return Math.ceil(size / chunkBytes);
}

/** Bytes of one of its chunks. */
export function chunkLength(
  { size, chunkBytes }: Pick<FileInfo, 'size' | 'chunkBytes'>,
  index: number,
): number {
  return Math.min(chunkBytes, size - index * chunkBytes);
}
