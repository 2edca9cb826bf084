/** How much of a file is read. What goes beyond is told of, never passed over. */

const MIB = 1024 * 1024;

/** Characters of text kept of a file and all that is in it: some 2,000 pages. */
export const MAX_TEXT_CHARACTERS = 4 * MIB;

/** Risks kept of a file; a folder of scripts makes one for each. */
export const MAX_RISKS = 200;

/** Containers around a file whose contents are still read: an archive in an archive in an archive. */
export const MAX_DEPTH = 3;

/** Files in all containers together, parts of documents included. */
export const MAX_ENTRIES = 5_000;

/** Bytes that one entry unpacks to; also held in memory while it is read. */
export const MAX_ENTRY_BYTES = 64 * MIB;

/** Bytes that all containers together unpack to. */
export const MAX_UNPACKED_BYTES = 128 * MIB;

/** Bytes out for a byte in. Deflate reaches 1,032; office documents seldom come to 50. */
export const MAX_RATIO = 200;

/** Bytes from which on the ratio counts: less than that harms nobody. */
export const RATIO_FROM_BYTES = 8 * MIB;

/** Pages of a PDF that are read. */
export const MAX_PAGES = 2_000;

/** Characters of a name or a reason that are kept. */
export const MAX_WORDS = 200;
