/**
 * What a compliance officer's device asks about what waits for a review: the queue, one item of it, and what is decided about
 * that in the name of its member. Nothing in it says what was said: a message is opened as any other of the archive is.
 */
import { z } from 'zod';
import { count, hash32, milliseconds } from '../encoding/index.ts';
import { VERDICTS } from '../statement/index.ts';

/** Items in one answer. */
export const MAX_REVIEWS = 32;

/** Of each item in a list: reasons, and findings of each; of one item by itself. */
export const LISTED_REASONS = 16;
export const LISTED_FINDINGS = 8;
export const MAX_SHOWN_REASONS = 64;
export const MAX_SHOWN_FINDINGS = 32;

/** Characters of why something was decided. */
export const MAX_REVIEW_REASON_LENGTH = 1_024;

/** What can be decided: of what is held, of what was only flagged, of what was reported, and of all of it. */
export const REVIEW_OUTCOMES = ['release', 'reject', 'seen', 'confirm', 'dismiss', 'escalated'] as const;

export type ReviewOutcome = (typeof REVIEW_OUTCOMES)[number];

/** By what other messages go with one that was reported. */
export const REPORT_TRAITS = ['device', 'host', 'file'] as const;

export type ReportTrait = (typeof REPORT_TRAITS)[number];

const id = count;

export const reviewRequestShapes = [
  /** What waits, the oldest first, from after an entry; with `all` what ever waited, the newest first, from before one. */
  z.strictObject({
    type: z.literal('review-list'),
    id,
    all: z.boolean(),
    from: count.nullable(),
    limit: count.min(1).max(MAX_REVIEWS),
  }),
  z.strictObject({ type: z.literal('review-show'), id, entry: count }),
  z.strictObject({
    type: z.literal('review-decide'),
    id,
    entry: count,
    outcome: z.enum(REVIEW_OUTCOMES),
    reason: z.string().max(MAX_REVIEW_REASON_LENGTH),
    /** With `confirm`: by what other messages are blocked from then on; all three where it is left out. */
    matching: z.array(z.enum(REPORT_TRAITS)).max(REPORT_TRAITS.length).optional(),
  }),
] as const;

const findingShape = z.strictObject({
  type: z.string().max(160),
  kind: z.string().max(64).nullable(),
  place: z.string().max(512),
  start: count,
  end: count,
});

const reasonShape = z.strictObject({
  rule: z.string().max(64),
  /** The enforcement point, and what the rule asks for: words of `protocol/policy`, which devices need not know. */
  control: z.string().max(32),
  outcome: z.string().max(16),
  /** The first ones, and how many there were in all. */
  findings: z.array(findingShape).max(MAX_SHOWN_FINDINGS),
  found: count,
});

const reviewItemShape = z.strictObject({
  /** The entry that waits, and when it came. */
  entry: count,
  time: milliseconds,
  /** A decision of the policy, what one of our members reported, or what a partner reported of one of them. */
  what: z.enum(['decision', 'report', 'notice']),
  sender: z.string(),
  direction: z.enum(['out', 'in']),
  message: hash32,
  /** Its entry; null where it is not archived. */
  position: count.nullable(),
  /** The number of the policy that decided; null where none did. */
  policy: count.nullable(),
  /** What became of it at once; a report is `reported`. */
  outcome: z.enum(['allow', 'warn', 'redact', 'hold', 'block', 'reported']),
  reasons: z.array(reasonShape).max(MAX_SHOWN_REASONS),
  /** Why the sender sent it although they were warned. */
  confirmed: z.string().nullable(),
  /** Of a report: who made it, a member or a partner, and why. */
  reporter: z.string().nullable(),
  reason: z.string(),
  /** Of a `notice` that says what a partner's officers decided of what it had reported: that. */
  verdict: z.enum(VERDICTS).optional(),
  /** What was last decided about it; null while nothing was. */
  review: z
    .strictObject({
      entry: count,
      time: milliseconds,
      actor: z.string(),
      outcome: z.enum(REVIEW_OUTCOMES),
      reason: z.string(),
    })
    .nullable(),
  /** What this member may decide about it now. */
  may: z.array(z.enum(REVIEW_OUTCOMES)),
});

export const reviewAnswerShapes = [
  z.strictObject({
    type: z.literal('review-listed'),
    id,
    items: z.array(reviewItemShape).max(MAX_REVIEWS),
    /** To ask on from; null at the end. */
    next: count.nullable(),
    /** How many wait, and since when the oldest does (milliseconds). */
    waiting: count,
    oldest: milliseconds.nullable(),
  }),
  z.strictObject({ type: z.literal('review-shown'), id, item: reviewItemShape }),
  z.strictObject({
    type: z.literal('review-decided'),
    id,
    item: reviewItemShape,
    /** Messages that were let go, or turned down, with it. */
    released: count,
    rejected: count,
  }),
] as const;

export type ReviewItem = z.infer<typeof reviewItemShape>;
