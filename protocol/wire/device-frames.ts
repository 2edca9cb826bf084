/**
 * The long-lived stream of a member's device and its organisation: the device says what it is (`begin`), then asks;
 * the node answers by `id`, in any order. A refusal with id 0 is of the whole stream. New messages are had by a `read` that waits, from the device's own cursor.
 */
import { z } from 'zod';
import { MAX_ATTESTATION_BYTES, factsShape } from '../device/index.ts';
import { bytes, count, exactly, hash32, milliseconds } from '../encoding/index.ts';
import {
  FILE_CHUNK_BYTES,
  MAX_ENVELOPE_BYTES,
  MAX_ORIGIN_BYTES,
  MAX_PARENTS,
  contentShape,
  fileShape,
} from '../message/index.ts';
import { DIRECTORY_SHARES } from '../statement/index.ts';
import { LEVELS, identityNewsShape } from './identity-news.ts';
import { holdAnswerShapes, holdNoticesShape, holdRequestShapes } from './hold-frames.ts';
import { caseAnswerShapes, caseRequestShapes } from './case-frames.ts';
import { officerAnswerShapes, officerRequestShapes } from './officer-frames.ts';
import { oversightAnswerShapes, oversightRequestShapes } from './oversight-frames.ts';
import { MAX_BUNDLE_MESSAGES, MAX_FRAME_BYTES, MAX_STRANGER_FRAME_BYTES } from './protocols.ts';
import {
  languagesShape,
  recordingAnswerShapes,
  recordingNoticeShape,
  recordingRequestShapes,
} from './recording-frames.ts';
import { memberAnswerShapes, memberRequestShapes } from './request-frames.ts';
import { reviewAnswerShapes, reviewRequestShapes } from './review-frames.ts';
import { confirmationShape, redactionShape, ruledShape } from './policy-frames.ts';
import { personShape, signerShape } from './signer.ts';

/** Entries one answer carries at most. */
export const MAX_PAGE = 100;

const id = count;
const limit = count.min(1).max(MAX_PAGE);

export const deviceRequestShape = z.discriminatedUnion('type', [
  /** First on a stream: what the device knows of itself, and what is attested of it. Nothing else is answered before. */
  z.strictObject({
    type: z.literal('begin'),
    id,
    facts: factsShape,
    attestation: bytes(MAX_ATTESTATION_BYTES).nullable(),
    /** Those of whoever uses it, the best first: with them it is told of recording. */
    languages: languagesShape.optional(),
    /** Whether it tells whoever uses it of legal holds: only then is it told of them. */
    holdNotices: z.boolean().optional(),
  }),
  /**
   * Messages to archive and deliver, in order. Sending one again is harmless: its id is the idempotency key. One that
   * is too large is refused by itself, not with the frame.
   */
  z.strictObject({
    type: z.literal('submit'),
    id,
    envelopes: z.array(bytes(MAX_FRAME_BYTES)).min(1).max(MAX_BUNDLE_MESSAGES),
    /** Why some of them are sent although the policy warned of them (`policy.confirm`). */
    confirmations: z.array(confirmationShape).max(MAX_BUNDLE_MESSAGES).optional(),
  }),
  /** The member's feed from the cursor on, oldest first; with `wait`, answers when there is something. */
  z.strictObject({ type: z.literal('read'), id, cursor: count, limit, wait: z.boolean() }),
  /** One conversation, newest first, from before a position. */
  z.strictObject({ type: z.literal('history'), id, conversation: hash32, before: count.nullable(), limit }),
  /** Every version of a message, the first one first. */
  z.strictObject({ type: z.literal('versions'), id, message: hash32 }),
  /** The member's conversations, from after an id. */
  z.strictObject({ type: z.literal('conversations'), id, after: hash32.nullable(), limit }),
  /** Whom the member may write to: own colleagues, partner organisations, and partners' people seen so far. */
  z.strictObject({
    type: z.literal('contacts'),
    id,
    /** A word in their addresses or names; all of them without one. */
    search: z.string().max(128).optional(),
    /** From after this address on. */
    after: z.string().max(320).nullable().optional(),
    limit: limit.optional(),
  }),
  /** A fresh certificate for this device, while in good standing. */
  z.strictObject({ type: z.literal('renew'), id }),
  /** The member's own devices. */
  z.strictObject({ type: z.literal('devices'), id }),
  /** Revokes a device of the member's own, by its serial. */
  z.strictObject({
    type: z.literal('revoke-device'),
    id,
    serial: z.string().max(64),
    reason: z.string().max(256),
  }),
  /** A file that a message of this device is about to bring along; answered with how many of its chunks the node has. */
  z.strictObject({ type: z.literal('file-begin'), id, file: fileShape }),
  /** A chunk of it, each in its turn; one that comes again is harmless. */
  z.strictObject({
    type: z.literal('file-put'),
    id,
    digest: hash32,
    index: count,
    bytes: bytes(FILE_CHUNK_BYTES),
  }),
  /** A chunk of the file that a message brought along. */
  z.strictObject({ type: z.literal('file-get'), id, message: hash32, index: count }),
  ...officerRequestShapes,
  ...caseRequestShapes,
  ...oversightRequestShapes,
  ...recordingRequestShapes,
  ...reviewRequestShapes,
  ...memberRequestShapes,
  ...holdRequestShapes,
]);

