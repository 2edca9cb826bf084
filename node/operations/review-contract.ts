/** The operations of the contract about reviews, contacts and reports: what is known of them without what was said. */
import { z } from 'zod';
import { VERDICTS } from '../../protocol/statement/report.ts';
import { MAX_REVIEW_REASON_LENGTH, REVIEW_OUTCOMES } from '../../protocol/wire/review-frames.ts';
import { page, time } from './identity-shapes.ts';

const sequence = z.number().int().nonnegative();
const address = z.string().max(320);
const actor = address.default('operator');
const why = z.string().max(MAX_REVIEW_REASON_LENGTH).default('');

const finding = z.object({
  type: z.string(),
  kind: z.string().nullable(),
  place: z.string(),
  start: z.number(),
  end: z.number(),
});

const item = z.object({
  /** The entry that waits, or waited. */
  entry: z.number(),
  time,
  /** A decision of the policy, what a member reported, or what a partner reported of a member. */
  what: z.enum(['decision', 'report', 'notice']),
  sender: z.string(),
  direction: z.enum(['out', 'in']),
  message: z.string(),
  /** Its entry; null where it was not let in. */
  position: z.number().nullable(),
  policy: z.number().nullable(),
  outcome: z.string(),
  reasons: z.array(
    z.object({
      rule: z.string(),
      control: z.string(),
      outcome: z.string(),
      /** The first ones, and how many there were. */
      findings: z.array(finding),
      found: z.number(),
    }),
  ),
  reporter: z.string().nullable(),
  /** What a partner's officers decided of what it had reported, where the item says that. */
  verdict: z.enum(VERDICTS).optional(),
  review: z
    .object({
      entry: z.number(),
      time,
      actor: z.string(),
      outcome: z.enum(REVIEW_OUTCOMES),
      reason: z.string(),
    })
    .nullable(),
});

const person = z.object({
  address: z.string(),
  name: z.string(),
  domain: z.string(),
  level: z.string(),
  /** Messages that wait, since when, and for whom of ours. */
  messages: z.number(),
  since: time,
  members: z.array(z.string()),
  /** Whom they imitate; null where nobody. */
  imitates: z.string().nullable(),
  /** Whether those it was written to may accept them. */
  receiversAccept: z.boolean(),
});

const report = z.object({
  entry: z.number(),
  time,
  /** Made by a member, or received from a partner. */
  what: z.enum(['made', 'received']),
  message: z.string(),
  position: z.number(),
  sender: z.string(),
  /** The member or the partner that reports, and why. */
  reporter: z.string(),
  reason: z.string(),
  state: z.enum(['reported', 'confirmed', 'dismissed', 'waiting', 'seen']),
  /** The partner that is told, and when it gave notice; null where there is none, or it did not yet. */
  partner: z.string().nullable(),
  told: time.nullable(),
  /** Of one that was received: what its officers decided of it, as they last told; null where they told nothing. */
  verdict: z.enum(VERDICTS).nullable(),
});

const one = { person: address, member: address.optional(), actor, reason: why };

export const REVIEW_OPERATIONS = {
  /** What waits, the oldest first, or with `all` what ever did, the newest first; `from` is the cursor. */
  'review.list': {
    input: z.object({ ...page, all: z.boolean().default(false), from: sequence.optional() }),
    output: z.object({
      items: z.array(item),
      next: z.number().nullable(),
      waiting: z.number(),
      oldest: time.nullable(),
    }),
  },
  /** What came and what was decided within times, by rule, reviewer and decision. */
  'review.report': {
    input: z.object({ since: time.optional(), until: time.optional() }),
    output: z.object({
      waiting: z.number(),
      /** Since when the oldest waits, and for how many seconds. */
      oldest: time.nullable(),
      oldestAge: z.number().nullable(),
      came: z.number(),
      decided: z.number(),
      rules: z.array(
        z.object({ rule: z.string(), control: z.string(), came: z.number(), waiting: z.number() }),
      ),
      reviewers: z.array(
        z.object({
          reviewer: z.string(),
          outcome: z.enum(REVIEW_OUTCOMES),
          decided: z.number(),
          /** Seconds that it had waited, on average. */
          waited: z.number(),
        }),
      ),
    }),
  },
  /** Who waits to be accepted, and whom somebody accepted or declined, newest first; `before` is the cursor of the latter. */
  'contact.list': {
    input: z.object({ ...page, before: sequence.optional() }),
    output: z.object({
      waiting: z.array(person),
      /** Whether more wait than were looked at. */
      more: z.boolean(),
      decided: z.array(
        z.object({
          entry: z.number(),
          time,
          person: z.string(),
          /** For whom of ours; null for everybody. */
          member: z.string().nullable(),
          accepted: z.boolean(),
          actor: z.string(),
          reason: z.string(),
        }),
      ),
      next: z.number().nullable(),
    }),
  },
  'contact.accept': { input: z.object(one), output: z.object({ person: z.string(), released: z.number() }) },
  'contact.decline': { input: z.object(one), output: z.object({ person: z.string(), rejected: z.number() }) },
  /** Reports of phishing, ours and partners', newest first; `before` is the cursor. */
  'report.list': {
    input: z.object({ ...page, before: sequence.optional() }),
    output: z.object({ reports: z.array(report), next: z.number().nullable() }),
  },
  'report.show': {
    input: z.object({ entry: sequence }),
    output: z.object({
      report,
      review: item.shape.review,
      /** By what other messages go with it: whether by its device, by how many hosts of links, whether by its file. */
      traits: z.object({ device: z.boolean(), hosts: z.number(), file: z.boolean() }),
      /** Decisions that hold or held a message for it, the oldest first, and whether there are more. */
      held: z.array(z.object({ decision: z.number(), state: z.string() })),
      more: z.boolean(),
    }),
  },
} as const;
