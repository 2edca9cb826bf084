/** Mails as one mailbox in the format mboxrd: lines ended by LF, “From ” at the beginning of a line quoted, however often. */
import { concat } from 'uint8arrays/concat';
import { fromString } from 'uint8arrays/from-string';
import { toString } from 'uint8arrays/to-string';

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** One mail of a mailbox. @param time of its arrival, in milliseconds */
export function inMbox(mime: Uint8Array, time: number): Uint8Array {
  const lines = toString(mime)
    .replaceAll('\r\n', '\n')
    .replace(/^(>*From )/gm, '>$1');
  return concat([
    fromString(`From chancery@chancery.invalid ${asctime(time)}\n${lines.replace(/\n+$/, '')}\n\n`),
  ]);
}

/** As `asctime` of C writes it, in UTC. */
function asctime(time: number): string {
  const date = new Date(time);
  const two = (value: number): string => String(value).padStart(2, '0');
  const clock = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':');
  const day = String(date.getUTCDate()).padStart(2, ' ');
  return `${DAYS[date.getUTCDay()] ?? ''} ${MONTHS[date.getUTCMonth()] ?? ''} ${day} ${clock} ${date.getUTCFullYear()}`;
}
