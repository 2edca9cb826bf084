/**
 * The primary of an archive and its replicas, all nodes of one organisation. A replica opens the stream, says how far
 * its log goes, and is sent what follows, as it is stored; it answers how far it holds it. Each batch comes with a
 * checkpoint of the very size it leads to.
 */
import { z } from 'zod';
import { bytes, count, hash32 } from '../encoding/index.ts';
import { MAX_FRAME_BYTES } from './protocols.ts';
import { refusalShape } from './refusal.ts';
import { askFileShape, fileLackingShape, filePartShape } from './replicated-files.ts';

/** Records in one frame. */
export const MAX_REPLICATED = 512;

/** Keys of one organisation that a replica is handed: issuer, statement, and those of the archive. */
const MAX_KEYS = 256;

/** The leaf's data, and the bytes that are stored beside it. */
const record = z.tuple([bytes(512), bytes(MAX_FRAME_BYTES)]);

/** Asks for records by sequence number: a primary of those who follow it, a replica of any other archive node. */
const fetchShape = z.strictObject({
  type: z.literal('fetch'),
  id: count,
  sequences: z.array(count).min(1).max(MAX_REPLICATED),
});

/** What was asked for by `fetch`, in the order of the request; null for what is not there unharmed, or has no room. */
const fetchedShape = z.strictObject({
  type: z.literal('fetched'),
  id: count,
  records: z.array(record.nullable()).max(MAX_REPLICATED),
});

export const replicaFrameShape = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('follow'),
    v: z.literal(1),
    /** The replica's log: how many entries, their root, and the epoch that it knows. */
    size: count,
    root: hash32,
    epoch: count,
    /** How far it holds each entry with the file that it brings along, where that is less. */
    held: count.optional(),
    /** Names of the keys that it has. */
    keys: z.array(z.string().max(64)).max(MAX_KEYS),
  }),
  /** A node that was made the primary shows it, by a checkpoint with its epoch; and asks how far the other has come. */
  z.strictObject({ type: z.literal('lead'), v: z.literal(1), checkpoint: z.string().max(4_096) }),
  z.strictObject({ type: z.literal('where'), v: z.literal(1) }),
  /** The primary asks a replica what it would go by if it led; one of before this question refuses it as malformed. */
  z.strictObject({ type: z.literal('state'), v: z.literal(1) }),
  /** The replica holds the log up to this size, durably. */
  z.strictObject({ type: z.literal('held'), size: count }),
  fetchedShape,
  fetchShape,
  askFileShape,
]);

export const primaryFrameShape = z.discriminatedUnion('type', [
  /** Keys that the replica lacks: name, 32-byte seed. */
  z.strictObject({
    type: z.literal('keys'),
    keys: z.array(z.tuple([z.string().max(64), hash32])).max(MAX_KEYS),
  }),
  z.strictObject({
    type: z.literal('records'),
    first: count,
    records: z.array(record).min(1).max(MAX_REPLICATED),
    checkpoint: z.string().max(4_096),
  }),
  /** Where the log of who was asked stands. */
  z.strictObject({ type: z.literal('at'), size: count, epoch: count }),
  /** What a replica would go by if it led. */
  z.strictObject({
    type: z.literal('state'),
    /** The policy that it has in force, 0 for none, and what that says as its program reads it; null where it cannot. */
    policy: count,
    hash: hash32.nullable(),
    /** Of its program. */
    version: z.string().max(64),
  }),
  fetchShape,
  fetchedShape,
  filePartShape,
  fileLackingShape,
  refusalShape,
]);

export type ReplicaFrame = z.infer<typeof replicaFrameShape>;
export type PrimaryFrame = z.infer<typeof primaryFrameShape>;
