/** What the archive holds of a message, as the content of its entry: the envelope as it was signed, and how it came. */
import { z } from 'zod';
import { bytes, count, decodeCbor, hash32 } from '../encoding/index.ts';
import type { Result } from '../errors/index.ts';
import { MAX_ENVELOPE_BYTES } from '../message/index.ts';

/** Bytes beside the envelope: a domain, and a checkpoint with its signatures; what was found in a file. */
const MAX_VIA_BYTES = 8_192;
const MAX_INSPECTED_BYTES = 24_576;

/** What was found out about a file before its message was decided about, without a word of what it says. */
const inspectedShape = z.strictObject({
  /** Its media type, by its bytes. */
  type: z.string().max(255),
  /** As policy asks for them, such as `infected` or `unreadable`. */
  states: z.array(z.string().max(32)).max(16),
  /** Kinds of risks, each once. */
  risks: z.array(z.string().max(32)).max(32),
  /** Why some of it was not read; null where all of it was. */
  failed: z.string().max(256).nullable(),
  /** What each scanner said, and by which signatures; `name` is of the malware, or why the scan failed. */
  verdicts: z
    .array(
      z.strictObject({
        scanner: z.string().max(64),
        state: z.enum(['clean', 'infected', 'failed']),
        name: z.string().max(200).optional(),
        engine: z.string().max(200),
      }),
    )
    .max(8),
});

export const archivedMessageShape = z.strictObject({
  v: z.literal(1),
  envelope: bytes(MAX_ENVELOPE_BYTES),
  /** The partner it came from, its position in the partner's log and, once a bundle, the covering checkpoint. */
  via: z.strictObject({ domain: z.string(), position: count, checkpoint: z.string().nullable() }).nullable(),
  /** Of a message with a file: the key that the file is sealed under, and the hash of the sealed file. */
  file: z.strictObject({ key: hash32, sealed: hash32 }).optional(),
  /** Of a message whose file was looked into: what was found. Absent where no policy was in force, and before there was a place for it. */
  inspected: inspectedShape.optional(),
});

export type ArchivedMessage = z.infer<typeof archivedMessageShape>;

export type ArchivedInspection = z.infer<typeof inspectedShape>;

/** Refuses with an `encoding.*` code. */
export function decodeArchivedMessage(content: Uint8Array): Result<ArchivedMessage> {
  const limit = MAX_ENVELOPE_BYTES + MAX_VIA_BYTES + MAX_INSPECTED_BYTES;
  return decodeCbor(content, limit, archivedMessageShape, 'the archived message');
}
