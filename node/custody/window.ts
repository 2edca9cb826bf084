/** When the delivery window of a month is over. Months are `YYYY-MM` in UTC, times milliseconds since 1970. */
import { monthOf } from '../../protocol/archive/index.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** When a month ends. */
function endOf(month: string): number {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return Date.UTC(year, number, 1);
}

/** The month of a time and the next one: both have their keys beforehand. */
export function monthsFrom(time: number): readonly [string, string] {
  const month = monthOf(time);
  return [month, monthOf(endOf(month))];
}

/** Whether a month ended so many days ago. */
export function isOver(month: string, deliveryDays: number, now: number): boolean {
  return endOf(month) + deliveryDays * DAY_MS <= now;
}
