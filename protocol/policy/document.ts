/**
 * The policy as people write and review it: the shape of `policy.yaml`. Nothing in it is code, every list is bounded, and
 * every rule says why it is there.
 */
import { z } from 'zod';
import { DETECTORS, MAX_FINDINGS } from '../detect/index.ts';
import { LEVELS } from '../wire/identity-news.ts';
import { areDays, areHours, isZone } from './hours.ts';
import { OUTCOMES } from './outcome.ts';

const MAX_RULES = 256;
const MAX_NAMES = 64;
const MAX_WHO = 1_000;
const MAX_WORDS = 2_000;
const MAX_WORD_LENGTH = 128;
const MAX_PATTERN_LENGTH = 512;
const MAX_TEXT_LENGTH = 512;
/** Each is looked for in all of a message, so that they are what a decision takes its time for. */
const MAX_LEXICONS = 128;
const MAX_PATTERNS = 128;

/** What an inspected file can be: the words of its `risks`. */
export const ATTACHMENT_STATES = [
  'encrypted',
  'unreadable',
  'infected',
  'unscanned',
  'mismatched',
  'risky',
] as const;

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'is not a name: lower-case letters, digits and hyphens');

const who = z
  .array(z.string().min(1).max(320))
  .min(1)
  .max(MAX_WHO)
  .meta({ examples: [['group:trading', 'role:director', 'domain:partner.example', 'alice@acme.example']] });

const text = z.string().min(1).max(MAX_TEXT_LENGTH);

const contains = z.strictObject({
  detector: z.enum(DETECTORS).optional().describe('Sensitive data of this type.'),
  kinds: z
    .array(z.string().min(1).max(32))
    .min(1)
    .max(64)
    .optional()
    .describe('Only these kinds of it, such as the countries of national ids.'),
  lexicon: name.optional().describe('A word of this lexicon.'),
  pattern: name.optional().describe('Something that this pattern matches.'),
  atLeast: z.number().int().min(1).max(MAX_FINDINGS).default(1).describe('So many of them, or more.'),
});

function isAtMost(most: number): (named: object) => boolean {
  return (named) => Object.keys(named).length <= most;
}

const hours = z
  .strictObject({
    days: z
      .string()
      .refine(areDays, 'is not like mon-fri or sat')
      .meta({ examples: ['mon-fri'] }),
    hours: z
      .string()
      .refine(areHours, 'is not like 07:00-20:00')
      .meta({ examples: ['07:00-20:00'] }),
    zone: z
      .string()
      .refine(isZone, 'is not a time zone, such as Europe/Berlin')
      .meta({ examples: ['Europe/Berlin'] }),
  })
  .describe('Days and hours, in the time of a place; 22:00-06:00 ends on the day after the one it is of.');

const attachment = z
  .strictObject({
    names: z
      .array(z.string().min(1).max(128))
      .min(1)
      .max(MAX_NAMES)
      .optional()
      .meta({ examples: [['*.exe', '*.iso']] })
      .describe('Its name is like one of these; * stands for any characters.'),
    types: z
      .array(z.string().min(1).max(128))
      .min(1)
      .max(MAX_NAMES)
      .optional()
      .meta({ examples: [['application/zip', 'image/*']] })
      .describe('What it is by its content, or says it is, is one of these.'),
    is: z.array(z.enum(ATTACHMENT_STATES)).min(1).optional().describe('It is one of these.'),
    largerThan: z.number().int().min(0).optional().describe('It has more bytes.'),
  })
  .describe('A file comes along that meets all of this; an empty one means any file.');

const link = z
  .strictObject({
    is: z
      .array(z.enum(['mismatched', 'deceptive', 'lookalike', 'any']))
      .min(1)
      .optional()
      .describe(
        'It shows another target than it has, hides its target, or leads to a domain that imitates one we know.',
      ),
    list: name.optional().describe('It leads to a domain of this list.'),
  })
  .describe('A link meets one of this.');

