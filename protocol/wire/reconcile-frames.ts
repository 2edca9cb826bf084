/**
 * Two organisations compare what they exchanged: the asker has the other side prove, under one signed checkpoint, what its
 * log holds of it. An entry is shown by id, direction and time; its content is not: who holds the message builds it anew
 * and opens the commitment with the salt, and the salt tells nobody else anything, since no envelope can be guessed.
 */
import { z } from 'zod';
import { SALT_BYTES } from '../archive/index.ts';
import { PROOF_HASHES_MAX } from '../checkpoint/index.ts';
import { bytes, count, exactly, hash32, milliseconds } from '../encoding/index.ts';
import { MAX_RECEIPT_BYTES } from '../statement/index.ts';
import { refusalShape } from './refusal.ts';

/** Entries in one page: with the longest proofs and checkpoints they fit a frame. */
export const MAX_SHOWN_ENTRIES = 128;

const checkpoint = z.string().max(4_096);

const shownEntryShape = z.strictObject({
  /** In the log of who shows it. */
  position: count,
  /** The data of its leaf, and the proof of that leaf under the checkpoint of this stream. */
  entry: bytes(256),
  proof: z.array(hash32).max(PROOF_HASHES_MAX),
  message: hash32,
  /** Whether who shows it sent it; else the asker did. */
  sent: z.boolean(),
  /** Of what was sent: whether the asker's receipt for it is here. */
  answered: z.boolean(),
  /** What is needed, beside the message, to open the commitment; null where it is sealed for who shows it as well. */
  opening: z
    .strictObject({
      salt: exactly(SALT_BYTES),
      /** Of what came from the asker: the position and the checkpoint it came with. */
      via: z.strictObject({ position: count, checkpoint: checkpoint.nullable() }).nullable(),
      /** Of a message with a file: what the file is sealed under there, which both have, and the hash of it as it lies there. */
      file: z.strictObject({ key: hash32, sealed: hash32 }).optional(),
    })
    .nullable(),
});

export const reconcileRequestShape = z.discriminatedUnion('type', [
  /** The first frame: of which times (milliseconds, by the log that shows), and whether it is asked in return as well. */
  z.strictObject({
    type: z.literal('begin'),
    v: z.literal(1),
    since: milliseconds.nullable(),
    until: milliseconds.nullable(),
    mutual: z.boolean(),
  }),
  /** What was exchanged, in the order of the log, from a position on. */
  z.strictObject({ type: z.literal('page'), from: count }),
  /** The entries in these positions, whatever their time. */
  z.strictObject({ type: z.literal('at'), positions: z.array(count).min(1).max(MAX_SHOWN_ENTRIES) }),
  /** The proof that the log of that size is a prefix of the checkpoint's. */
  z.strictObject({ type: z.literal('consistency'), size: count.min(1) }),
  /** The asker's own receipt for what was sent from that position. */
  z.strictObject({ type: z.literal('receipt'), position: count }),
]);

export const reconcileAnswerShape = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('begun'), checkpoint }),
  z.strictObject({
    type: z.literal('page'),
    entries: z.array(shownEntryShape).max(MAX_SHOWN_ENTRIES),
    /** To ask on from; null at the end. */
    next: count.nullable(),
  }),
  /** One for each position; null for what was not exchanged with the asker. */
  z.strictObject({
    type: z.literal('at'),
    entries: z.array(shownEntryShape.nullable()).max(MAX_SHOWN_ENTRIES),
  }),
  /** Null where there is none. */
  z.strictObject({ type: z.literal('consistency'), proof: z.array(hash32).max(PROOF_HASHES_MAX).nullable() }),
  z.strictObject({ type: z.literal('receipt'), receipt: bytes(MAX_RECEIPT_BYTES + 80).nullable() }),
  refusalShape,
]);

export type ShownEntry = z.infer<typeof shownEntryShape>;
export type ReconcileRequest = z.infer<typeof reconcileRequestShape>;
export type ReconcileAnswer = z.infer<typeof reconcileAnswerShape>;
