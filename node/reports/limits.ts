/** How many reports are taken of a partner. */

/** Reports of one partner that nobody has looked at, at a time. */
export const MAX_WAITING = 256;

/** Reports of one partner in a day. */
export const MAX_PER_DAY = 64;
