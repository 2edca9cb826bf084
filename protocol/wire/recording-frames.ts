/** How a member's device is told that what is written is recorded, and says that its owner was. */
import { z } from 'zod';
import { count, hash32 } from '../encoding/index.ts';

/** Languages that a device asks for. */
const MAX_LANGUAGES = 8;

/** Characters of a language tag: BCP 47 (RFC 5646, section 4.4.1) asks for at least so many. */
const MAX_TAG_LENGTH = 35;

/** Characters of a notice: a page. */
export const MAX_NOTICE_LENGTH = 4_096;

/** A tag in the form of BCP 47; that its parts are registered is not asked. */
export const languageTagShape = z
  .string()
  .max(MAX_TAG_LENGTH)
  .regex(/^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$/, 'is not a language tag (BCP 47)');

/** With which languages, the best first, a device begins its session. */
export const languagesShape = z.array(languageTagShape).max(MAX_LANGUAGES);

/** What a device is told at the beginning of its session, for whoever uses it. */
export const recordingNoticeShape = z.strictObject({
  /** The language of the text, as near to those asked for as there is one. */
  language: languageTagShape,
  text: z.string().min(1).max(MAX_NOTICE_LENGTH),
  /** SHA-256 of the text in UTF-8. */
  version: hash32,
  /** Whether nothing is taken from this device before it is acknowledged. */
  required: z.boolean(),
  /** Whether this device acknowledged it, or the same in another language. */
  acknowledged: z.boolean(),
});

export type RecordingNotice = z.infer<typeof recordingNoticeShape>;

export const recordingRequestShapes = [
  /** Whoever uses the device was shown the notice, and has acknowledged it. */
  z.strictObject({ type: z.literal('acknowledge-recording'), id: count, version: hash32 }),
] as const;

export const recordingAnswerShapes = [
  /** That is an entry of the log now. */
  z.strictObject({ type: z.literal('recording-acknowledged'), id: count }),
] as const;
