/** What the log's entries about recording itself say. */
import { z } from 'zod';
import { hash32, milliseconds } from '../../protocol/encoding/index.ts';

/** Why nothing could be recorded. */
const ABSENCE_REASONS = [
  /** No node was up that could have. */
  'node-down',
  /** The node was up, and its archive took nothing: `codes` say why. */
  'archive-refused',
  /** Since when the node was not up is not known: the mark that would tell was missing or damaged. */
  'started-without-mark',
] as const;

/** Codes named in one entry. */
const MAX_CODES = 16;

/** Times are the log's receipt times, so they never go back, and never reach before the entry that was the last. */
export const absenceShape = z.strictObject({
  v: z.literal(1),
  from: milliseconds,
  until: milliseconds,
  /** How long it was, in milliseconds, by a clock that nobody set meanwhile as far as is known; null where that is not known. */
  lasted: milliseconds.nullable(),
  reason: z.enum(ABSENCE_REASONS),
  /** With which codes the archive refused. */
  codes: z.array(z.string().max(64)).max(MAX_CODES),
  /** By how many milliseconds the clock had been set back when the node started again: then nobody knows how long it was. */
  setBack: milliseconds,
  detail: z.string().max(512),
});

/** A member acknowledged on a device that they were told that what they write is recorded. */
export const recordingNoticeShape = z.strictObject({
  v: z.literal(1),
  person: z.string(),
  /** The peer id of the device. */
  device: z.string(),
  language: z.string().max(35),
  /** SHA-256 of the text in UTF-8. */
  version: hash32,
  /** Null where an entry before has it. */
  text: z.string().max(4_096).nullable(),
});
