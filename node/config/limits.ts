/** The numbers a configuration may choose, each with its unit, its bounds and its reason. */

/** Bytes of the largest message accepted: the protocol's own most, and enough for a text at least. */
export const MESSAGE_BYTES = { least: 4_096, most: 65_536, usual: 65_536 } as const;

/** Hours a roster holds: a new one is made in half that time, so an hour already survives a restart; a month is too stale. */
export const ROSTER_VALID_HOURS = { least: 1, most: 720, usual: 24 } as const;

/**
 * Hours an overdue roster or a proof that cannot be renewed is still believed. None fails closed at once; a week is
 * as long as a revocation may stay unnoticed at all.
 */
export const ROSTER_GRACE_HOURS = { least: 0, most: 168, usual: 24 } as const;

/** Entries of one list of addresses or servers: every look goes through all of them. */
export const MAX_LIST = 16;

/** Partners with addresses in the configuration; most are found by their rosters. */
export const MAX_PARTNERS = 1_000;

/** Bytes of the whole file: the largest list of partners fits. */
export const MAX_CONFIG_BYTES = 1_048_576;
