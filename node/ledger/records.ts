/**
 * What the log's entries say, kind by kind: the shapes of their contents. These bytes are evidence and are kept for
 * years, so a shape only ever gains a new version.
 */
import { z } from 'zod';
import {
  DATA_KEY_ID_BYTES,
  NONCE_BYTES,
  accessRecordShape,
  archivedMessageShape,
  caseEventShape,
  disposalShape,
} from '../../protocol/archive/index.ts';
import { PROOF_HASHES_MAX } from '../../protocol/checkpoint/index.ts';
import { knownFactsShape } from '../../protocol/device/index.ts';
import {
  bytes,
  count,
  decodeCbor,
  decodeProven,
  encodeCbor,
  exactly,
  hash32,
  milliseconds,
  seconds,
} from '../../protocol/encoding/index.ts';
import { officerActShape, oversightPolicyShape } from './oversight-shapes.ts';
import { absenceShape, recordingNoticeShape } from './recording-shapes.ts';
import {
  auditReadShape,
  canaryShape,
  inspectionShape,
  contactShape,
  decisionShape,
  policyRecordShape,
  reviewShape,
} from './policy-shapes.ts';
import { preservationShape } from './preservation-shape.ts';
import { reportShape } from './report-shape.ts';
import { erasureShape, holdNoticeShape, holdShape, releaseShape } from './retention-shapes.ts';
import { ChanceryError, type Result } from '../../protocol/errors/index.ts';
import { MAX_RECEIPT_BYTES, MAX_ROSTER_BYTES } from '../../protocol/statement/index.ts';
import { REVOCATION_REASONS } from '../../protocol/statement/index.ts';
import { identityNewsShape } from '../../protocol/wire/index.ts';

/** Bytes of one content: the largest is evidence, two rosters with their certificates. */
const MAX_CONTENT_BYTES = 524_288;

/** Changes told at once: a person's device, name and roles, an organisation's root and level. */
export const MAX_NEWS = 8;

/** The certificates of a statement's signer, its issuer and its root, DER: a statement is checked from the log alone. */
const chain = z.array(bytes(2_048)).length(3);

const roles = z.array(z.string());
const revocationReason = z.enum(REVOCATION_REASONS);

const certificateBytes = bytes(2_048);

/** Wraps of data keys in one entry: 64 kB. */
export const MAX_WRAPS = 512;

/** Characters of a checkpoint that is kept, with its signatures. */
export const MAX_CHECKPOINT_LENGTH = 4_096;

const checkpointSide = z.strictObject({
  size: count,
  note: z.string().max(MAX_CHECKPOINT_LENGTH),
  /** Under which the log's signature verifies; empty where no roster in the log shows its key. */
  chain: z.array(bytes(2_048)).max(3),
});

