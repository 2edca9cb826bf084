/**
 * What a compliance officer's device hands in and asks about what officers do with the authority of that role: acts that it
 * signed, requests that wait for another officer, holds in force, and the schedules.
 */
import { z } from 'zod';
import { bytes, count, milliseconds } from '../encoding/index.ts';
import { MAX_ACT_BYTES, MAX_POLICY_LENGTH } from '../oversight/index.ts';

/** Requests in one answer. */
export const MAX_REQUESTS_SHOWN = 64;

/** Bytes that signing adds to an act. */
const SIGNING_BYTES = 80;

const id = count;
const signedAct = bytes(MAX_ACT_BYTES + SIGNING_BYTES);

export const oversightRequestShapes = [
  /** Something that an officer signed (`protocol/oversight`). */
  z.strictObject({ type: z.literal('officer-act'), id, act: signedAct }),
  /** Requests newest first, from before an entry. */
  z.strictObject({
    type: z.literal('officer-requests'),
    id,
    before: count.nullable(),
    limit: count.min(1).max(MAX_REQUESTS_SHOWN),
  }),
  /** One of them, as it was signed. */
  z.strictObject({ type: z.literal('officer-request'), id, request: count }),
  /** The holds in force. */
  z.strictObject({ type: z.literal('officer-holds'), id }),
  /** The schedules in force, and those that wait for officers. */
  z.strictObject({ type: z.literal('officer-policy'), id }),
] as const;

const requestShape = z.strictObject({
  /** Its entry. */
  request: count,
  time: milliseconds,
  state: z.enum(['requested', 'approved', 'declined', 'done', 'expired']),
  action: z.string(),
  officer: z.string(),
  /** Until when it can be approved, and once it was, until when that can be used. */
  expires: milliseconds,
  /** Who decided. */
  by: z.string().nullable(),
});

export const oversightAnswerShapes = [
  z.strictObject({
    type: z.literal('officer-acted'),
    id,
    /** The request, hold or erasure that it made or decided. */
    entry: count,
    /** Until when another officer has to approve it, or what was approved can be used; null where it is done. */
    expires: milliseconds.nullable(),
  }),
  z.strictObject({
    type: z.literal('officer-requests'),
    id,
    requests: z.array(requestShape).max(MAX_REQUESTS_SHOWN),
    next: count.nullable(),
  }),
  z.strictObject({
    type: z.literal('officer-request'),
    id,
    request: requestShape,
    act: signedAct,
    /** Device, issuer and root (DER) of who signed it. */
    chain: z.array(bytes(2_048)).length(3),
  }),
  z.strictObject({
    type: z.literal('officer-holds'),
    id,
    holds: z.array(
      z.strictObject({
        hold: count,
        time: milliseconds,
        matter: z.string(),
        officer: z.string(),
        reason: z.string(),
      }),
    ),
  }),
  z.strictObject({
    type: z.literal('officer-policy'),
    id,
    inForce: z.string().max(MAX_POLICY_LENGTH),
    waiting: z.string().max(MAX_POLICY_LENGTH).nullable(),
  }),
] as const;

export type ShownRequest = z.infer<typeof requestShape>;
