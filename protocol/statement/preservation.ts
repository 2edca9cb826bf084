/**
 * Requests for preservation between organisations: one asks that the other keeps what they exchanged, the other's officer
 * accepts or declines, the first may withdraw; and each side gives the other notice that it holds a statement. Guarantees: a
 * request is named by the hash of its statement, so that an answer is to that very request.
 */
import { z } from 'zod';
import type { Sha256 } from '../crypto/suite.ts';
import { count, hash32, milliseconds } from '../encoding/index.ts';
import { parties } from './parties.ts';

/** Bytes of any of these statements: a request that names as many people and conversations as it may, with the longest names. */
export const MAX_PRESERVATION_BYTES = 32_768;

/** People, and conversations, in one request. */
export const MAX_PRESERVED_NAMES = 64;

/** Characters of a matter, and of a reason. */
export const MAX_MATTER_LENGTH = 128;
export const MAX_PRESERVATION_REASON_LENGTH = 512;

const act = {
  /** The officer who acts, by address: their organisation's word. */
  officer: z.string().max(320),
  reason: z.string().max(MAX_PRESERVATION_REASON_LENGTH),
} as const;

const requestShape = z.strictObject({
  ...parties,
  ...act,
  matter: z.string().min(1).max(MAX_MATTER_LENGTH),
  /** Of each kind that is named one must be met; only of what the two exchanged. */
  people: z.array(z.string().max(320)).max(MAX_PRESERVED_NAMES),
  conversations: z.array(hash32).max(MAX_PRESERVED_NAMES),
  /** Received from (inclusive) to (exclusive), in milliseconds; null for no bound. */
  since: milliseconds.nullable(),
  until: milliseconds.nullable(),
  /** Makes two requests that say the same in one millisecond two. */
  number: count,
});

const answerShape = z.strictObject({
  ...parties,
  ...act,
  /** The id of the request. */
  request: hash32,
  outcome: z.enum(['accepted', 'declined']),
});

const withdrawalShape = z.strictObject({ ...parties, ...act, request: hash32 });

/** That a statement about the request is archived by who signs. */
const noticeShape = z.strictObject({ ...parties, request: hash32, about: hash32 });

export const PRESERVATION_LETTERS = {
  preservation: requestShape,
  'preservation-answer': answerShape,
  'preservation-withdrawal': withdrawalShape,
  'preservation-notice': noticeShape,
} as const;

/** The id of a request: the hash of the statement as it is carried. */
export function preservationId(request: Uint8Array, sha256: Sha256): Uint8Array {
  return sha256(request);
}
