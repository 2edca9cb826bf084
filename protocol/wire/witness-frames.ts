/**
 * C2SP tlog-witness and tlog-tiles without HTTP: a request is the body of an `add-checkpoint`, or the path of what is to
 * be had; an answer has HTTP's status, content type and body. Requests are answered in order, one at a time.
 */
import { z } from 'zod';
import { ADD_CHECKPOINT_MAX, NOTE_BYTES_MAX } from '../checkpoint/index.ts';
import { bytes, count } from '../encoding/index.ts';
import { refusalShape } from './refusal.ts';

/** Characters of a path: a SHA-256 in hex and a word, or the longest name of a tile. */
const MAX_PATH_LENGTH = 96;

export const witnessRequestShape = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('add-checkpoint'), body: z.string().max(ADD_CHECKPOINT_MAX) }),
  z.strictObject({ type: z.literal('get'), path: z.string().max(MAX_PATH_LENGTH) }),
]);

export const witnessAnswerShape = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('answer'),
    status: count.min(200).max(599),
    contentType: z.string().max(64),
    /** A tile has 8 KiB; nothing that is answered is larger than a note. */
    body: bytes(NOTE_BYTES_MAX),
  }),
  refusalShape,
]);

export type WitnessRequest = z.infer<typeof witnessRequestShape>;
export type WitnessAnswer = Extract<z.infer<typeof witnessAnswerShape>, { type: 'answer' }>;