const SHAPES = {
  message: archivedMessageShape,
  receipt: z.strictObject({ v: z.literal(1), from: z.string(), statement: bytes(MAX_CONTENT_BYTES) }),
  refusal: z.strictObject({
    v: z.literal(1),
    from: z.string(),
    message: hash32.nullable(),
    code: z.string(),
    text: z.string(),
  }),
  certificate: z.strictObject({
    v: z.literal(1),
    chain: z.array(bytes(2_048)).length(3),
    rootId: z.string(),
  }),
  member: z.strictObject({
    v: z.literal(1),
    address: z.string(),
    name: z.string(),
    roles,
    /** Kept out of what partners are shown of the directory. */
    hidden: z.boolean(),
    state: z.enum(['active', 'suspended', 'removed']),
    joined: milliseconds,
    /** Since when in this state; why, and who saw to it. */
    since: milliseconds,
    reason: z.string(),
    actor: z.string(),
  }),
  device: z.strictObject({
    v: z.literal(1),
    serial: z.string(),
    address: z.string(),
    label: z.string(),
    peer: z.string(),
    enrolled: milliseconds,
    /** Seconds: the certificate's end. */
    expires: seconds,
    certificate: bytes(2_048),
    revoked: z.strictObject({ at: milliseconds, reason: revocationReason, text: z.string() }).nullable(),
  }),
  'device-report': z.strictObject({
    v: z.literal(1),
    peer: z.string(),
    address: z.string(),
    known: knownFactsShape,
    at: milliseconds,
  }),
  'device-wipe': z.strictObject({ v: z.literal(1), peer: z.string(), address: z.string(), at: milliseconds }),
  invitation: z.strictObject({
    v: z.literal(1),
    /** SHA-256 of the code: the code itself is kept nowhere. */
    codeHash: hash32,
    /** The member invited; null for a node. */
    address: z.string().nullable(),
    nodeRoles: z.array(z.enum(['gateway', 'archive'])),
    expires: milliseconds,
    usedBy: z.string().nullable(),
  }),
  /** A device that waits for an operator's approval, or about which one has decided. */
  enrolment: z.strictObject({
    v: z.literal(1),
    peer: z.string(),
    address: z.string(),
    label: z.string(),
    /** Of the code it came with, which it goes on to show. */
    codeHash: hash32,
    state: z.enum(['pending', 'approved', 'rejected']),
    since: milliseconds,
    until: milliseconds,
    reason: z.string(),
    actor: z.string(),
  }),
  agreement: z.strictObject({
    v: z.literal(1),
    domain: z.string(),
    state: z.enum(['active', 'withdrawn']),
    statement: bytes(16_384),
    rootId: z.string(),
    /** Whether an operator compared the root's fingerprint out of band. */
    pinned: z.boolean(),
    addresses: z.array(z.string()),
    since: milliseconds,
    /** What the partner signed with us, as far as its terms bind us, and the certificates that verify it. */
    theirs: z.strictObject({ statement: bytes(16_384), chain }).optional(),
  }),
  organisation: z.strictObject({
    v: z.literal(1),
    domain: z.string(),
    rootId: z.string(),
    sequence: count,
    /** Root ids that led to the present one by handovers, oldest first. */
    formerRoots: z.array(z.string()),
    level: z.enum(['dnssec', 'pinned', 'dns']),
    /** SHA-256 of the proof under which it was accepted, and until when (seconds) that holds. */
    proof: hash32.nullable(),
    proofUntil: seconds.nullable(),
    root: certificateBytes.nullable(),
    since: milliseconds,
  }),
  /** A DNSSEC proof, once, before the first organisation that was accepted by it. */
  proof: z.strictObject({ v: z.literal(1), domain: z.string(), proof: bytes(8_192) }),
  /** Our own organisation’s standing: its root and issuer, what comes next, and what was before. */
  authority: z.strictObject({
    v: z.literal(1),
    change: z.enum([
      'created',
      'statement-renewed',
      'issuer-rotated',
      'root-prepared',
      'root-rotated',
      'root-revoked',
    ]),
    domain: z.string(),
    /** That of the root in force, as in the domain’s record. */
    sequence: count.min(1),
    root: certificateBytes,
    issuer: certificateBytes,
    statement: certificateBytes,
    /** The root that takes over, once its domain says so. */
    next: certificateBytes.nullable(),
    /** The oldest root, then each successor certified by its predecessor. */
    handovers: z.array(certificateBytes),
    /** Issuers before the present one under which devices may still stand. */
    former: z.array(certificateBytes),
    /** Roots and issuers that were revoked. */
    revoked: z.array(z.strictObject({ serial: z.string(), at: seconds, reason: revocationReason })),
  }),
  /** A checkpoint of ours that was signed over a log which somebody had tampered with, shown by this partner. */
  disowned: z.strictObject({
    v: z.literal(1),
    note: z.string().max(MAX_CHECKPOINT_LENGTH),
    partner: z.string(),
    actor: z.string(),
    reason: z.string(),
    time: milliseconds,
  }),
  /** Another node is the primary of the archive from here on. */
  epoch: z.strictObject({
    v: z.literal(1),
    number: count.min(1),
    /** The primary's peer id. */
    primary: z.string(),
    actor: z.string(),
    reason: z.string(),
  }),
  roster: z.strictObject({
    v: z.literal(1),
    domain: z.string(),
    number: count,
    statementKey: hash32,
    chain,
    statement: bytes(MAX_CONTENT_BYTES),
  }),
  /** A domain that has changed hands: what the roster of its owner before said counts no more. */
  'roster-forgotten': z.strictObject({ v: z.literal(1), domain: z.string(), actor: z.string() }),
  /** What a fact beside it changed of who somebody is, and our members who are told. */
  news: z.strictObject({
    v: z.literal(1),
    news: z.array(identityNewsShape).min(1).max(MAX_NEWS),
    audience: z.array(z.string()),
  }),
  /** Two statements of a partner of which an honest one signs one at most; the first is the one that was known. */
  evidence: z.strictObject({
    v: z.literal(1),
    domain: z.string(),
    kind: z.enum(['equivocation', 'rollback']),
    first: z.strictObject({ number: count, statement: bytes(MAX_ROSTER_BYTES + 80), chain }),
    second: z.strictObject({ number: count, statement: bytes(MAX_ROSTER_BYTES + 80), chain }),
  }),
  /** The same of two checkpoints of a partner's log: `proof` was shown to lead from one to the other, and does not. */
  'checkpoint-evidence': z.strictObject({
    v: z.literal(1),
    domain: z.string(),
    kind: z.enum(['fork', 'unproven', 'shrunk']),
    first: checkpointSide,
    second: checkpointSide,
    proof: z.array(hash32).max(PROOF_HASHES_MAX),
  }),
  /** A receipt that says what the log of who signed it does not show: the message in its position. */
  'receipt-evidence': z.strictObject({
    v: z.literal(1),
    domain: z.string(),
    message: hash32,
    /** Where the receipt says that it is archived. */
    position: count,
    receipt: bytes(MAX_RECEIPT_BYTES + 80),
    /** The log's checkpoint afterwards. */
    checkpoint: z.string().max(MAX_CHECKPOINT_LENGTH),
    /** The entry that it proved there instead; null where it showed none. */
    shown: z.strictObject({ entry: bytes(256), proof: z.array(hash32).max(PROOF_HASHES_MAX) }).nullable(),
    chain: z.array(certificateBytes).max(3),
  }),
  /** A checkpoint that was cosigned: one of a partner's by us, or one of ours by a partner. */
  cosignature: z.strictObject({
    v: z.literal(1),
    /** Whose log, and whose witness: domains. One of them is ours. */
    log: z.string(),
    witness: z.string(),
    size: count,
    root: hash32,
    /** The note, with the signatures of these two alone. */
    note: z.string().max(MAX_CHECKPOINT_LENGTH),
    /** The statement key of the partner, under which its signature verifies. */
    partnerKey: hash32,
    /** Seconds, by the witness's clock. */
    time: seconds,
  }),
  /** Entries that our log had, and lost for good: it was restored from an older backup, and goes on from there. */
  loss: z.strictObject({
    v: z.literal(1),
    /** How many entries were left, and how many there had been as far as anybody can show. */
    size: count,
    until: count,
    /** Checkpoints that we had signed, and that the log does not contain any more, as partners showed them. */
    shown: z
      .array(z.strictObject({ partner: z.string(), note: z.string().max(MAX_CHECKPOINT_LENGTH) }))
      .max(64),
    /** No roster that was signed before has a higher number. */
    rosterNumber: count,
    actor: z.string(),
    reason: z.string(),
  }),
  /** The same of a partner's log, as our operator accepted it: from then on it is witnessed from an older checkpoint on. */
  'loss-accepted': z.strictObject({
    v: z.literal(1),
    log: z.string(),
    size: count,
    /** The newest checkpoint that was cosigned of no more entries than that: a cosignature; null for none. */
    baseline: bytes(2 * MAX_CHECKPOINT_LENGTH).nullable(),
    actor: z.string(),
    reason: z.string(),
  }),
  /** A data key as it is made: wrapped under the window key of its month, and for each officer's device there is. */
  'data-key': z.strictObject({
    v: z.literal(1),
    id: exactly(DATA_KEY_ID_BYTES),
    conversation: hash32,
    month: z.string(),
    /** Nonce, then the sealed key. */
    window: exactly(NONCE_BYTES + 32 + 16),
    wraps: z
      .array(z.strictObject({ peer: z.string(), enc: hash32, sealed: exactly(32 + 16) }))
      .max(MAX_WRAPS),
  }),
  /** Data keys wrapped for an officer's device that was not there when they were made. */
  'data-key-wraps': z.strictObject({
    v: z.literal(1),
    peer: z.string(),
    wraps: z
      .array(z.strictObject({ id: exactly(DATA_KEY_ID_BYTES), enc: hash32, sealed: exactly(32 + 16) }))
      .min(1)
      .max(MAX_WRAPS),
  }),
  /** The delivery window of a month is over, and its key destroyed: from here on officers alone open what is of it. */
  'window-closed': z.strictObject({ v: z.literal(1), month: z.string() }),
  /** Somebody looks at what was said: recorded before it is shown. */
  access: accessRecordShape,
  /** What was taken away, and why: appended before anything is. */
  disposal: disposalShape,
  hold: holdShape,
  'hold-release': releaseShape,
  'hold-notice': holdNoticeShape,
  erasure: erasureShape,
  case: caseEventShape,
  'officer-act': officerActShape,
  'oversight-policy': oversightPolicyShape,
  /** Nothing could be recorded meanwhile: appended before what was recorded next. */
  absence: absenceShape,
  'recording-notice': recordingNoticeShape,
  preservation: preservationShape,
  policy: policyRecordShape,
  /** What policy decided of the message that follows, or of one that was blocked. */
  decision: decisionShape,
  review: reviewShape,
  contact: contactShape,
  report: reportShape,
  canary: canaryShape,
  inspection: inspectionShape,
  'audit-read': auditReadShape,
  administration: z.strictObject({
    v: z.literal(1),
    actor: z.string(),
    action: z.string(),
    detail: z.string(),
  }),
} as const;

