/** What a configuration says of retention: its schema, and the schedules that it becomes. */
import { z } from 'zod';
import { parseDomain } from '../../protocol/names/index.ts';
import type { RetentionPolicy } from '../retention/index.ts';
import { CEILING_DAYS, DISPOSALS_PER_HOUR, FLOOR_DAYS, MAX_SCHEDULES, whole } from './limits.ts';

const DEFAULT = 'default';

const floorDays = whole(FLOOR_DAYS).describe(
  'Days for which a message is kept, by everybody and in any case. What is stored keeps the days it came with.',
);

const ceilingDays = z
  .number()
  .int()
  .min(CEILING_DAYS.least)
  .max(CEILING_DAYS.most)
  .optional()
  .meta({ examples: [CEILING_DAYS.usual] })
  .describe('Days after which a message is disposed of, unless a hold keeps it. Left out: never.');

const scheduleFor = z
  .strictObject({
    conversation: z
      .enum(['direct', 'group'])
      .optional()
      .meta({ examples: ['group'] })
      .describe('The type of the conversation.'),
    organisation: z
      .string()
      .max(253)
      .refine((text) => isDomain(text), 'is not a domain in lower case')
      .optional()
      .meta({ examples: ['bank.example'] })
      .describe('An organisation of which somebody is in the conversation.'),
    role: z
      .string()
      .min(1)
      .max(64)
      .optional()
      .meta({ examples: ['compliance-officer'] })
      .describe('A role of one of our members in the conversation.'),
    content: z
      .string()
      .min(1)
      .max(64)
      .optional()
      .meta({ examples: ['text'] })
      .describe('The kind of content, such as text.'),
  })
  .refine((criteria) => Object.values(criteria).some((value) => value !== undefined), 'names nothing');

const schedule = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'is not a name: lower-case letters, digits and hyphens')
    .refine((name) => name !== DEFAULT, 'is the name of what no schedule is for')
    .meta({ examples: ['trading'] })
    .describe('Its name, under which the archive records what it is for.'),
  for: scheduleFor.describe('What it is for: all that is named must be met.'),
  floorDays,
  ceilingDays,
});

export const retentionSchema = z
  .strictObject({
    floorDays,
    ceilingDays,
    schedules: z
      .array(schedule)
      .max(MAX_SCHEDULES)
      .default([])
      .describe('Schedules of their own for some messages: the first that is for a message counts.'),
    disposalsPerHour: whole(DISPOSALS_PER_HOUR).describe('Messages that are disposed of in an hour at most.'),
  })
  .superRefine((retention, context) => {
    const names = new Set<string>();
    [retention, ...retention.schedules].forEach((one, index) => {
      const path = index === 0 ? [] : ['schedules', index - 1];
      if (one.ceilingDays !== undefined && one.ceilingDays < one.floorDays)
        context.addIssue({
          code: 'custom',
          path: [...path, 'ceilingDays'],
          message: `is below floorDays, ${one.floorDays}: what must be kept cannot have to go`,
        });
      const name = 'name' in one ? one.name : DEFAULT;
      if (names.has(name))
        context.addIssue({ code: 'custom', path: [...path, 'name'], message: 'is there twice' });
      names.add(name);
    });
  });

/** The schedules in the form in which they are applied; the default is the last. */
export function retentionPolicyOf(retention: z.output<typeof retentionSchema>): RetentionPolicy {
  const { schedules, floorDays: floor, ceilingDays: ceiling, disposalsPerHour } = retention;
  return {
    schedules: [
      ...schedules.map((one) => ({ ...one, ceilingDays: one.ceilingDays ?? null })),
      { name: DEFAULT, for: {}, floorDays: floor, ceilingDays: ceiling ?? null },
    ],
    disposalsPerHour,
  };
}

function isDomain(text: string): boolean {
  const parsed = parseDomain(text);
  return parsed.ok && parsed.value === text;
}
