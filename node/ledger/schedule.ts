/** What keeps a message from the moment it is archived: its schedule's floor, by which its header was made, and holds. */
import { provenContent } from '../../protocol/message/index.ts';
import type { Conversation } from '../../protocol/conversation/index.ts';
import type { HeaderOf } from './headers.ts';
import type { RecordOf } from './records.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Days that a message is kept where nothing else is said: six years, as FINRA Rule 4511 has it. */
export const DEFAULT_FLOOR_DAYS = 2_192;

/** The schedule of what no other is for. */
export const DEFAULT_SCHEDULE = 'default';

export interface Scheduled {
  readonly schedule: string;
  /** Days that nobody can shorten for what is stored. */
  readonly floorDays: number;
}

/** What a schedule is chosen by. */
export interface Classified {
  readonly conversation: Conversation;
  readonly content: string;
  /** Domains of the partners that it is exchanged with. */
  readonly partners: readonly string[];
}

export type ScheduleOf = (message: Classified) => Scheduled;

export const everythingByDefault: ScheduleOf = () => ({
  schedule: DEFAULT_SCHEDULE,
  floorDays: DEFAULT_FLOOR_DAYS,
});

/** The schedule that a message was archived under. */
export function scheduledBy({ keep }: Pick<HeaderOf<'message'>, 'keep'>): Scheduled {
  return keep ?? { schedule: DEFAULT_SCHEDULE, floorDays: DEFAULT_FLOOR_DAYS };
}

/** Until when a message that was received at a time is kept, in milliseconds. */
export function floorOf(header: Pick<HeaderOf<'message'>, 'keep'>, time: number): number {
  return time + scheduledBy(header).floorDays * DAY_MS;
}

/** What a message says; undefined where it says nothing in words or cannot be read. */
export function textOf({ envelope }: RecordOf<'message'>): string | undefined {
  return wordsOf(provenContent(envelope));
}

/** Every text in a content, whatever its kind. */
function wordsOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array || value === null || typeof value !== 'object') return '';
  return Object.values(value).map(wordsOf).join('\n');
}
