/** The operations of the contract about the archive: what is in it, what proves it, and its copies. */
import { z } from 'zod';
import { access, entry, grounds, partnerLogEvidence, reason, reconcileStep } from './contract-shapes.ts';
import { acceptance, certificate, page, time } from './identity-shapes.ts';

export const ARCHIVE_OPERATIONS = {
  /** Newest first; `before` is the cursor: entries below that sequence. */
  'archive.list': {
    input: z.object({
      ...page,
      before: z.number().int().nonnegative().optional(),
      conversation: z.string().optional(),
      person: z.string().optional(),
      after: time.optional(),
      until: time.optional(),
      ...grounds,
    }),
    output: z.object({ entries: z.array(entry), next: z.number().nullable() }),
  },
  'archive.show': {
    input: z.object({ sequence: z.number().int().nonnegative(), ...grounds }),
    output: z.object({
      entry,
      leafHash: z.string(),
      certificate: certificate.nullable(),
      /** For a message: what it was accepted by then. */
      accepted: acceptance.nullable(),
      /** Of a message that was edited or recalled: its versions, the first one first. */
      versions: z.array(z.object({ sequence: z.number(), kind: z.string() })),
      detail: z.unknown(),
    }),
  },
  /** Who looked at what was said, newest first: at one entry where it is named. */
  'archive.accesses': {
    input: z.object({
      ...page,
      entry: z.number().int().nonnegative().optional(),
      before: z.number().int().nonnegative().optional(),
    }),
    output: z.object({ accesses: z.array(access), next: z.number().nullable() }),
  },
  'archive.conversations': {
    input: z.object({}),
    output: z.object({
      conversations: z.array(
        z.object({
          id: z.string(),
          type: z.enum(['direct', 'group']),
          title: z.string(),
          owner: z.string(),
          members: z.array(z.string()),
          revision: z.number(),
        }),
      ),
    }),
  },
  /** Declares that the checkpoint which stopped the log was signed over one that was tampered with. */
  'archive.disown': {
    input: z.object({ reason: reason.min(1) }),
    output: z.object({ partner: z.string(), size: z.number(), root: z.string() }),
  },
  /** The archive nodes beside the primary, and how far each holds the log. */
  'archive.replicas': {
    input: z.object({}),
    output: z.object({
      epoch: z.number(),
      /** The primary's peer id, and how many entries it has. */
      primary: z.string(),
      size: z.number(),
      /** How many nodes must hold an entry before it counts. */
      copies: z.number(),
      replicas: z.array(
        z.object({
          peer: z.string(),
          connected: z.boolean(),
          /** Entries that it holds and lacks; null where it was not here since the start. */
          size: z.number().nullable(),
          lag: z.number().nullable(),
          lastContact: time.nullable(),
        }),
      ),
    }),
  },
  /** On a replica: makes it the primary. */
  'archive.promote': {
    input: z.object({ reason: reason.min(1), force: z.boolean().default(false) }),
    output: z.object({ peer: z.string(), epoch: z.number(), size: z.number() }),
  },
  'archive.verify': {
    input: z.object({}),
    output: z.object({
      size: z.number(),
      root: z.string(),
      /** Null where the log is stopped: nothing is signed then. */
      checkpoint: z.string().nullable(),
      messages: z.number(),
      /** Messages that only an officer's device opens any more: of these nothing but the signature was left out. */
      sealed: z.number(),
      /** Entries whose content was disposed of, as a certificate in the log says. */
      disposed: z.number(),
      /** Files of messages that were read. */
      files: z.number(),
      faults: z.array(z.object({ sequence: z.number(), code: z.string(), message: z.string() })),
    }),
  },
  /** The newest checkpoint that partners cosigned, as a signed note (C2SP); before the first, the log's own. */
  'archive.checkpoint': {
    input: z.object({}),
    output: z.object({
      checkpoint: z.string(),
      size: z.number(),
      root: z.string(),
      /** How many entries the log has by now. */
      logSize: z.number(),
      cosignatures: z.array(z.object({ domain: z.string(), time })),
      /** Of the log and of each that cosigned, as other tools take them (C2SP signed-note). */
      verifierKeys: z.array(z.string()),
    }),
  },
  /** A tile or bundle of entries by its path (C2SP tlog-tiles). */
  'archive.tile': {
    input: z.object({ path: z.string().max(96) }),
    output: z.object({ path: z.string(), bytes: z.base64() }),
  },
  /** Checkpoints that partners signed and that do not go together, and receipts that their logs contradict, oldest first. */
  'archive.evidence': {
    input: z.object({}),
    output: partnerLogEvidence,
  },
  /** One step of a comparison with a partner's log: without `run` it begins, then goes on by the `run` of the step before. */
  'archive.reconcile': reconcileStep,
} as const;
