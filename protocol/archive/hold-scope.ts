/** What a legal hold is on: of each kind that is named one must be met, and every kind that is. */
import { z } from 'zod';
import { milliseconds } from '../encoding/index.ts';

/** Names of one kind in a scope. */
const MAX_SCOPE = 64;

export const holdScopeShape = z.strictObject({
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

export type HoldScope = z.infer<typeof holdScopeShape>;
