/** How many requests for preservation are taken of a partner, and so made to one. */
import type { Allowance } from '../letters/index.ts';

/**
 * Requests to one organisation that wait for an officer, at a time; and of one partner in a day: what is withdrawn and asked anew
 * is an entry each time.
 */
export const ALLOWANCE: Allowance = {
  ...{ what: 'requests', code: 'preservation.too-many', waiting: 32, perDay: 64 },
};
