/** How a member's device is told of legal holds that name its owner, and says that they were told. */
import { z } from 'zod';
import { holdNoticeTextShape } from '../archive/index.ts';
import { count } from '../encoding/index.ts';

/**
 * Holds that a device is told of at a time, oldest first; more are told of once these are acknowledged. With the longest texts
 * (three bytes a character) they take 0.4 MB: less than half a frame.
 */
export const MAX_HOLD_NOTICES = 32;

const holdNoticeShape = z.strictObject({
  /** Its entry in the organisation's log. */
  hold: count,
  matter: z.string().min(1).max(128),
  text: holdNoticeTextShape,
});

/** What a device is told at the beginning of its session, as far as its owner has not acknowledged it. */
export const holdNoticesShape = z.array(holdNoticeShape).max(MAX_HOLD_NOTICES);

/** A legal hold in force that names the member as a person. */
export type HoldNotice = z.infer<typeof holdNoticeShape>;

export const holdRequestShapes = [
  /** Whoever uses the device was told of a hold, by its entry, and has acknowledged it. */
  z.strictObject({ type: z.literal('acknowledge-hold'), id: count, hold: count }),
] as const;

export const holdAnswerShapes = [
  /** That is an entry of the log now. */
  z.strictObject({ type: z.literal('hold-acknowledged'), id: count }),
] as const;
