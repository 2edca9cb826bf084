/** What the log's entries about policy say: the policy itself, what it decided, what people decided about that, and who is accepted. */
import { z } from 'zod';
import { count, hash32 } from '../../protocol/encoding/index.ts';
import { CONTROLS, MAX_FINDINGS, MAX_POLICY_BYTES, OUTCOMES } from '../../protocol/policy/index.ts';
import { REPORT_TRAITS, REVIEW_OUTCOMES } from '../../protocol/wire/index.ts';

const MAX_REASONS = 256;
const MAX_WORDS = 1_024;

const address = z.string().max(320);
const words = z.string().max(MAX_WORDS);

export const policyRecordShape = z.strictObject({
  v: z.literal(1),
  /** Counts up from 1. */
  number: count.min(1),
  /** The file as it was written, comments and all. */
  text: z.string().max(MAX_POLICY_BYTES),
  actor: address,
  reason: words,
  /** SHA-256 of the act that approved it; of the one that asks, where one officer brings it; left out where an operator did. */
  act: hash32.optional(),
});

const findingShape = z.strictObject({
  type: z.string().max(160),
  kind: z.string().max(64).nullable(),
  place: z.string().max(512),
  start: count,
  end: count,
});

export const decisionShape = z.strictObject({
  v: z.literal(1),
  /** The id of the message; of one that was blocked nothing else is kept. */
  message: hash32,
  conversation: hash32,
  sender: address,
  direction: z.enum(['out', 'in']),
  /** The number of the policy that decided. */
  policy: count,
  outcome: z.enum(['allow', 'warn', 'redact', 'hold', 'block']),
  /** Whether somebody has to look at it. */
  flagged: z.boolean(),
  reasons: z
    .array(
      z.strictObject({
        rule: z.string().max(64),
        control: z.enum(CONTROLS),
        outcome: z.enum(OUTCOMES),
        findings: z.array(findingShape).max(MAX_FINDINGS),
        /** How many there were in all. */
        found: count,
      }),
    )
    .max(MAX_REASONS),
  /** Why the sender sent it although they were warned; null where they were not. */
  confirmed: words.nullable(),
  /** It is held since nobody knows who wrote it, and the organisation alone may let them in. */
  organisation: z.literal(true).optional(),
});

/** What came of test messages that were made to meet rules: none of them was archived as a message, or delivered. */
/** What was found out about a file before its message was decided about, without a word of what it says. */
export const inspectionShape = z.strictObject({
  v: z.literal(1),
  message: hash32,
  /** The file's own SHA-256. */
  digest: hash32,
  /** Its media type, by its bytes. */
  type: z.string().max(255),
  /** As policy asks for them, such as `infected` or `unreadable`. */
  states: z.array(z.string().max(32)).max(16),
  /** Kinds of risks, each once. */
  risks: z.array(z.string().max(32)).max(32),
  /** Why some of it was not read; null where all of it was. */
  failed: z.string().max(256).nullable(),
  /** What each scanner said, and by which signatures; `name` is of the malware, or why the scan failed. */
  verdicts: z
    .array(
      z.strictObject({
        scanner: z.string().max(64),
        state: z.enum(['clean', 'infected', 'failed']),
        name: z.string().max(200).optional(),
        engine: z.string().max(200),
      }),
    )
    .max(8),
});

export const canaryShape = z.strictObject({
  v: z.literal(1),
  /** The number of the policy that was tried. */
  policy: count,
  results: z
    .array(
      z.strictObject({
        rule: z.string().max(64),
        /** SHA-256 of the rule with all that it refers to: of another wording the trial says nothing. */
        wording: hash32,
        /** Whether it bit in every way that was tried, missed in one, or no test message could be made. */
        outcome: z.enum(['bit', 'missed', 'unmade']),
        detail: words,
      }),
    )
    .max(MAX_REASONS),
  actor: address,
});

/** That somebody looked at the acts of oversight, from the newest on: recorded where there were new ones. */
export const auditReadShape = z.strictObject({
  v: z.literal(1),
  actor: address,
  /** Entries below it were there to be seen. */
  until: count,
});

export const reviewShape = z.strictObject({
  v: z.literal(1),
  /** The entry that it is about: a decision, or a report. */
  decision: count,
  message: hash32,
  /**
   * `release` and `reject` end a hold; `seen` is said of what was only flagged, and of what a partner reported; `confirm` and
   * `dismiss` of what a member reported. What is `escalated` waits on, for another officer.
   */
  outcome: z.enum(REVIEW_OUTCOMES),
  actor: address,
  /** The peer id of the officer's device; null where it follows from something else that was decided. */
  device: z.string().nullable(),
  reason: words,
  /** With `confirm`: by what other messages are blocked from then on. */
  matching: z.array(z.enum(REPORT_TRAITS)).max(REPORT_TRAITS.length).optional(),
  /** It was turned down because whoever wrote it was declined: it comes when they are accepted after all. */
  declined: z.literal(true).optional(),
});

export const contactShape = z.strictObject({
  v: z.literal(1),
  /** Somebody of a partner. */
  person: address,
  accepted: z.boolean(),
  /** For whom of us; null for everybody. */
  member: address.nullable(),
  actor: address,
  reason: words,
});
