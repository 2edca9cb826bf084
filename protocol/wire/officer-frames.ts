/**
 * What a compliance officer's device asks of the archive, on its device stream: which messages there are, and what is
 * sealed of some of them, which only that device opens. Each request says for what purpose and in which case, and is an
 * entry of the log before it is answered.
 */
import { z } from 'zod';
import { DATA_KEY_ID_BYTES } from '../archive/index.ts';
import { PROOF_HASHES_MAX } from '../checkpoint/index.ts';
import { bytes, count, exactly, hash32, milliseconds } from '../encoding/index.ts';
import { officerAboutAnswerShape, officerAboutRequestShape } from './officer-about-frames.ts';
import { officerFileAnswerShapes, officerFileRequestShapes } from './officer-file-frames.ts';
import { groundsShape, openingShape } from './officer-grounds.ts';
import { MAX_DISCLOSED_BYTES, openShape } from './open-entry.ts';
import { MAX_QUERY_LENGTH } from '../search/index.ts';
import { signerShape } from './signer.ts';

/** Messages found in one answer, and entries asked to be handed out in one request. */
export const MAX_FOUND = 100;
export const MAX_DISCLOSED = 64;

/** Entries asked to be proven, or whose trail is asked for, in one request: 256 proofs of a long log are 300 kB. */
export const MAX_PROVEN = 256;

/** Records of the trail, and checkpoints that partners cosigned, in one answer. */
export const MAX_TRAIL = 64;
export const MAX_COSIGNED = 32;

const id = count;

/** Which messages are meant; null where it does not matter. Times in milliseconds, by the log, both ends within. */
export const soughtShape = z.strictObject({
  /** Who wrote them or was in their conversation then: a canonical address. */
  about: z.string().max(320).optional(),
  /** Who wrote: a canonical address. */
  person: z.string().max(320).nullable(),
  conversation: hash32.nullable(),
  since: milliseconds.nullable(),
  until: milliseconds.nullable(),
  /** Nothing but what says who is in a conversation. */
  only: z.literal('membership').nullable(),
  /** In the language of `protocol/search`; it goes together with all of these but `only`. */
  query: z.string().max(MAX_QUERY_LENGTH).optional(),
});

export const officerRequestShapes = [
  /** Messages newest first, from before a sequence number. */
  z.strictObject({
    type: z.literal('archive-find'),
    id,
    grounds: groundsShape,
    sought: soughtShape,
    before: count.nullable(),
    limit: count.min(1).max(MAX_FOUND),
    /** Only how many a query finds: then none is told. */
    count: z.literal(true).optional(),
  }),
  /** What is sealed of these entries. */
  z.strictObject({
    type: z.literal('archive-open'),
    id,
    grounds: groundsShape,
    action: openingShape,
    sequences: z.array(count).min(1).max(MAX_DISCLOSED),
    /** The request that another officer approved; left out where none is needed. */
    approval: count.optional(),
  }),
  /** The records of who looked at any of these entries, in the order of the log, from after one on. */
  z.strictObject({
    type: z.literal('archive-trail'),
    id,
    sequences: z.array(count).min(1).max(MAX_PROVEN),
    after: count.nullable(),
  }),
  /** The log as it is, signed, with what partners cosigned of it. */
  z.strictObject({ type: z.literal('archive-head'), id }),
  /** The proofs that the log of a size holds these entries. */
  z.strictObject({
    type: z.literal('archive-prove'),
    id,
    size: count,
    sequences: z.array(count).min(1).max(MAX_PROVEN),
  }),
  ...officerFileRequestShapes,
  officerAboutRequestShape,
] as const;

const foundShape = z.strictObject({
  sequence: count,
  time: milliseconds,
  message: hash32,
  conversation: hash32,
  sender: z.string(),
  kind: z.string(),
});

/** One entry: its leaf and the proof of it under the answer's checkpoint, what is stored for it, and the key to that. */
const disclosedShape = z.strictObject({
  sequence: count,
  entry: bytes(256),
  proof: z.array(hash32).max(PROOF_HASHES_MAX),
  stored: bytes(MAX_DISCLOSED_BYTES),
  /** The data key as it was wrapped for the device that asks. */
  key: z.strictObject({
    id: exactly(DATA_KEY_ID_BYTES),
    conversation: hash32,
    month: z.string().length(7),
    enc: hash32,
    sealed: exactly(32 + 16),
  }),
});

/** A checkpoint of this log that a partner cosigned, the partner's certificates, and the proof that the log goes on from it. */
const cosignedShape = z.strictObject({
  domain: z.string(),
  note: z.string().max(4_096),
  chain: z.array(bytes(2_048)).length(3),
  proof: z.array(hash32).max(PROOF_HASHES_MAX),
});

/** An entry that is not handed out, and why. */
const withheldShape = z.strictObject({ sequence: count, code: z.string(), text: z.string() });

export const officerAnswerShapes = [
  z.strictObject({
    type: z.literal('archive-found'),
    id,
    /** The entry that records this request. */
    access: count,
    messages: z.array(foundShape).max(MAX_FOUND),
    /** How many there are, where that was asked. */
    count: count.optional(),
    /** Entries that may be meant, and are not as they were archived. */
    damaged: z.array(count).max(MAX_FOUND),
    /** To ask on from; null at the end. An answer may hold nothing and yet not be the end. */
    next: count.nullable(),
  }),
  z.strictObject({
    type: z.literal('archive-opened'),
    id,
    access: count,
    /** The log as it is, signed, and the certificates under which: statement, issuer, root (DER). */
    checkpoint: z.string().max(4_096),
    chain: z.array(bytes(2_048)).length(3),
    disclosed: z.array(disclosedShape).max(MAX_DISCLOSED),
    withheld: z.array(withheldShape).max(MAX_DISCLOSED),
    /** Asked for, and left for another request, as this answer is full. */
    left: z.array(count).max(MAX_DISCLOSED),
    signers: z.array(signerShape),
  }),
  z.strictObject({
    type: z.literal('archive-trailed'),
    id,
    records: z.array(openShape).max(MAX_TRAIL),
    /** To ask on from; null at the end. */
    after: count.nullable(),
  }),
  z.strictObject({
    type: z.literal('archive-headed'),
    id,
    checkpoint: z.string().max(4_096),
    /** Under which it is signed: statement, issuer, root (DER). */
    chain: z.array(bytes(2_048)).length(3),
    cosigned: z.array(cosignedShape).max(MAX_COSIGNED),
  }),
  z.strictObject({
    type: z.literal('archive-proven'),
    id,
    /** In the order asked for. */
    proofs: z.array(z.array(hash32).max(PROOF_HASHES_MAX)).max(MAX_PROVEN),
  }),
  ...officerFileAnswerShapes,
  officerAboutAnswerShape,
] as const;

export type Sought = z.infer<typeof soughtShape>;
export type FoundMessage = z.infer<typeof foundShape>;
export type DisclosedEntry = z.infer<typeof disclosedShape>;
export type WithheldEntry = z.infer<typeof withheldShape>;
export type CosignedNote = z.infer<typeof cosignedShape>;
