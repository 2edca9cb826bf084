/** The operations of the contract about requests for preservation between organisations. */
import { z } from 'zod';
import {
  MAX_MATTER_LENGTH,
  MAX_PRESERVATION_REASON_LENGTH,
  MAX_PRESERVED_NAMES,
} from '../../protocol/statement/preservation.ts';
import { time } from './identity-shapes.ts';

/** The hex of an id, or how it begins. */
const id = z.string().regex(/^[0-9a-f]{8,64}$/);
const actor = z.string().max(320);
const why = z.string().max(MAX_PRESERVATION_REASON_LENGTH);
const names = z.array(z.string().max(320)).max(MAX_PRESERVED_NAMES).default([]);

const preservation = z.object({
  id: z.string(),
  /** The other organisation, and whether we asked it or it asked us. */
  partner: z.string(),
  direction: z.enum(['sent', 'received']),
  state: z.enum(['requested', 'delivered', 'accepted', 'declined', 'withdrawn']),
  /** Whether the partner has all that we said of it, and why it was not taken the last time. */
  told: z.boolean(),
  problem: z.object({ code: z.string(), message: z.string() }).nullable(),
  matter: z.string(),
  people: z.array(z.string()),
  conversations: z.array(z.string()),
  from: time.nullable(),
  until: time.nullable(),
  /** The officer who asks, why, and when. */
  officer: z.string(),
  reason: z.string(),
  asked: time,
  /** The entry of the hold that accepting it placed here; null where none did. */
  hold: z.number().nullable(),
});

const one = z.object({ id, actor, reason: why.min(1) });

export const PRESERVATION_OPERATIONS = {
  /** Asks a partner to preserve what was exchanged with it; it waits until the partner is reached. */
  'preservation.request': {
    input: z.object({
      domain: z.string().max(253),
      matter: z.string().min(1).max(MAX_MATTER_LENGTH),
      people: names,
      conversations: names,
      from: time.nullable().default(null),
      until: time.nullable().default(null),
      actor,
      reason: why.min(1),
    }),
    output: preservation,
  },
  'preservation.withdraw': { input: one, output: preservation },
  /** Accepts a partner's: places a hold for its matter, on what was exchanged with that partner. */
  'preservation.accept': { input: one.extend({ reason: why.default('') }), output: preservation },
  'preservation.decline': { input: one, output: preservation },
  'preservation.list': {
    input: z.object({ all: z.boolean().default(false) }),
    output: z.object({ preservations: z.array(preservation) }),
  },
  'preservation.show': {
    input: z.object({ id }),
    output: z.object({
      preservation,
      /** What was said of it, oldest first: each an entry of the log. */
      history: z.array(
        z.object({
          sequence: z.number(),
          time,
          state: z.string(),
          told: z.boolean(),
          actor: z.string(),
          reason: z.string(),
          /** Who signed what came to this: a domain; null where nothing was. */
          signedBy: z.string().nullable(),
        }),
      ),
    }),
  },
} as const;
