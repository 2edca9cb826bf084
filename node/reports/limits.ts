/** How many reports are taken of a partner. */
import type { Allowance } from '../letters/index.ts';

/** Reports of one partner that nobody has looked at, at a time; and in a day. */
export const ALLOWANCE: Allowance = { what: 'reports', code: 'report.too-many', waiting: 256, perDay: 64 };
