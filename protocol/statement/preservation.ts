/**
 * Requests for preservation between organisations: one asks that the other keeps what they exchanged, the other's officer
 * accepts or declines, the first may withdraw; and each side gives the other notice that it holds a statement. Guarantees: a
 * request is named by the hash of its statement, so that an answer is to that very request; each of the four is signed for
 * its own purpose.
 */
import { z } from 'zod';
import type { CryptoSuite, Sha256, Signer } from '../crypto/suite.ts';
import { count, hash32, milliseconds } from '../encoding/index.ts';
import { accept, refuse, type Result } from '../errors/index.ts';
import type { Context } from '../signing/index.ts';
import { openStatement, readStatement, signStatement } from './statement.ts';

/** Bytes of any of these statements: a request that names as many people and conversations as it may, with the longest names. */
export const MAX_PRESERVATION_BYTES = 32_768;

/** People, and conversations, in one request. */
export const MAX_PRESERVED_NAMES = 64;

/** Characters of a matter, and of a reason. */
export const MAX_MATTER_LENGTH = 128;
export const MAX_PRESERVATION_REASON_LENGTH = 512;

/** Milliseconds the clock of who signed it may be ahead of ours. */
const MAX_CLOCK_AHEAD_MS = 600_000;

const parties = {
  v: z.literal(1),
  /** Who signs, and for whom: domains. */
  from: z.string().max(253),
  to: z.string().max(253),
  time: milliseconds,
} as const;

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

const SHAPES = {
  preservation: requestShape,
  'preservation-answer': answerShape,
  'preservation-withdrawal': withdrawalShape,
  'preservation-notice': noticeShape,
} as const satisfies Partial<Record<Context, z.ZodType>>;

export type PreservationKind = keyof typeof SHAPES;
export type PreservationStatement<K extends PreservationKind> = Readonly<
  Omit<z.infer<(typeof SHAPES)[K]>, 'v'>
>;
export type PreservationRequest = PreservationStatement<'preservation'>;
export type PreservationAnswer = PreservationStatement<'preservation-answer'>;

export function signPreservation<K extends PreservationKind>(
  kind: K,
  statement: PreservationStatement<K>,
  signer: Signer,
): Promise<Uint8Array> {
  return signStatement(kind, { v: 1, ...statement }, signer);
}

/** The id of a request: the hash of the statement as it is carried. */
export function preservationId(request: Uint8Array, sha256: Sha256): Uint8Array {
  return sha256(request);
}

/**
 * Verifies what `from` signed for `to`; `at` is in milliseconds. Refuses with `certificate.wrong-domain`,
 * `signature.invalid`, `request.invalid` for one that is dated in the future, or `encoding.*`.
 */
export function openPreservation<K extends PreservationKind>(
  kind: K,
  statement: Uint8Array,
  expected: { readonly from: string; readonly to: string; readonly at: number },
  publicKey: Uint8Array,
  suite: CryptoSuite,
): Result<PreservationStatement<K>> {
  const opened = openStatement(kind, statement, publicKey, shapeOf(kind), MAX_PRESERVATION_BYTES, suite);
  if (!opened.ok) return opened;
  const { from, to, time } = opened.value;
  if (from !== expected.from || to !== expected.to)
    return refuse('certificate.wrong-domain', `${kind} is from ${from} to ${to}`);
  if (time > expected.at + MAX_CLOCK_AHEAD_MS)
    return refuse('request.invalid', `${kind} of ${from} is dated in the future; check the clocks`);
  return accept(opened.value);
}

/** Reads what was signed or verified here. Refuses with an `encoding.*` code. */
export function readPreservation<K extends PreservationKind>(
  kind: K,
  statement: Uint8Array,
): Result<PreservationStatement<K>> {
  return readStatement(kind, statement, shapeOf(kind), MAX_PRESERVATION_BYTES);
}

function shapeOf<K extends PreservationKind>(kind: K): z.ZodType<PreservationStatement<K>> {
  return SHAPES[kind] as unknown as z.ZodType<PreservationStatement<K>>;
}