const messageItemShape = z.strictObject({
  type: z.literal('message'),
  /** Position in the organisation's log: the cursor. */
  sequence: count,
  /** When the organisation archived it. */
  time: milliseconds,
  envelope: bytes(MAX_ENVELOPE_BYTES),
  /** What the policy says of it, if anything. */
  ruled: ruledShape.optional(),
});

/** A message of which the policy lets nobody see all: as it was signed but for what is taken out, and so not under its signature. */
const redactedItemShape = z.strictObject({
  type: z.literal('redacted'),
  sequence: count,
  time: milliseconds,
  message: hash32,
  conversation: hash32,
  /** Of the device that signed it; its certificates come along. */
  device: hash32,
  sender: z.string().max(320),
  parents: z.array(hash32).max(MAX_PARENTS),
  /** The writer's clock. */
  sent: milliseconds,
  content: contentShape,
  ruled: ruledShape,
});

const feedItemShape = z.discriminatedUnion('type', [
  messageItemShape,
  redactedItemShape,
  /** What somebody of the organisation decided about a message of the member's that was held. */
  z.strictObject({
    type: z.literal('reviewed'),
    sequence: count,
    time: milliseconds,
    message: hash32,
    outcome: z.enum(['release', 'reject']),
    text: z.string(),
  }),
  /**
   * A message was reported as phishing, and is shown to nobody of the organisation: until an officer has decided, or for good.
   * With `dismissed` it is shown again: as it is, with all that edited or recalled it.
   */
  z.strictObject({
    type: z.literal('reported'),
    sequence: count,
    time: milliseconds,
    message: hash32,
    conversation: hash32,
    state: z.enum(['reported', 'confirmed', 'dismissed']),
    again: z.array(z.discriminatedUnion('type', [messageItemShape, redactedItemShape])).max(MAX_PAGE),
  }),
  /** What became of a message of the member's at a partner. */
  z.strictObject({
    type: z.literal('delivery'),
    sequence: count,
    time: milliseconds,
    message: hash32,
    domain: z.string(),
    outcome: z.discriminatedUnion('state', [
      z.strictObject({ state: z.literal('archived'), position: count }),
      z.strictObject({ state: z.literal('refused'), code: z.string(), text: z.string() }),
    ]),
  }),
  /** What changed of the identity of somebody the member talks with, or of their organisation. */
  z.strictObject({
    type: z.literal('identity'),
    sequence: count,
    time: milliseconds,
    news: identityNewsShape,
  }),
  /** Something is in this place that the organisation does not show, and why: its archive is damaged there. */
  z.strictObject({
    type: z.literal('withheld'),
    sequence: count,
    /** 0 where even that is not known. */
    time: milliseconds,
    code: z.string(),
    text: z.string(),
  }),
]);

const conversationShape = z.strictObject({
  id: hash32,
  type: z.enum(['direct', 'group']),
  title: z.string(),
  owner: z.string(),
  members: z.array(z.string()),
  revision: count,
  /** Body of the `create` message; a membership change carries it along. */
  origin: bytes(MAX_ORIGIN_BYTES),
});

