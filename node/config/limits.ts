/** The numbers a configuration may choose, each with its unit, its bounds and its reason. */
import { z } from 'zod';

interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly usual: number;
}

/** A whole number within bounds, and the usual one where none is given. */
export function whole({ least, most, usual }: Bounds): z.ZodDefault<z.ZodNumber> {
  return z
    .number()
    .int()
    .min(least)
    .max(most)
    .meta({ examples: [usual] })
    .default(usual);
}

/** Bytes of the largest message accepted: the protocol's own most, and enough for a text at least. */
export const MESSAGE_BYTES = { least: 4_096, most: 65_536, usual: 65_536 } as const;

/**
 * Bytes of the largest file accepted: none at all, or a gibibyte, the protocol's own most. None where nothing is said: replicas
 * and backups do not carry files yet, so who turns them on keeps copies of `attachments/` by other means.
 */
export const ATTACHMENT_BYTES = { least: 0, most: 1_073_741_824, usual: 0 } as const;

/** Nodes that must hold an entry: itself alone, and no more than anybody runs of them. */
export const ARCHIVE_COPIES = { least: 1, most: 9, usual: 1 } as const;

/** Days after the end of its month for which a message can be delivered; a century is for ever. */
export const DELIVERY_DAYS = { least: 1, most: 36_500, usual: 90 } as const;

/**
 * Days a message is kept: none at all up to a century. Six years is what FINRA Rule 4511 asks where nothing else is said; as a
 * test system needs it, less can be chosen.
 */
export const FLOOR_DAYS = { least: 0, most: 36_500, usual: 2_192 } as const;

/** Days after which a message goes: a day at least, since time is counted in days where the clock cannot be trusted. */
export const CEILING_DAYS = { least: 1, most: 36_500, usual: 3_653 } as const;

/** Messages disposed of in an hour: one a minute at least; a million is more than a disk should do beside its work. */
export const DISPOSALS_PER_HOUR = { least: 60, most: 1_000_000, usual: 36_000 } as const;

/** Schedules: each message that comes is held against all of them. */
export const MAX_SCHEDULES = 64;

/** Seconds that one verification of the whole archive takes: it is begun anew at once, so a second keeps a disk busy; a week is long. */
export const VERIFY_SECONDS = { least: 1, most: 604_800, usual: 3_600 } as const;

/** Hours a roster holds: a new one is made in half that time, so an hour already survives a restart; a month is too stale. */
export const ROSTER_VALID_HOURS = { least: 1, most: 720, usual: 24 } as const;

/**
 * Hours an overdue roster or a proof that cannot be renewed is still believed. None fails closed at once; a week is
 * as long as a revocation may stay unnoticed at all.
 */
export const ROSTER_GRACE_HOURS = { least: 0, most: 168, usual: 24 } as const;

/** Entries of one list of addresses or servers: every look goes through all of them. */
export const MAX_LIST = 16;

/** Media types that are accepted by name. */
export const MAX_TYPES = 64;

/** Partners with addresses in the configuration; most are found by their rosters. */
export const MAX_PARTNERS = 1_000;

/** Bytes of the whole file: the largest list of partners fits. */
export const MAX_CONFIG_BYTES = 1_048_576;

/** Hours a session of a device lasts: an hour at least, since each begins with a proof; at most as long as its certificate. */
export const SESSION_HOURS = { least: 1, most: 336, usual: 24 } as const;

/** Minutes with nobody at a device after which it locks; none at all, or up to a day. */
export const IDLE_LOCK_MINUTES = { least: 0, most: 1_440, usual: 15 } as const;

/** Devices of a member in force at a time: more than anybody carries, fewer than a thief could hide among. */
export const MEMBER_DEVICES = { least: 1, most: 100, usual: 10 } as const;

/** Days an attestation counts: what was true a year ago says nothing. */
export const ATTESTATION_DAYS = { least: 1, most: 365, usual: 30 } as const;

/** Languages of the notice that messages are recorded: those of the Union, and as many again. */
export const MAX_NOTICE_LANGUAGES = 48;

/** Keys under which facts are attested: each is tried. */
export const MAX_ATTESTATION_KEYS = 4;
