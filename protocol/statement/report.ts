/**
 * Reports of phishing between organisations: one tells the other that a message of its people was reported, and has its
 * notice that this is archived. Guarantees: nothing of what was said travels, only the message's id and why it was reported.
 */
import { z } from 'zod';
import { hash32 } from '../encoding/index.ts';
import { parties } from './parties.ts';

/** Bytes of either statement: two domains and a reason of the longest kind. */
export const MAX_REPORT_BYTES = 4_096;

/** Characters of a reason. */
export const MAX_REPORT_REASON_LENGTH = 512;

export const REPORT_LETTERS = {
  report: z.strictObject({
    ...parties,
    /** The id of the message. */
    message: hash32,
    reason: z.string().max(MAX_REPORT_REASON_LENGTH),
  }),
  /** That a report, by the hash of its statement, is archived by who signs. */
  'report-notice': z.strictObject({ ...parties, about: hash32 }),
} as const;
