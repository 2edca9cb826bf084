/** What the archive holds of a message, as the content of its entry: the envelope as it was signed, and how it came. */
import { z } from 'zod';
import { bytes, count, decodeCbor, hash32 } from '../encoding/index.ts';
import type { Result } from '../errors/index.ts';
import { MAX_ENVELOPE_BYTES } from '../message/index.ts';

/** Bytes beside the envelope: a domain, and a checkpoint with its signatures. */
const MAX_VIA_BYTES = 8_192;

export const archivedMessageShape = z.strictObject({
  v: z.literal(1),
  envelope: bytes(MAX_ENVELOPE_BYTES),
  /** The partner it came from, its position in the partner's log and, once a bundle, the covering checkpoint. */
  via: z.strictObject({ domain: z.string(), position: count, checkpoint: z.string().nullable() }).nullable(),
  /** Of a message with a file: the key that the file is sealed under, and the hash of the sealed file. */
  file: z.strictObject({ key: hash32, sealed: hash32 }).optional(),
});

export type ArchivedMessage = z.infer<typeof archivedMessageShape>;

/** Refuses with an `encoding.*` code. */
export function decodeArchivedMessage(content: Uint8Array): Result<ArchivedMessage> {
  const limit = MAX_ENVELOPE_BYTES + MAX_VIA_BYTES;
  return decodeCbor(content, limit, archivedMessageShape, 'the archived message');
}