/** All that is given must be met. */
const when = z.strictObject({
  direction: z.enum(['out', 'in']).optional().describe('Written by our members (out), or by others (in).'),
  from: who.optional().describe('One of these wrote it.'),
  to: who.optional().describe('One of these receives it.'),
  between: z
    .array(name)
    .length(2)
    .optional()
    .describe('Somebody of the one group and somebody of the other take part: an information barrier.'),
  conversation: z.enum(['direct', 'group']).optional(),
  external: z.boolean().optional().describe('Whether somebody of another organisation takes part.'),
  firstContact: z
    .boolean()
    .optional()
    .describe('Whether nobody who receives it has written with the sender before, or accepted them.'),
  levelBelow: z
    .enum(LEVELS)
    .exclude(['own', 'none'])
    .optional()
    .describe('An organisation that takes part is verified by less than this.'),
  imitates: z
    .array(z.enum(['domain', 'name']))
    .min(1)
    .optional()
    .describe(
      'A domain that writes or is written to imitates ours, or that of an earlier partner; or the sender’s name imitates one of our members.',
    ),
  outside: hours.optional().describe('Not within these hours.'),
  contains: z
    .array(contains)
    .min(1)
    .max(MAX_NAMES)
    .optional()
    .describe('One of these is in its text or its files.'),
  attachment: attachment.optional(),
  link: link.optional(),
  sample: z
    .number()
    .gt(0)
    .max(1)
    .optional()
    .describe('This share of all others that meet the rule, drawn by the seed: 0.05 is one in twenty.'),
});

const rule = z.strictObject({
  id: name.describe('Under this name the archive records what it decided.'),
  reason: text.describe('Why the organisation has it.'),
  law: z.string().min(1).max(MAX_TEXT_LENGTH).optional().describe('The rule of law it serves.'),
  when: when.describe('What it is about.'),
  unless: when.optional().describe('And what it is not about, though it meets the former.'),
  then: z
    .enum(OUTCOMES)
    .describe(
      'flag: delivered, and reviewed after; warn: the sender confirms, with a reason, and the receiver is warned; redact: what was found is taken out; hold: delivered once it is reviewed; block.',
    ),
  text: text.optional().describe('What the person is told. Left out: the reason.'),
  accept: z
    .enum(['receiver', 'organisation'])
    .optional()
    .describe(
      'With firstContact: who accepts whoever waits; receiver (where this is left out) means any of those it was written to, organisation the officers and operators alone.',
    ),
  on: z.boolean().default(true).describe('Whether it counts.'),
});

export const policyShape = z.strictObject({
  version: z.literal(1),
  groups: z.record(name, who).default({}).describe('People, by a name for them.'),
  lexicons: z
    .record(
      name,
      z.strictObject({
        version: z
          .number()
          .int()
          .min(1)
          .describe('Raised with each change, so that a finding says by which it was.'),
        words: z.array(z.string().min(1).max(MAX_WORD_LENGTH)).min(1).max(MAX_WORDS),
      }),
    )
    .refine(isAtMost(MAX_LEXICONS), `are more than ${MAX_LEXICONS}; put the words of several into one`)
    .default({})
    .describe('Words and phrases, in any case and width.'),
  patterns: z
    .record(name, z.string().min(1).max(MAX_PATTERN_LENGTH))
    .refine(isAtMost(MAX_PATTERNS), `are more than ${MAX_PATTERNS}; join several with |`)
    .default({})
    .describe('Regular expressions in the syntax of RE2: they take linear time on any text.'),
  lists: z
    .record(name, z.array(z.string().min(1).max(253)).min(1).max(MAX_WHO))
    .default({})
    .describe('Domains; *.example means every domain below it.'),
  seed: z
    .string()
    .min(8)
    .max(128)
    .optional()
    .describe('What samples are drawn by: the same seed draws the same messages.'),
  fourEyes: z
    .boolean()
    .default(false)
    .describe('Whether a second officer approves each change of this file.'),
  rules: z.array(rule).max(MAX_RULES),
});

export type PolicyDocument = z.output<typeof policyShape>;
export type Rule = PolicyDocument['rules'][number];
export type When = z.output<typeof when>;
export type AttachmentState = (typeof ATTACHMENT_STATES)[number];
