/**
 * What the log's entries say, kind by kind: the shapes of their contents. These bytes are evidence and are kept for
 * years, so a shape only ever gains a new version.
 */
import { z } from 'zod';
import { knownFactsShape } from '../../protocol/device/index.ts';
import {
  bytes,
  count,
  decodeCbor,
  encodeCbor,
  hash32,
  milliseconds,
  seconds,
} from '../../protocol/encoding/index.ts';
import { ChanceryError, type Result } from '../../protocol/errors/index.ts';
import { MAX_ENVELOPE_BYTES } from '../../protocol/message/index.ts';
import { REVOCATION_REASONS } from '../../protocol/statement/index.ts';

/** Bytes of one content: the largest is an envelope or a roster, with what is said about it. */
const MAX_CONTENT_BYTES = 262_144;

const roles = z.array(z.string());
const revocationReason = z.enum(REVOCATION_REASONS);

const SHAPES = {
  message: z.strictObject({
    v: z.literal(1),
    envelope: bytes(MAX_ENVELOPE_BYTES),
    /** The partner it came from, its position in the partner's log and, once a bundle, the covering checkpoint. */
    via: z
      .strictObject({ domain: z.string(), position: count, checkpoint: z.string().nullable() })
      .nullable(),
  }),
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
  }),
  organisation: z.strictObject({
    v: z.literal(1),
    domain: z.string(),
    rootId: z.string(),
    sequence: count,
    level: z.enum(['dnssec', 'pinned', 'dns']),
    /** The proof under which it was accepted, and until when (seconds) it holds. */
    proof: bytes(8_192).nullable(),
    proofUntil: seconds.nullable(),
    root: bytes(2_048).nullable(),
    since: milliseconds,
  }),
  roster: z.strictObject({
    v: z.literal(1),
    domain: z.string(),
    number: count,
    /** The statement signer’s certificate, so that the statement can be checked from the log alone. */
    statementKey: hash32,
    statement: bytes(MAX_CONTENT_BYTES),
  }),
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
