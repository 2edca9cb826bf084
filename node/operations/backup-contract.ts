/** The operations of the contract about backups, and about what a restored archive lost. */
import { z } from 'zod';
import { reason } from './contract-shapes.ts';
import { time } from './identity-shapes.ts';

export const BACKUP_OPERATIONS = {
  /** What this log lost beyond what it has: how far it had come, and the messages that partners still hold. */
  'archive.lost': {
    input: z.object({}),
    output: z.object({
      size: z.number(),
      until: z.number(),
      /** Whether the log is stopped for it. */
      stopped: z.boolean(),
      partners: z.array(
        z.object({
          domain: z.string(),
          /** The largest size of our log that it can show under our signature; null for none. */
          known: z.number().nullable(),
          held: z.number(),
          fault: z.object({ code: z.string(), message: z.string() }).nullable(),
        }),
      ),
      /** Each message once, by its position in our log. */
      messages: z.array(
        z.object({
          id: z.string(),
          position: z.number(),
          partner: z.string(),
          sender: z.string(),
          /** In the partner's log, and when that archived it. */
          at: z.number(),
          time,
        }),
      ),
    }),
  },
  /** Accepts that the entries are lost: from the next start on the log goes on without them. */
  'archive.accept-loss': {
    input: z.object({
      reason: reason.min(1),
      /** Whether partners that could not be asked may hold more. */
      unasked: z.boolean().default(false),
    }),
    output: z.object({ size: z.number(), until: z.number(), unasked: z.array(z.string()) }),
  },
  /** Archives what partners hold of the losses that were accepted. */
  'archive.take-back': {
    input: z.object({}),
    output: z.object({
      taken: z.array(
        z.object({
          id: z.string(),
          partner: z.string(),
          before: z.number(),
          now: z.number().nullable(),
          refused: z.object({ code: z.string(), message: z.string() }).nullable(),
        }),
      ),
      unasked: z.array(z.string()),
    }),
  },
  /** Accepts that a partner's log has only so many entries left of what was cosigned here. */
  'partner.accept-loss': {
    input: z.object({ domain: z.string(), size: z.number().int().nonnegative(), reason: reason.min(1) }),
    output: z.object({
      domain: z.string(),
      size: z.number(),
      /** The size from which on it has to prove that it goes on; null where none was cosigned. */
      baseline: z.number().nullable(),
    }),
  },
  /** One step of a backup into a folder of this machine: `from` is 0, then the `next` of the step before. */
  backup: {
    input: z.object({
      /** An absolute path. */
      directory: z.string().min(1).max(4_096),
      /** Whether the private keys go along, each under its passphrase. */
      keys: z.boolean().default(false),
      from: z.number().int().nonnegative().default(0),
    }),
    output: z.object({
      /** Null once the backup is whole. */
      next: z.number().nullable(),
      /** Entries in the folder, of how many; windows of 256 that this step wrote. */
      copied: z.number(),
      size: z.number(),
      written: z.number(),
      /** Of the checkpoint that the backup ends in; null before. */
      root: z.string().nullable(),
      /** The keys that go along. */
      keys: z.array(z.string()),
      /** Messages whose file the archive itself does not have as it was: it is not in the folder. */
      lost: z.array(z.object({ sequence: z.number(), problem: z.string() })),
      /** The first entry that is damaged, before which the backup ends; null for a sound archive. */
      damaged: z.number().nullable(),
    }),
  },
} as const;
