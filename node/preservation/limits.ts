/** How many requests for preservation are taken of a partner, and so made to one. */

/** Requests to one organisation that wait for an officer, at a time. */
export const MAX_WAITING = 32;

/** Requests of one partner in a day: what is withdrawn and asked anew is an entry each time. */
export const MAX_PER_DAY = 64;
