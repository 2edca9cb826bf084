/** What becomes of a message, from the weakest to the strongest: of several rules the strongest counts. */
export const OUTCOMES = ['flag', 'warn', 'redact', 'hold', 'block'] as const;

export type Outcome = (typeof OUTCOMES)[number];
