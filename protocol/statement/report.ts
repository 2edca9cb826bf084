/**
 * Reports of phishing between organisations: one tells the other that a message of its people was reported, and later what its
 * officers decided of that; of both it has the other's notice that it is archived. Guarantees: nothing of what was said travels,
 * only the message's id and why it was reported.
 */
import { z } from 'zod';
import { hash32 } from '../encoding/index.ts';
import { parties } from './parties.ts';

/** What officers decide of a report: it was right, or a false alarm. */
export const VERDICTS = ['confirmed', 'dismissed'] as const;

export type Verdict = (typeof VERDICTS)[number];

/** Bytes of any of these statements: two domains and a reason of the longest kind. */
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
  /**
   * What the officers of who reported a message decided of that; the newest counts. It comes in the frame of a report: a node that
   * knows nothing of it refuses the statement (`signature.invalid`), and nothing else.
   */
  'report-verdict': z.strictObject({ ...parties, message: hash32, outcome: z.enum(VERDICTS) }),
  /** That a report or a verdict, by the hash of its statement, is archived by who signs. */
  'report-notice': z.strictObject({ ...parties, about: hash32 }),
} as const;
