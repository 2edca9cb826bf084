/** The sizes that bound a message, each with its unit and reason. */

/** Bytes of a whole envelope: ample for text, small enough that 50 fit a frame. */
export const MAX_ENVELOPE_BYTES = 65_536;

/** Bytes of UTF-8 in one text: half an envelope, so that every text fits with room for its fields. */
export const MAX_TEXT_BYTES = 32_768;

/** Members of one conversation: a membership event of addresses of 320 bytes still fits its envelope. */
export const MAX_MEMBERS = 150;

/** Bytes of the `create` body that a membership event carries along: half an envelope, the other half is the new list. */
export const MAX_ORIGIN_BYTES = 32_768;

/** Parents a message may name: the tips one device can have seen; more are merged by the next message. */
export const MAX_PARENTS = 16;

/** Bytes of UTF-8 in a conversation's title. */
export const MAX_TITLE_BYTES = 256;

/** Milliseconds a sender's clock may be ahead of the receiver's. Behind is no fault: people write offline. */
export const MAX_CLOCK_AHEAD_MS = 10 * 60 * 1000;

/** Bytes of the largest file that a message brings along: a gibibyte, 4,096 chunks. Organisations accept less. */
export const MAX_FILE_BYTES = 1_073_741_824;

/** Bytes of one chunk of a file: a quarter of a frame, so that a device that waits for one is not kept waiting. */
export const FILE_CHUNK_BYTES = 262_144;

/** Bytes of UTF-8 in a file's name: what file systems take. */
export const MAX_FILE_NAME_BYTES = 255;
