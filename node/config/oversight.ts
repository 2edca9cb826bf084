/** What a configuration says of officers who watch over each other. */
import { z } from 'zod';
import { FOUR_EYES } from '../oversight/oversight-policy.ts';

export const oversightSchema = z.strictObject({
  fourEyes: z
    .array(z.enum(FOUR_EYES))
    .max(FOUR_EYES.length)
    .default([])
    .meta({ examples: [['export', 'retention']] })
    .describe(
      'What a second officer has to approve, beside releases of holds: open, export, erasure, disposal, retention (any change that keeps something for less time).',
    ),
  signed: z
    .boolean()
    .default(true)
    .meta({ examples: [true] })
    .describe(
      'Whether officers ask for erasures and release holds on their own devices alone. false: an operator may name the officer at the node.',
    ),
});
