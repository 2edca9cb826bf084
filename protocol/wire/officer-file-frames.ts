/**
 * How a compliance officer's device has the file that came with a message: as it lies in the archive, sealed, in pieces.
 * That it is handed out is an entry of the log before the first of them; the node opens nothing of it.
 */
import { z } from 'zod';
import { SEALED_CHUNK_BYTES } from '../archive/index.ts';
import { bytes, count } from '../encoding/index.ts';
import { groundsShape, openingShape } from './officer-grounds.ts';

const id = count;

export const officerFileRequestShapes = [
  /** That the file of this entry is to be handed out, and why: answered with the entry that records it. */
  z.strictObject({
    type: z.literal('archive-file-begin'),
    id,
    grounds: groundsShape,
    action: openingShape,
    sequence: count,
    /** The request that a second officer approved, where policy asks for that. */
    approval: count.optional(),
  }),
  /** Bytes of the sealed file of an entry, as far as such a record of this device's says that it is handed out. */
  z.strictObject({
    type: z.literal('archive-file-get'),
    id,
    access: count,
    sequence: count,
    at: count,
    length: count.min(1).max(SEALED_CHUNK_BYTES),
  }),
] as const;

export const officerFileAnswerShapes = [
  z.strictObject({ type: z.literal('archive-file-begun'), id, access: count }),
  z.strictObject({ type: z.literal('archive-file-piece'), id, bytes: bytes(SEALED_CHUNK_BYTES) }),
] as const;
