/** The hours in which a rule applies, in a place's own time. */

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

export type Day = (typeof DAYS)[number];

export interface Hours {
  /** From the first to the last of them, or one: `mon-fri`, `sat`. */
  readonly days: string;
  /** `07:00-20:00`: from the first minute on, up to before the last one; `22:00-06:00` ends on the day after. */
  readonly hours: string;
  /** An IANA time zone. */
  readonly zone: string;
}

const MINUTES_A_DAY = 24 * 60;

/** Whether the days are written as {@link Hours} has them. */
export function areDays(text: string): boolean {
  const [from, to = from, ...more] = text.split('-');
  return more.length === 0 && isDay(from) && isDay(to);
}

export function areHours(text: string): boolean {
  const times = /^(\d\d):(\d\d)-(\d\d):(\d\d)$/.exec(text)?.slice(1).map(Number);
  if (times === undefined) return false;
  const [fromHour = 0, fromMinute = 0, toHour = 0, toMinute = 0] = times;
  const [from, to] = [fromHour * 60 + fromMinute, toHour * 60 + toMinute];
  const areTimes = fromMinute < 60 && toMinute < 60 && from < MINUTES_A_DAY && to <= MINUTES_A_DAY;
  return areTimes && from !== to;
}

export function isZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** Whether a time (milliseconds) lies within the hours; those after midnight belong to the day on which they began. */
export function withinHours({ days, hours, zone }: Hours): (time: number) => boolean {
  const format = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone: zone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  });
  const [first = 'mon', last = first] = days.split('-');
  const [from, to] = [DAYS.indexOf(first as Day), DAYS.indexOf(last as Day)];
  const [begin = 0, end = 0] = hours.split('-').map(minutesOf);
  const areOn = (day: number): boolean => (from <= to ? day >= from && day <= to : day >= from || day <= to);
  return (time) => {
    const parts = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, value]));
    const day = DAYS.indexOf((parts['weekday'] ?? '').toLowerCase() as Day);
    const minutes = Number(parts['hour']) * 60 + Number(parts['minute']);
    if (begin < end) return areOn(day) && minutes >= begin && minutes < end;
    const dayBefore = (day + DAYS.length - 1) % DAYS.length;
    return minutes >= begin ? areOn(day) : minutes < end && areOn(dayBefore);
  };
}

function minutesOf(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return hours * 60 + minutes;
}

function isDay(text: string | undefined): boolean {
  return text !== undefined && (DAYS as readonly string[]).includes(text);
}
