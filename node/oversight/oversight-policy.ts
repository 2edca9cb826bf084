/**
 * What officers watch over together: how long messages are kept, and which acts need a second officer. Guarantees: the log
 * has every policy that was in force; where it asks for two officers, none that is weaker comes into force without them.
 */
import { z } from 'zod';
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { RetentionPolicy, Schedule } from '../retention/index.ts';

/** Acts that can be put under four eyes; the release of holds always is. */
export const FOUR_EYES = ['open', 'export', 'erasure', 'disposal', 'retention'] as const;

export type FourEyes = (typeof FOUR_EYES)[number];

export interface OversightRules {
  readonly fourEyes: readonly FourEyes[];
  /** Whether officers sign releases and erasures themselves, on their own devices. */
  readonly signed: boolean;
}

export interface OversightPolicy extends OversightRules {
  readonly retention: RetentionPolicy;
}

const days = z.number().int().nonnegative();

const scheduleShape = z.strictObject({
  name: z.string(),
  for: z.strictObject({
    conversation: z.enum(['direct', 'group']).optional(),
    organisation: z.string().optional(),
    role: z.string().optional(),
    content: z.string().optional(),
  }),
  floorDays: days,
  ceilingDays: days.nullable(),
});

const policyShape = z.strictObject({
  fourEyes: z.array(z.enum(FOUR_EYES)),
  signed: z.boolean(),
  schedules: z.array(scheduleShape).min(1),
  disposalsPerHour: days,
});

/** One text for one policy: people read it, and it is what officers approve. */
export function formatPolicy({ fourEyes, signed, retention }: OversightPolicy): string {
  const { schedules, disposalsPerHour } = retention;
  const written = {
    fourEyes: FOUR_EYES.filter((action) => fourEyes.includes(action)),
    signed,
    schedules: schedules.map(({ name, for: on, floorDays, ceilingDays }) => ({
      name,
      for: {
        conversation: on.conversation,
        organisation: on.organisation,
        role: on.role,
        content: on.content,
      },
      floorDays,
      ceilingDays,
    })),
    disposalsPerHour,
  };
  return JSON.stringify(written, null, 1);
}

/** A policy as it was recorded. Throws `archive.damaged`. */
export function parsePolicy(text: string): OversightPolicy {
  const parsed = policyShape.safeParse(JSON.parse(text));
  if (!parsed.success)
    throw new ChanceryError('archive.damaged', 'the schedules in force cannot be read from the archive');
  const { fourEyes, signed, schedules, disposalsPerHour } = parsed.data;
  return { fourEyes, signed, retention: { schedules, disposalsPerHour } };
}

/**
 * Whether another policy may keep something for less time, or ask fewer people: what cannot be told for certain counts as
 * weaker.
 */
export function isWeaker(from: OversightPolicy, to: OversightPolicy): boolean {
  if (from.signed && !to.signed) return true;
  if (from.fourEyes.some((action) => !to.fourEyes.includes(action))) return true;
  return keepsLess(from.retention.schedules, to.retention.schedules);
}

/** The first schedule that is for a message counts: so the same ones must be in the same order, or each longer than any. */
function keepsLess(from: readonly Schedule[], to: readonly Schedule[]): boolean {
  const longest = {
    floorDays: Math.max(...from.map(({ floorDays }) => floorDays)),
    ceilingDays: from.some(({ ceilingDays }) => ceilingDays === null)
      ? null
      : Math.max(...from.map(({ ceilingDays }) => ceilingDays ?? 0)),
  };
  const added = to.filter((schedule) => !from.some((other) => isSameClass(other, schedule)));
  if (added.some((schedule) => isShorter(longest, schedule))) return true;
  const kept = to.filter((schedule) => !added.includes(schedule));
  return (
    kept.length !== from.length ||
    kept.some((schedule, at) => {
      const before = from[at];
      return before === undefined || !isSameClass(before, schedule) || isShorter(before, schedule);
    })
  );
}

function isSameClass(one: Schedule, other: Schedule): boolean {
  const [a, b] = [one.for, other.for];
  return (
    one.name === other.name &&
    a.conversation === b.conversation &&
    a.organisation === b.organisation &&
    a.role === b.role &&
    a.content === b.content
  );
}

function isShorter(
  before: Pick<Schedule, 'floorDays' | 'ceilingDays'>,
  { floorDays, ceilingDays }: Schedule,
): boolean {
  if (floorDays < before.floorDays) return true;
  return ceilingDays !== null && (before.ceilingDays === null || ceilingDays < before.ceilingDays);
}
