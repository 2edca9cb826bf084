/**
 * How one archive node of an organisation has the sealed file of a message from another, on a replication stream of its
 * own: it asks for a part at a place, a few at a time, and is answered in that order. Then it asks for the next file, or
 * closes. What it was sent it holds against the hash that the message's entry commits to, which is also the name that it
 * asks by.
 */
import { z } from 'zod';
import { bytes, count, hash32 } from '../encoding/index.ts';
import { FILE_CHUNK_BYTES, MAX_FILE_BYTES } from '../message/index.ts';

/** Bytes of one part at most: a quarter of a frame. */
export const FILE_PART_BYTES = 262_144;

/** Bytes of the largest sealed file: sealing adds 16 to each chunk. */
export const MAX_SEALED_FILE_BYTES: number = MAX_FILE_BYTES + (MAX_FILE_BYTES / FILE_CHUNK_BYTES) * 16;

/** Each part but the last is of FILE_PART_BYTES; asking at the end is answered by a last part with nothing in it. */
export const askFileShape = z.strictObject({
  type: z.literal('file'),
  sealed: hash32,
  at: count.max(MAX_SEALED_FILE_BYTES),
});

export const filePartShape = z.strictObject({
  type: z.literal('file-part'),
  bytes: bytes(FILE_PART_BYTES),
  more: z.boolean(),
});

/** Whoever was asked has no such file, or a shorter one. */
export const fileLackingShape = z.strictObject({ type: z.literal('file-lacking') });
