/** The operations of the contract about cases. */
import { z } from 'zod';
import {
  caseNameShape,
  caseNoteShape,
  caseReasonShape,
  caseTagShape,
  caseTitleShape,
  MAX_TAGGED_AT_ONCE,
} from '../../protocol/archive/case-event.ts';
import { MAX_QUERY_LENGTH } from '../../protocol/search/query.ts';
import { grounds } from './contract-shapes.ts';
import { page, time } from './identity-shapes.ts';
import { SEARCH_OPERATIONS } from './search-contract.ts';

/** The officer who acts, by address: what the admin socket proves of that is in the README of retention. */
const actor = z.string().max(320);
const sequence = z.number().int().nonnegative();
const name = caseNameShape;
const entries = z.array(sequence).min(1).max(MAX_TAGGED_AT_ONCE);

/** A case as it stands. */
const caseShape = z.object({
  /** The entry that opened it. */
  sequence: z.number(),
  name: z.string(),
  title: z.string(),
  state: z.enum(['open', 'closed']),
  opened: time,
  actor: z.string(),
  reviewers: z.array(z.string()),
  /** Its newest event, and how much there is in it. */
  newest: time,
  events: z.number(),
  searches: z.number(),
  notes: z.number(),
  messages: z.number(),
  tags: z.array(z.object({ tag: z.string(), messages: z.number() })),
});

const run = z.object({ time, actor: z.string(), found: z.number(), newest: z.number().nullable() });

const event = z.object({
  sequence: z.number(),
  time,
  actor: z.string(),
  /** The peer id of the officer's device; null where the officer was named at the node. */
  device: z.string().nullable(),
  event: z.string(),
  /** What happened, in one line; a note in full where notes are asked for. */
  text: z.string(),
  /** The message that a note is on. */
  about: z.number().nullable(),
});

const changed = z.object({ case: caseShape });

export const CASE_OPERATIONS = {
  'case.open': { input: z.object({ name, title: caseTitleShape, actor }), output: changed },
  /** Those that the officer may read, newest first; `before` is the cursor: cases opened below that entry. */
  'case.list': {
    input: z.object({ ...page, actor, all: z.boolean().default(false), before: sequence.optional() }),
    output: z.object({ cases: z.array(caseShape), next: z.number().nullable() }),
  },
  /** The newest case of a name, or the one that an entry opened. */
  'case.show': {
    input: z.object({ name, actor, opened: sequence.optional() }),
    output: z.object({
      case: caseShape,
      searches: z.array(
        z.object({
          number: z.number(),
          query: z.string(),
          saved: time,
          actor: z.string(),
          /** When it was last run, and what it found. */
          run: run.nullable(),
        }),
      ),
    }),
  },
  /** What happened, oldest first, or the notes alone; `after` is the cursor: entries above it. */
  'case.events': {
    input: z.object({
      ...page,
      name,
      actor,
      opened: sequence.optional(),
      list: z.enum(['timeline', 'notes']).default('timeline'),
      after: sequence.optional(),
    }),
    output: z.object({ events: z.array(event), next: z.number().nullable() }),
  },
  /** The messages that are tagged, in the order of the log, or those with one tag; `after` is the cursor. */
  'case.messages': {
    input: z.object({
      ...page,
      name,
      actor,
      opened: sequence.optional(),
      tag: caseTagShape.optional(),
      after: sequence.optional(),
    }),
    output: z.object({
      messages: z.array(
        z.object({
          entry: z.number(),
          /** Whether its content was disposed of since. */
          disposed: z.boolean(),
          tags: z.array(z.object({ tag: z.string(), actor: z.string(), time })),
        }),
      ),
      next: z.number().nullable(),
    }),
  },
  /** Saves a search and runs it, or runs a saved one anew by its number; `before` is the cursor of what was found. */
  'case.search': {
    input: z.object({
      ...page,
      name,
      actor,
      query: z.string().max(MAX_QUERY_LENGTH).optional(),
      search: sequence.min(1).optional(),
      before: sequence.optional(),
      purpose: grounds.purpose,
    }),
    output: z.object({
      /** Its number in the case, and how many match; null below a cursor. */
      search: z.number().nullable(),
      count: z.number().nullable(),
      query: z.string(),
      found: SEARCH_OPERATIONS['archive.search'].output.shape.found,
      next: z.number().nullable(),
    }),
  },
  'case.tag': { input: z.object({ name, actor, tag: caseTagShape, entries }), output: changed },
  'case.untag': { input: z.object({ name, actor, tag: caseTagShape, entries }), output: changed },
  'case.note': {
    input: z.object({ name, actor, text: caseNoteShape, about: sequence.optional() }),
    output: changed,
  },
  'case.add-reviewer': { input: z.object({ name, actor, reviewer: z.string().max(320) }), output: changed },
  'case.remove-reviewer': {
    input: z.object({ name, actor, reviewer: z.string().max(320) }),
    output: changed,
  },
  'case.close': { input: z.object({ name, actor, reason: caseReasonShape }), output: changed },
  'case.reopen': { input: z.object({ name, actor, reason: caseReasonShape }), output: changed },
} as const;
