/** How a compliance officer's device has what the log holds about a person beside messages: on record, and opened by the node. */
import { z } from 'zod';
import { count, milliseconds } from '../encoding/index.ts';
import { groundsShape } from './officer-grounds.ts';
import { openShape } from './open-entry.ts';

/** Entries in one answer. */
export const MAX_ABOUT = 64;

const id = count;

export const officerAboutRequestShape = z.strictObject({
  type: z.literal('archive-about'),
  id,
  grounds: groundsShape,
  /** A canonical address. */
  person: z.string().max(320),
  /** Times in milliseconds, by the log, both ends within. */
  since: milliseconds.nullable(),
  until: milliseconds.nullable(),
  /** The first entry that may be among them. */
  from: count,
});

export const officerAboutAnswerShape = z.strictObject({
  type: z.literal('archive-about-found'),
  id,
  /** The entry that records it; null for an answer that goes on and holds nothing. */
  access: count.nullable(),
  records: z.array(openShape).max(MAX_ABOUT),
  /** To ask on from; null at the end. An answer may hold nothing and yet not be the end. */
  next: count.nullable(),
});
