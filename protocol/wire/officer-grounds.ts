/** Why a compliance officer looks, and what for: the same for messages and for the files that come with them. */
import { z } from 'zod';

/** Characters of a purpose, and of the name of a case. */
export const MAX_PURPOSE_LENGTH = 512;
export const MAX_CASE_LENGTH = 128;

/** Why somebody looks: both are kept for as long as the log is. */
export const groundsShape = z.strictObject({
  purpose: z.string().regex(/\S/, 'says nothing').max(MAX_PURPOSE_LENGTH),
  /** The case that it is for; empty where there is none. */
  case: z.string().max(MAX_CASE_LENGTH),
});

/** What the entries are asked for: to be read, or to be handed on. It is on record. */
export const openingShape = z.enum(['open', 'export']);

export type Grounds = z.infer<typeof groundsShape>;
