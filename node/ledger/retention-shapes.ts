/** What the log's entries about holds and erasure say. */
import { z } from 'zod';
import { holdNoticeTextShape, holdScopeShape } from '../../protocol/archive/index.ts';
import { count, hash32, milliseconds } from '../../protocol/encoding/index.ts';

const entries = z.array(count);

/** SHA-256 of the officer's signed act that it follows from; left out where an operator named the officer. */
const act = hash32.optional();

export const holdShape = z.strictObject({
  v: z.literal(1),
  matter: z.string().min(1).max(128),
  scope: holdScopeShape,
  actor: z.string(),
  reason: z.string(),
  /** What our members whom the scope names are told; left out, nobody is told. */
  notice: holdNoticeTextShape.optional(),
  act,
});

/** A custodian acknowledged on a device that they were told of a hold. */
export const holdNoticeShape = z.strictObject({
  v: z.literal(1),
  /** The entry of the hold. */
  hold: count,
  person: z.string().max(320),
  /** The peer id of the device. */
  device: z.string(),
});

/** One officer asks that a matter's holds end, and another agrees to that very request. */
export const releaseShape = z.strictObject({
  v: z.literal(1),
  matter: z.string().min(1).max(128),
  state: z.enum(['requested', 'approved']),
  /** The entries of the holds that end. */
  holds: entries.min(1).max(256),
  /** The entry of the request that is approved. */
  request: count.nullable(),
  /** Until when it can be approved. */
  expires: milliseconds,
  actor: z.string(),
  reason: z.string(),
  act,
});

/** Somebody asks that what they wrote be erased, and what became of it. */
export const erasureShape = z.strictObject({
  v: z.literal(1),
  person: z.string().max(320),
  state: z.enum(['requested', 'erased', 'deferred', 'refused']),
  /** The entry of the request; null in itself. */
  request: count.nullable(),
  /** Why it is asked for. */
  ground: z.string(),
  /** Why it ended like this; empty before. */
  outcome: z.string(),
  /** The latest date until which something of it is kept. */
  until: milliseconds.nullable(),
  /** How many messages are gone by now, and how many are left. */
  erased: count,
  left: count,
  actor: z.string(),
  act,
});
