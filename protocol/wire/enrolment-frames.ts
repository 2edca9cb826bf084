/**
 * What a stranger may say: that it wants to enrol, which trades a single-use code for a certificate; and, as a device
 * that was revoked and so is a stranger again, what its standing is, and that it is wiped. The key that is certified is
 * the key of the Noise channel: it is made on the device, is proven by the handshake, and never leaves it.
 */
import { z } from 'zod';
import { MAX_NOTICE_BYTES } from '../device/index.ts';
import { bytes, milliseconds } from '../encoding/index.ts';
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

/** Asks whether the device whose key this is was revoked. */
const standingShape = z.strictObject({ type: z.literal('standing'), v: z.literal(1) });

/** The device whose key this is was revoked, and has destroyed what it held. */
const wipedShape = z.strictObject({ type: z.literal('wiped'), v: z.literal(1) });

export const strangerRequestShape = z.discriminatedUnion('type', [enrolShape, standingShape, wipedShape]);

export const standingAnswerShape = z.discriminatedUnion('type', [
  /** The organisation's signed word that the device was revoked; null where it was not. */
  z.strictObject({ type: z.literal('standing'), notice: bytes(MAX_NOTICE_BYTES).nullable() }),
  refusalShape,
]);

export const wipedAnswerShape = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('noted') }),
  refusalShape,
]);

export const enrolAnswerShape = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('enrolled'),
    /** The identity bundle to show from now on. */
    bundle: bytes(MAX_STRANGER_FRAME_BYTES),
    /** Where the organisation's nodes are (multiaddrs with peer id). */
    nodes: z.array(z.string().max(256)).max(64),
  }),
  /** An operator has to approve the device: it asks again, with the same key and code. */
  z.strictObject({
    type: z.literal('pending'),
    /** Of the device’s key, to be read out to the operator. */
    fingerprint: z.string().max(64),
    /** When the request ends, in milliseconds. */
    until: milliseconds,
  }),
  refusalShape,
]);

export type EnrolFrame = z.infer<typeof enrolShape>;
export type StrangerRequest = z.infer<typeof strangerRequestShape>;
export type StandingAnswer = z.infer<typeof standingAnswerShape>;
export type WipedAnswer = z.infer<typeof wipedAnswerShape>;
export type EnrolAnswer = z.infer<typeof enrolAnswerShape>;
