/**
 * Enrolment: a single-use code for a certificate. The key that is certified is the key of the Noise channel, so
 * it is made on the device, is proven by the handshake, and never leaves it.
 */
import { z } from 'zod';
import { bytes } from '../encoding/index.ts';
import { MAX_STRANGER_FRAME_BYTES } from './protocols.ts';
import { refusalShape } from './refusal.ts';

export const enrolShape = z.strictObject({
  type: z.literal('enrol'),
  v: z.literal(1),
  /** The code as printed by `invite`. */
  code: z.string().max(64),
  /** The member's address; null for a node of the organisation. */
  address: z.string().max(320).nullable(),
  /** A name for the device that its member and operators will recognise. */
  label: z.string().max(64),
  /** For a node: where it will listen (multiaddrs). */
  addresses: z.array(z.string().max(256)).max(16),
});

export const enrolAnswerShape = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('enrolled'),
    /** The identity bundle to show from now on. */
    bundle: bytes(MAX_STRANGER_FRAME_BYTES),
    /** Where the organisation's nodes are (multiaddrs with peer id). */
    nodes: z.array(z.string().max(256)).max(64),
  }),
  refusalShape,
]);

export type EnrolFrame = z.infer<typeof enrolShape>;
export type EnrolAnswer = z.infer<typeof enrolAnswerShape>;
