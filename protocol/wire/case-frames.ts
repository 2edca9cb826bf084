/**
 * What a compliance officer's device asks about cases, on its device stream: which it may read, how one stands, and what
 * happened in it, as the entries of the log that say so; and what it adds, in the name of its member.
 */
import { z } from 'zod';
import { caseNameShape, caseNoteShape, caseTagShape, MAX_TAGGED_AT_ONCE } from '../archive/index.ts';
import { bytes, count, milliseconds } from '../encoding/index.ts';

/** Cases in one answer, and events. */
export const MAX_CASES = 16;
export const MAX_CASE_EVENTS = 64;

/** Bytes of an event with its salt: a note, or a query, with room for names. */
const MAX_SALTED_EVENT = 32_800;

const id = count;

export const caseRequestShapes = [
  /** Cases that the member may read, newest first, from before the entry that opened one; closed ones as well with `all`. */
  z.strictObject({
    type: z.literal('case-list'),
    id,
    all: z.boolean(),
    before: count.nullable(),
    limit: count.min(1).max(MAX_CASES),
  }),
  /** The newest case of a name, or the one that an entry opened. */
  z.strictObject({ type: z.literal('case-show'), id, name: caseNameShape, opened: count.nullable() }),
  /** What happened in a case, oldest first, from after an entry. */
  z.strictObject({
    type: z.literal('case-events'),
    id,
    name: caseNameShape,
    opened: count,
    after: count.nullable(),
    limit: count.min(1).max(MAX_CASE_EVENTS),
  }),
  /** Puts a tag on messages, by their entries, or takes it off. */
  z.strictObject({
    type: z.literal('case-tag'),
    id,
    name: caseNameShape,
    tag: caseTagShape,
    entries: z.array(count).min(1).max(MAX_TAGGED_AT_ONCE),
    off: z.boolean(),
  }),
  /** Notes something on a case, or on one message. */
  z.strictObject({
    type: z.literal('case-note'),
    id,
    name: caseNameShape,
    text: caseNoteShape,
    about: count.nullable(),
  }),
] as const;

/** A case as it stands. */
const caseShape = z.strictObject({
  /** The entry that opened it, who did, and when. */
  sequence: count,
  actor: z.string(),
  opened: milliseconds,
  name: z.string(),
  title: z.string(),
  state: z.enum(['open', 'closed']),
  reviewers: z.array(z.string()),
  /** When something last happened in it, and how much there is. */
  newest: count,
  newestTime: milliseconds,
  events: count,
  searches: count,
  notes: count,
  messages: count,
  /** Messages with each tag. */
  tags: z.array(z.strictObject({ tag: z.string(), messages: count })),
});

/** An entry that records an event: its leaf, and what that commits to, salt first. */
const eventShape = z.strictObject({ sequence: count, entry: bytes(256), salted: bytes(MAX_SALTED_EVENT) });

export const caseAnswerShapes = [
  z.strictObject({
    type: z.literal('case-listed'),
    id,
    cases: z.array(caseShape).max(MAX_CASES),
    /** To ask on from; null at the end. An answer may hold nothing and yet not be the end. */
    next: count.nullable(),
  }),
  /** Also what comes of adding to it. */
  z.strictObject({ type: z.literal('case-shown'), id, case: caseShape }),
  z.strictObject({
    type: z.literal('case-events'),
    id,
    events: z.array(eventShape).max(MAX_CASE_EVENTS),
    /** To ask on from; null at the end. */
    after: count.nullable(),
  }),
] as const;

export type CaseInfo = z.infer<typeof caseShape>;
