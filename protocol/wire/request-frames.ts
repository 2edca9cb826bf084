/**
 * What a member's device asks about people of partners who write for the first time, and what it reports. Of what waits to be
 * accepted it is told who wrote, never what.
 */
import { z } from 'zod';
import { count, hash32, milliseconds } from '../encoding/index.ts';
import { MAX_REPORT_REASON_LENGTH } from '../statement/index.ts';
import { personShape } from './signer.ts';

/** People in one answer. */
export const MAX_REQUESTING = 100;

const id = count;
const address = z.string().max(320);

export const memberRequestShapes = [
  /** People whose first messages wait until this member accepts them, those who wait longest first. */
  z.strictObject({ type: z.literal('message-requests'), id }),
  /** Accepts one of them, whose messages come then; or declines somebody, whose messages come no more. */
  z.strictObject({ type: z.literal('accept-person'), id, address }),
  z.strictObject({ type: z.literal('decline-person'), id, address }),
  /** Reports a message as phishing: it is hidden from everybody of the organisation until an officer has decided. */
  z.strictObject({
    type: z.literal('report-message'),
    id,
    message: hash32,
    reason: z.string().max(MAX_REPORT_REASON_LENGTH),
  }),
] as const;

const requestingShape = z.strictObject({
  person: personShape,
  /** Messages that wait, and since when (milliseconds). */
  messages: count,
  since: milliseconds,
  /** Whom they imitate, by the domain or the name they have: a domain or an address; null where nobody. */
  imitates: z.string().nullable(),
  /** Whether this member may accept them; else the organisation alone does. */
  mayAccept: z.boolean(),
});

export const memberAnswerShapes = [
  z.strictObject({
    type: z.literal('message-requests'),
    id,
    people: z.array(requestingShape).max(MAX_REQUESTING),
    /** Whether there are more than were told. */
    more: z.boolean(),
  }),
  /** How many messages came, or were turned down, with it. */
  z.strictObject({ type: z.literal('person-accepted'), id, released: count }),
  z.strictObject({ type: z.literal('person-declined'), id, rejected: count }),
  z.strictObject({
    type: z.literal('message-reported'),
    id,
    /** The entry of the report. */
    report: count,
    /** The partner that is told; null where the message came from none. */
    told: z.string().nullable(),
  }),
] as const;

export type Requesting = z.infer<typeof requestingShape>;