/** A member's device as the member sees it. */
const ownDeviceShape = z.strictObject({
  serial: z.string(),
  label: z.string(),
  enrolled: milliseconds,
  /** When its certificate ends. */
  expires: milliseconds,
  state: z.enum(['active', 'revoked', 'expired']),
  /** Whether it is the one that asks. */
  current: z.boolean(),
  /** When it last showed itself; null where that is not known. */
  seen: milliseconds.nullable(),
  /** When it said that it destroyed what it held; null while it has not. */
  wiped: milliseconds.nullable(),
});

export const deviceAnswerShape = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('begun'),
    id,
    /** When the session ends, and the device must prove itself again. */
    ends: milliseconds,
    /** Milliseconds without anybody at the device after which it locks; null: never. */
    idleLock: count.nullable(),
    /** To be shown; only to who named languages. */
    notice: recordingNoticeShape.optional(),
    /** Of holds that are to be told of; left out where there are none. */
    holdNotices: holdNoticesShape.optional(),
  }),
  z.strictObject({
    type: z.literal('submitted'),
    id,
    /** In the order of the request: archived (position, time) or refused. */
    results: z.array(
      z.discriminatedUnion('state', [
        z.strictObject({
          state: z.literal('archived'),
          message: hash32,
          sequence: count,
          time: milliseconds,
          /** It is archived, and goes no further before somebody of the organisation looked at it. */
          held: z.literal(true).optional(),
        }),
        z.strictObject({
          state: z.literal('refused'),
          message: exactly(32).nullable(),
          code: z.string(),
          text: z.string(),
          /** With `policy.redact`: what has to be taken out of its text. */
          redactions: z.array(redactionShape).optional(),
        }),
      ]),
    ),
  }),
  z.strictObject({
    type: z.literal('feed'),
    id,
    items: z.array(feedItemShape),
    signers: z.array(signerShape),
    /** Where to read on; for `history` the position to ask before, null at the beginning. */
    cursor: count.nullable(),
    /** With `history`: the newest version of each message that was edited or recalled, from the same signers. */
    versions: z.array(feedItemShape).max(MAX_PAGE).optional(),
  }),
  z.strictObject({
    type: z.literal('conversations'),
    id,
    conversations: z.array(conversationShape),
    after: hash32.nullable(),
  }),
  z.strictObject({
    type: z.literal('contacts'),
    id,
    people: z.array(personShape),
    /** With the first page. What a partner shows of its people, and when that was had; null where it never was. */
    partners: z.array(
      z.strictObject({
        domain: z.string(),
        level: z.enum(LEVELS),
        since: milliseconds,
        directory: z.strictObject({ shared: z.enum(DIRECTORY_SHARES), at: milliseconds }).nullable(),
      }),
    ),
    /** To ask on from; null at the end. */
    after: z.string().nullable(),
  }),
  z.strictObject({ type: z.literal('renewed'), id, bundle: bytes(MAX_STRANGER_FRAME_BYTES) }),
  z.strictObject({ type: z.literal('devices'), id, devices: z.array(ownDeviceShape) }),
  z.strictObject({ type: z.literal('device-revoked'), id, serial: z.string() }),
  /** Chunks of the file that the node has: of the last one it says so once the file is whole, as named, and on disk. */
  z.strictObject({ type: z.literal('file-has'), id, chunks: count }),
  z.strictObject({ type: z.literal('file-chunk'), id, bytes: bytes(FILE_CHUNK_BYTES) }),
  ...officerAnswerShapes,
  ...caseAnswerShapes,
  ...oversightAnswerShapes,
  ...recordingAnswerShapes,
  ...reviewAnswerShapes,
  ...memberAnswerShapes,
  ...holdAnswerShapes,
  z.strictObject({ type: z.literal('refused'), id, code: z.string(), message: z.string() }),
]);

export type DeviceRequest = z.infer<typeof deviceRequestShape>;
export type DeviceAnswer = z.infer<typeof deviceAnswerShape>;
export type FeedItem = z.infer<typeof feedItemShape>;
export type OwnDevice = z.infer<typeof ownDeviceShape>;
