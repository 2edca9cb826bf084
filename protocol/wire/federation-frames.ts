/**
 * One direction of a federation: the sender greets, the receiver greets back, then bundles go and receipts come,
 * in order, with at most FEDERATION_WINDOW_MESSAGES unacknowledged.
 */
import { z } from 'zod';
import { isShowableName } from '../certificate/index.ts';
import { bytes, count, hash32, milliseconds } from '../encoding/index.ts';
import { FILE_CHUNK_BYTES, MAX_ENVELOPE_BYTES, fileShape } from '../message/index.ts';
import {
  DIRECTORY_SHARES,
  MAX_AGREEMENT_BYTES,
  MAX_PRESERVATION_BYTES,
  MAX_RECEIPT_BYTES,
  MAX_REPORT_BYTES,
  MAX_ROSTER_BYTES,
} from '../statement/index.ts';
import { MAX_BUNDLE_MESSAGES } from './protocols.ts';
import { refusalShape } from './refusal.ts';

/** People in one page of a directory: a frame holds them with the longest names. */
export const MAX_DIRECTORY_PAGE = 500;

const directoryEntryShape = z.strictObject({
  address: z.string().max(320),
  name: z.string().refine(isShowableName, 'not a name that can be shown'),
  roles: z.array(z.string().max(32)).max(16),
});

/** Messages in one page of what is held: their envelopes fill a frame long before, where they are large. */
export const MAX_HELD_PAGE = 256;

const heldShape = z.strictObject({
  /** In the log of who asks, and of who answers; when the latter archived it. */
  position: count,
  at: count,
  time: milliseconds,
  /** Whether who asks sent it; else who answers did. */
  sent: z.boolean(),
  envelope: bytes(MAX_ENVELOPE_BYTES),
});

const hello = z.strictObject({
  type: z.literal('hello'),
  v: z.literal(1),
  /** The agreement that the speaker's organisation made with the other one. */
  agreement: bytes(MAX_AGREEMENT_BYTES + 80),
});

export const federationRequestShape = z.discriminatedUnion('type', [
  hello,
  z.strictObject({
    type: z.literal('bundle'),
    number: count,
    /** Chains (device, issuer, root) of signing devices not yet shown on this stream. */
    chains: z.array(z.array(bytes(2_048)).length(3)).max(MAX_BUNDLE_MESSAGES),
    /** Position in the sender's log, and the envelope. */
    messages: z
      .array(z.tuple([count, bytes(MAX_ENVELOPE_BYTES)]))
      .min(1)
      .max(MAX_BUNDLE_MESSAGES),
    /** The sender's signed checkpoint that covers the positions: it is held to having archived what it sends. */
    checkpoint: z.string().max(4_096),
  }),
  /** Asks, on a stream of its own, for a page of the people that our agreement lets the speaker see, from after an address. */
  z.strictObject({
    type: z.literal('directory'),
    after: z.string().max(320).nullable(),
    limit: count.min(1).max(MAX_DIRECTORY_PAGE),
  }),
  /**
   * Asks, on a stream of its own, for the messages exchanged that lie from a position of the speaker's log on: it was set
   * back to there. Newest first, below a position of the answerer's log.
   */
  z.strictObject({ type: z.literal('held'), from: count, before: count.nullable() }),
  /** Asks, on a stream of its own, for a chunk of the file of a message that was exchanged. */
  z.strictObject({ type: z.literal('held-file'), message: hash32, index: count }),
  /**
   * On a stream of its own: a file that a message of the next bundle brings along, then its chunks in order. Each is answered
   * with how many chunks the receiver has.
   */
  z.strictObject({ type: z.literal('file-begin'), file: fileShape }),
  z.strictObject({
    type: z.literal('file-put'),
    digest: hash32,
    index: count,
    bytes: bytes(FILE_CHUNK_BYTES),
  }),
  /** On a stream of its own: a signed request for preservation, an answer to one of the listener's, or a withdrawal. */
  z.strictObject({
    type: z.literal('preservation'),
    what: z.enum(['request', 'answer', 'withdrawal']),
    statement: bytes(MAX_PRESERVATION_BYTES + 80),
  }),
  /** On a stream of its own: a signed report that a message of the listener's people is phishing, or what was decided of one. */
  z.strictObject({ type: z.literal('report'), statement: bytes(MAX_REPORT_BYTES + 80) }),
  /** A newer roster of the sender's organisation. */
  z.strictObject({ type: z.literal('roster'), roster: bytes(MAX_ROSTER_BYTES + 80) }),
]);

export const federationAnswerShape = z.discriminatedUnion('type', [
  hello,
  z.strictObject({
    type: z.literal('directory'),
    shared: z.enum(DIRECTORY_SHARES),
    /** In ascending order of their addresses; roles are empty where names alone are shared. */
    people: z.array(directoryEntryShape).max(MAX_DIRECTORY_PAGE),
    /** To ask on from; null at the end. */
    after: z.string().max(320).nullable(),
  }),
  z.strictObject({
    type: z.literal('held'),
    messages: z.array(heldShape).max(MAX_HELD_PAGE),
    /** Chains (device, issuer, root) of the devices that signed them. */
    chains: z.array(z.array(bytes(2_048)).length(3)).max(MAX_HELD_PAGE),
    /** To ask on below; null at the end. */
    before: count.nullable(),
  }),
  z.strictObject({ type: z.literal('held-chunk'), bytes: bytes(FILE_CHUNK_BYTES) }),
  /** Of the last chunk it says so once the file is whole, as named, and on disk. */
  z.strictObject({ type: z.literal('file-has'), chunks: count }),
  /** The listener's signed notice that the statement is in its archive. */
  z.strictObject({ type: z.literal('preservation'), notice: bytes(MAX_PRESERVATION_BYTES + 80) }),
  /** The same for a report. */
  z.strictObject({ type: z.literal('report'), notice: bytes(MAX_REPORT_BYTES + 80) }),
  z.strictObject({ type: z.literal('receipt'), number: count, receipt: bytes(MAX_RECEIPT_BYTES + 80) }),
  refusalShape,
]);

export type FederationRequest = z.infer<typeof federationRequestShape>;
export type FederationAnswer = z.infer<typeof federationAnswerShape>;
export type DirectoryFrame = Extract<FederationRequest, { type: 'directory' }>;
export type DirectoryPage = Extract<FederationAnswer, { type: 'directory' }>;
export type HeldFrame = Extract<FederationRequest, { type: 'held' }>;
export type HeldFileFrame = Extract<FederationRequest, { type: 'held-file' }>;
export type HeldPage = Extract<FederationAnswer, { type: 'held' }>;
export type PreservationFrame = Extract<FederationRequest, { type: 'preservation' }>;
export type ReportFrame = Extract<FederationRequest, { type: 'report' }>;
/** What brings a signed statement that is answered with a signed notice. */
export type LetterFrame = PreservationFrame | ReportFrame;
export type FileFrame = Extract<FederationRequest, { type: 'file-begin' | 'file-put' }>;
export type BundleFrame = Extract<FederationRequest, { type: 'bundle' }>;
