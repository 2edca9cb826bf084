/**
 * Dates of birth inside of numbers. Without a clock and often without a century, so what is refused is only what is
 * no date in any year.
 */

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether a day of a month exists, in some year. */
export function isDay(month: number, day: number): boolean {
  return day >= 1 && day <= (DAYS[month - 1] ?? 0);
}

/** The same of two pairs of digits. */
export function isDayOf(month: string, day: string): boolean {
  return isDay(Number(month), Number(day));
}
