/** What devices are told of the organisation's policy about a message, and what they answer. */
import { z } from 'zod';
import { count, hash32 } from '../encoding/index.ts';

const MAX_REASON_LENGTH = 1_024;

/** A message that the policy warned of is sent all the same, for this reason. */
export const confirmationShape = z.strictObject({
  message: hash32,
  reason: z.string().min(1).max(MAX_REASON_LENGTH),
});

/** A piece of a text that may not go, in UTF-16 units, and what it is. */
export const redactionShape = z.strictObject({ start: count, end: count, type: z.string().max(160) });

/** What the policy says of a message, to who is shown it. */
export const ruledShape = z.strictObject({
  /** It waits for a review, or was turned down: only who wrote it sees it. */
  held: z.literal(true).optional(),
  /** It was reported as phishing, and nobody is shown what it says: an officer has yet to decide, or confirmed it. */
  reported: z.enum(['reported', 'confirmed']).optional(),
  /** What to beware of, for who reads it. */
  warnings: z.array(z.string().max(512)),
  /** What readers are not shown of its text. */
  redactions: z.array(redactionShape),
});

export type Confirmation = z.infer<typeof confirmationShape>;
export type Redaction = z.infer<typeof redactionShape>;
export type Ruled = z.infer<typeof ruledShape>;
