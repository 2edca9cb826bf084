/** Messages that must be gone by what the schedules say, and are there. */
import { affecting, DAY_MS, dayOf, type Gap } from './gap.ts';

/** Milliseconds that what must go may take: it is looked for every minute, and only so much goes in an hour. */
const BEHIND_MS = DAY_MS;

/** Messages that could go and must. Times in milliseconds since 1970. */
export interface Due {
  /** By schedule: how many were found, and when the first of them had to go. */
  readonly schedules: readonly { readonly name: string; readonly messages: number; readonly first: number }[];
  readonly disposalsPerHour: number;
}

/** @param now milliseconds since 1970 */
export function dispositionGaps(now: number, { schedules, disposalsPerHour }: Due): Gap[] {
  const behind = schedules.filter(({ first }) => now - first > BEHIND_MS);
  if (behind.length === 0) return [];
  const first = Math.min(...behind.map((schedule) => schedule.first));
  const messages = behind.reduce((sum, schedule) => sum + schedule.messages, 0);
  return [
    {
      kind: 'disposition-behind',
      subject: '',
      severity: 'warning',
      since: first,
      ...affecting(behind.map(({ name }) => `schedule ${name}`)),
      text:
        `${messages} messages had to be gone, the first by ${dayOf(first)}; if that stays so, ` +
        `raise retention.disposalsPerHour, which is ${disposalsPerHour}`,
      mend: 'chancery retention run',
      evidence: 'they are in the archive, and neither date, hold nor partner keeps them',
    },
  ];
}
