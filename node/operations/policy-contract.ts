/** The operations of the contract about the policy: what another one would change, trying it, bringing it into force, and those before. */
import { z } from 'zod';
import { OUTCOMES } from '../../protocol/policy/outcome.ts';
import { MAX_POLICY_BYTES } from '../../protocol/policy/size.ts';
import { time } from './identity-shapes.ts';

/** Days of messages that are tried: ten years. */
const MAX_DAYS = 3_660;

/** Policies of a page. */
const MAX_PAGE = 500;

const number = z.number().int().min(1);
const reason = z.string().regex(/\S/, 'says nothing').max(1_024);

/** A policy as it is written, and how messages call it: the path of its file. */
const file = { text: z.string().max(MAX_POLICY_BYTES), name: z.string().max(1_024).default('policy.yaml') };

const setting = z.object({ field: z.string(), before: z.string().nullable(), after: z.string().nullable() });
const change = z.enum(['added', 'removed', 'changed']);
const ruleChange = z.object({
  rule: z.string(),
  change,
  fields: z.array(setting),
  through: z.array(z.string()),
});

const difference = z.object({
  settings: z.array(setting),
  named: z.array(
    z.object({
      what: z.enum(['group', 'lexicon', 'pattern', 'list']),
      name: z.string(),
      change,
      added: z.array(z.string()),
      removed: z.array(z.string()),
      versions: z.tuple([z.number().nullable(), z.number().nullable()]).nullable(),
    }),
  ),
  rules: z.array(ruleChange),
});

const several = z.object({ count: z.number(), first: z.array(z.string()) });
const outcome = z.enum(OUTCOMES);

const past = z.object({
  number: z.number(),
  /** Its entry, and when it came into force. */
  sequence: z.number(),
  time,
  actor: z.string(),
  reason: z.string(),
  /** The hash of the act by which a second officer approved it; null where none did. */
  act: z.string().nullable(),
});

const simulated = z.object({
  replayed: z.number(),
  sealed: z.number(),
  disposed: z.number(),
  damaged: z.number(),
  blocked: z.number(),
  unread: z.number(),
  different: z.number(),
  verdicts: z.array(z.object({ before: z.string(), after: z.string(), messages: z.number() })),
  rules: z.array(z.object({ rule: z.string(), outcome, before: z.number(), after: z.number() })),
  /** The first that would be decided differently, by their entries. */
  first: z.array(
    z.object({ entry: z.number(), before: z.string(), after: z.string(), rules: z.array(z.string()) }),
  ),
});

export const POLICY_OPERATIONS = {
  /** Between two policies: numbers of those that were in force, or a text. Left out: the one in force. */
  'policy.diff': {
    input: z.object({
      before: number.optional(),
      after: number.optional(),
      text: file.text.optional(),
      name: file.name,
    }),
    output: difference,
  },
  /** What bringing a policy into force would change, and for whom. */
  'policy.plan': {
    input: z.object(file),
    output: z.object({
      /** The number of the one in force; 0 where there is none. */
      replaces: z.number(),
      /** Whether two officers have to bring it. */
      takesTwo: z.boolean(),
      difference,
      concerns: z.array(
        ruleChange.extend({
          outcome,
          on: z.boolean(),
          members: several,
          partners: several,
          conversations: z.number(),
          text: z.string(),
        }),
      ),
      warnings: z.array(z.string()),
    }),
  },
  /** One step of trying a policy on what was archived: without `run` it begins, then goes on by the `run` of the step before. */
  'policy.simulate': {
    input: z.object({
      ...file,
      days: z.number().int().min(1).max(MAX_DAYS),
      purpose: reason,
      actor: z.string().max(320),
      run: z.string().max(64).optional(),
    }),
    output: z.object({
      run: z.string().nullable(),
      at: z.number(),
      of: z.number(),
      replayed: z.number(),
      outcome: simulated.nullable(),
    }),
  },
  /** Brings a policy into force. `replaces`: the number of the one that it was compared with. */
  'policy.apply': {
    input: z.object({
      ...file,
      actor: z.string().min(1).max(320),
      reason,
      replaces: z.number().int().nonnegative().optional(),
    }),
    output: past,
  },
  /** Newest first; `before` is the cursor: entries below it. */
  'policy.history': {
    input: z.object({
      limit: z.number().int().min(1).max(MAX_PAGE).default(50),
      before: z.number().int().nonnegative().optional(),
    }),
    output: z.object({ policies: z.array(past), next: z.number().nullable() }),
  },
  /** As it was written. Left out: the one in force. */
  'policy.show': {
    input: z.object({ number: number.optional() }),
    output: past.extend({ text: z.string() }),
  },
} as const;
