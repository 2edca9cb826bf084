/** The head record: how far the log has come. It is written in the same batch as the entries it counts. */
import { z } from 'zod';
import { count, decodeCbor, encodeCbor, hash32, milliseconds } from '../../protocol/encoding/index.ts';
import type { Result } from '../../protocol/errors/index.ts';

/** The largest head record that is read, in bytes: an origin is a domain name and a few words. */
const HEAD_BYTES_MAX = 1024;

export interface Head {
  readonly v: 1;
  /** Whose log it is: the origin of its checkpoints. */
  readonly origin: string;
  /** How many entries the log has; the last has sequence number size - 1. */
  readonly size: number;
  /** The root hash of the tree over them. */
  readonly root: Uint8Array;
  /** The receipt time of the last entry, in milliseconds since 1970. */
  readonly time: number;
}

const shape: z.ZodType<Head> = z.strictObject({
  v: z.literal(1),
  origin: z.string(),
  size: count,
  root: hash32,
  time: milliseconds,
});

export function encodeHead(head: Head): Uint8Array {
  return encodeCbor(head);
}

export function decodeHead(bytes: Uint8Array): Result<Head> {
  return decodeCbor(bytes, HEAD_BYTES_MAX, shape, 'the head of the archive');
}