export type RecordKind = keyof typeof SHAPES;
export type RecordOf<K extends RecordKind> = Omit<z.infer<(typeof SHAPES)[K]>, 'v'>;

export function encodeRecord<K extends RecordKind>(_kind: K, record: RecordOf<K>): Uint8Array {
  return encodeCbor({ v: 1, ...record });
}

/** Decodes what is to be shown or checked; what does not decode is damage. */
export function decodeRecord<K extends RecordKind>(kind: K, content: Uint8Array): Result<RecordOf<K>> {
  return decodeCbor(content, MAX_CONTENT_BYTES, SHAPES[kind] as unknown as z.ZodType<RecordOf<K>>, kind);
}

/** The content of an entry, opened and as the entry commits to it: what was checked when it was recorded. */
export function provenRecordOf<K extends RecordKind>(kind: K, content: Uint8Array): RecordOf<K> {
  return decodeProven(content, SHAPES[kind] as unknown as z.ZodType<RecordOf<K>>);
}

/** Decodes what this program wrote and has checked; throws `archive.damaged` otherwise. */
export function recordOf<K extends RecordKind>(kind: K, content: Uint8Array): RecordOf<K> {
  const decoded = decodeRecord(kind, content);
  if (!decoded.ok) {
    throw new ChanceryError(
      'archive.damaged',
      `a ${kind} of the archive does not decode: ${decoded.refusal.message}`,
    );
  }
  return decoded.value;
}
