/** The operations of the contract about what was overseen, and about times in which nothing could be recorded. */
import { z } from 'zod';
import { page, time } from './identity-shapes.ts';

/** A period in which nothing could be recorded. */
export const absence = z.object({
  /** The entry that records it, and its time. */
  sequence: z.number(),
  time,
  /** By the log's receipt times. */
  from: time,
  until: time,
  /** Milliseconds, by a clock; null where that is not known. */
  lasted: z.number().nullable(),
  reason: z.enum(['node-down', 'archive-refused', 'started-without-mark']),
  /** With which codes the archive refused. */
  codes: z.array(z.string()),
  /** Milliseconds by which the clock was set back meanwhile. */
  setBack: z.number(),
  detail: z.string(),
});

export const AUDIT_OPERATIONS = {
  /**
   * Acts of oversight, newest first; `before` is the cursor: recorded below that entry. Where few meet what is asked for a page
   * may be empty, with more to come.
   */
  audit: {
    input: z.object({
      ...page,
      by: z.string().max(320).optional(),
      case: z.string().max(128).optional(),
      entry: z.number().int().nonnegative().optional(),
      kind: z.string().max(64).optional(),
      since: time.optional(),
      until: time.optional(),
      before: z.number().int().nonnegative().optional(),
    }),
    output: z.object({
      acts: z.array(
        z.object({
          sequence: z.number(),
          time,
          kind: z.string(),
          actor: z.string(),
          /** The case, or the matter of a hold; empty where it is for none. */
          case: z.string(),
          /** The entries that it is about, 512 at most. */
          entries: z.array(z.number()),
          /** One line for a person. */
          text: z.string(),
        }),
      ),
      /** How often members acknowledged, within that time, that they are recorded. */
      acknowledgements: z.number(),
      next: z.number().nullable(),
    }),
  },
  /** Those that overlap a time, newest first; `before` is the cursor: recorded below that entry. */
  'archive.absences': {
    input: z.object({
      ...page,
      since: time.optional(),
      until: time.optional(),
      before: z.number().int().nonnegative().optional(),
    }),
    output: z.object({ absences: z.array(absence), next: z.number().nullable() }),
  },
} as const;
