/** The operations of the contract about schedules, legal holds and erasure. */
import { z } from 'zod';
import { holdNoticeTextShape } from '../../protocol/archive/hold-notice.ts';
import { reason } from './contract-shapes.ts';
import { time } from './identity-shapes.ts';

const matter = z.string().min(1).max(128);
/** The officer who acts, by address: what the admin socket proves of that is in the README of retention. */
const actor = z.string().max(320);
const sequence = z.number().int().nonnegative();
const names = z.array(z.string().max(320)).max(64).default([]);

const hold = z.object({
  sequence: z.number(),
  matter: z.string(),
  placed: time,
  actor: z.string(),
  reason: z.string(),
  people: z.array(z.string()),
  conversations: z.array(z.string()),
  organisations: z.array(z.string()),
  words: z.array(z.string()),
  /** The partner on whose request it is, on nothing but what was exchanged with it; null for a hold of our own. */
  exchangedWith: z.string().nullable(),
  from: time.nullable(),
  until: time.nullable(),
  /** What custodians are told; null where nobody is told. */
  notice: z.string().nullable(),
  /** The entry that released it; null while it is in force. */
  released: z.number().nullable(),
});

const release = z.object({
  matter: z.string(),
  request: z.number(),
  expires: time,
  /** The entries of the holds. */
  holds: z.array(z.number()),
});

const erasure = z.object({
  sequence: z.number(),
  person: z.string(),
  asked: time,
  state: z.enum(['requested', 'erased', 'deferred', 'refused']),
  ground: z.string(),
  outcome: z.string(),
  until: time.nullable(),
  erased: z.number(),
  left: z.number(),
  actor: z.string(),
});

const count = z.object({
  schedule: z.string(),
  messages: z.number(),
  goes: z.number(),
  held: z.number(),
  waits: z.number(),
  next: time.nullable(),
});

export const RETENTION_OPERATIONS = {
  'retention.show': {
    input: z.object({}),
    output: z.object({
      disposalsPerHour: z.number(),
      schedules: z.array(
        z.object({
          name: z.string(),
          for: z.object({
            conversation: z.string().optional(),
            organisation: z.string().optional(),
            role: z.string().optional(),
            content: z.string().optional(),
          }),
          floorDays: z.number(),
          ceilingDays: z.number().nullable(),
        }),
      ),
    }),
  },
  /** The next look for what must go, ahead of its time. `ahead` is false where that was had already. */
  'retention.run': {
    input: z.object({}),
    output: z.object({ ahead: z.boolean(), disposed: z.number(), kept: z.number() }),
  },
  /** A page of a dry run: what is there by schedule, what would go now, and what keeps the rest. `from` is the cursor. */
  'retention.preview': {
    input: z.object({ from: sequence.default(0) }),
    output: z.object({ counts: z.array(count), next: z.number().nullable() }),
  },
  /** What was disposed of, newest first; `before` is the cursor: certificates below that entry. */
  'retention.report': {
    input: z.object({ before: sequence.optional(), limit: z.number().int().min(1).max(500).default(50) }),
    output: z.object({
      certificates: z.array(
        z.object({
          sequence: z.number(),
          time,
          ground: z.string(),
          schedule: z.string(),
          contents: z.number(),
          first: z.number(),
          last: z.number(),
        }),
      ),
      next: z.number().nullable(),
    }),
  },
  'hold.place': {
    input: z.object({
      matter,
      people: names,
      conversations: names,
      organisations: names,
      words: names,
      from: time.nullable().default(null),
      until: time.nullable().default(null),
      actor,
      reason: reason.min(1),
      /** Told to every member whom it names; left out, nobody is told. */
      notice: holdNoticeTextShape.optional(),
    }),
    output: hold,
  },
  'hold.list': {
    input: z.object({ all: z.boolean().default(false) }),
    output: z.object({ holds: z.array(hold) }),
  },
  'hold.show': {
    input: z.object({ matter }),
    output: z.object({
      holds: z.array(hold),
      /** Whom each of the holds is told to, and when they acknowledged it. */
      custodians: z.array(z.object({ hold: z.number(), person: z.string(), acknowledged: time.nullable() })),
      /** The request to release that waits for a second officer. */
      request: release.extend({ actor: z.string(), reason: z.string() }).nullable(),
    }),
  },
  'hold.release': { input: z.object({ matter, actor, reason: reason.min(1) }), output: release },
  'hold.approve': {
    input: z.object({ matter, actor, request: sequence.nullable().default(null) }),
    output: release,
  },
  'erasure.request': {
    input: z.object({ person: z.string().max(320), ground: reason.min(1), actor }),
    output: erasure,
  },
  'erasure.list': { input: z.object({}), output: z.object({ erasures: z.array(erasure) }) },
  'erasure.show': { input: z.object({ sequence }), output: erasure },
} as const;
