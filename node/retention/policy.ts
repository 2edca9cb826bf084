/**
 * The organisation's schedules: which one a message is archived under, its floor and its ceiling, in days. Guarantees: the
 * first that is for a message counts, in the order in which they are written; what no other is for, the default is for. An
 * agreement with a partner only ever lengthens a floor; of several the largest counts.
 */
import { domainsOf } from '../../protocol/conversation/index.ts';
import { DEFAULT_FLOOR_DAYS, DEFAULT_SCHEDULE, type Classified, type ScheduleOf } from '../ledger/index.ts';

/** What a schedule is for: each that is given must be met. */
export interface ScheduleFor {
  readonly conversation?: 'direct' | 'group' | undefined;
  /** A domain of which somebody is in the conversation. */
  readonly organisation?: string | undefined;
  /** A role that one of our members in the conversation has. */
  readonly role?: string | undefined;
  /** The kind of content. */
  readonly content?: string | undefined;
}

export interface Schedule {
  readonly name: string;
  readonly for: ScheduleFor;
  readonly floorDays: number;
  /** Days after which it must go; null for never. */
  readonly ceilingDays: number | null;
}

export interface RetentionPolicy {
  /** The last is the default, which is for everything. */
  readonly schedules: readonly Schedule[];
  /** Contents that are disposed of in an hour at most. */
  readonly disposalsPerHour: number;
}

/** Six years for everything, and nothing that must go. */
export const USUAL_POLICY: RetentionPolicy = {
  schedules: [{ name: DEFAULT_SCHEDULE, for: {}, floorDays: DEFAULT_FLOOR_DAYS, ceilingDays: null }],
  disposalsPerHour: 36_000,
};

/**
 * @param rolesOf the roles of one of our members; none for anybody else
 * @param agreedWith days for which the agreements with a partner keep what is exchanged with it; 0 where they say nothing
 */
export function scheduleOf(
  policy: RetentionPolicy,
  rolesOf: (address: string) => readonly string[],
  agreedWith: (domain: string) => number,
): ScheduleOf {
  return (message) => {
    const found = policy.schedules.find((schedule) => isFor(schedule.for, message, rolesOf));
    return {
      schedule: found?.name ?? DEFAULT_SCHEDULE,
      floorDays: Math.max(found?.floorDays ?? DEFAULT_FLOOR_DAYS, ...message.partners.map(agreedWith)),
    };
  };
}

function isFor(
  { conversation: type, organisation, role, content }: ScheduleFor,
  message: Classified,
  rolesOf: (address: string) => readonly string[],
): boolean {
  const { conversation } = message;
  return (
    (type === undefined || conversation.type === type) &&
    (content === undefined || message.content === content) &&
    (organisation === undefined || domainsOf(conversation).includes(organisation)) &&
    (role === undefined || conversation.members.some((address) => rolesOf(address).includes(role)))
  );
}

/** Days after which what a schedule is for must go: null for never, and for a schedule that is no longer written. */
export function ceilingOf({ schedules }: RetentionPolicy, name: string): number | null {
  return schedules.find((schedule) => schedule.name === name)?.ceilingDays ?? null;
}
