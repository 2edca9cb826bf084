/** Between whom a statement is that one organisation signs for another, and when it was signed. */
import { z } from 'zod';
import { milliseconds } from '../encoding/index.ts';

export const parties = {
  v: z.literal(1),
  /** Who signs, and for whom: domains. */
  from: z.string().max(253),
  to: z.string().max(253),
  time: milliseconds,
} as const;
