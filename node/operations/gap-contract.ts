/** The operations of the contract about gaps: controls without evidence that they work, and what brings it. */
import { z } from 'zod';
import { GAP_KINDS, SEVERITIES } from '../gaps/gap.ts';
import { reason } from './contract-shapes.ts';
import { time } from './identity-shapes.ts';

/** The id of a rule of the policy. */
const rule = z.string().min(1).max(64);

export const GAP_OPERATIONS = {
  /** Looks anew, and tells the gaps of a severity and above, the worst first. */
  gaps: {
    input: z.object({ severity: z.enum(SEVERITIES).default('info') }),
    output: z.object({
      gaps: z.array(
        z.object({
          kind: z.enum(GAP_KINDS),
          /** What it is about; empty where there is one of the kind at most. */
          subject: z.string(),
          severity: z.enum(SEVERITIES),
          since: time.nullable(),
          /** The first of those affected, and how many they are. */
          affected: z.array(z.string()),
          affectedCount: z.number(),
          text: z.string(),
          /** A command line that mends it. */
          mend: z.string(),
          evidence: z.string(),
        }),
      ),
      looked: time,
    }),
  },
  /** Puts test messages through the policy in force, for one rule or for all that are on, and records what came of it. */
  'gaps.canary': {
    input: z.object({ rule: rule.optional() }),
    output: z.object({
      policy: z.number(),
      results: z.array(
        z.object({ rule: z.string(), outcome: z.enum(['bit', 'missed', 'unmade']), detail: z.string() }),
      ),
    }),
  },
  /** Brings the policy into force anew, with a rule on that was off. Refused with `approval.required` where that takes two. */
  'gaps.enable': {
    input: z.object({ rule, reason: reason.min(1) }),
    output: z.object({ rule: z.string(), policy: z.number() }),
  },
  /** The text of the policy in force with a rule on that is off, for those who bring it into force. */
  'gaps.enabled': {
    input: z.object({ rule }),
    output: z.object({ rule: z.string(), text: z.string(), takesTwo: z.boolean() }),
  },
} as const;
