/** What the log's entries about holds and erasure say. */
import { z } from 'zod';
import { count, milliseconds } from '../../protocol/encoding/index.ts';

/** Names of one kind in the scope of a hold. */
const MAX_SCOPE = 64;

const entries = z.array(count);

/** What a hold is on: of each kind that is named one must be met, and every kind that is. */
const holdScope = z.strictObject({
  people: z.array(z.string().max(320)).max(MAX_SCOPE),
  /** Ids in hex. */
  conversations: z.array(z.string().length(64)).max(MAX_SCOPE),
  organisations: z.array(z.string().max(253)).max(MAX_SCOPE),
  words: z.array(z.string().min(1).max(256)).max(MAX_SCOPE),
  /** The partner with whom it was exchanged: asked for by that partner, and on nothing else. */
  exchangedWith: z.string().max(253).optional(),
  /** Received from (inclusive) to (exclusive); null for no bound. */
  from: milliseconds.nullable(),
  until: milliseconds.nullable(),
});

export const holdShape = z.strictObject({
  v: z.literal(1),
  matter: z.string().min(1).max(128),
  scope: holdScope,
  actor: z.string(),
  reason: z.string(),
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
});
