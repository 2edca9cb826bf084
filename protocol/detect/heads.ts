/**
 * Where numbers and codes can begin: the runs of ASCII letters and digits in which a digit stands, or after which one
 * follows. UUIDs are left out, and what is but the rest of a longer number.
 */

/** Pairs of a run's place and its {@link LETTERED} or length in digits. */
export type Heads = readonly number[];

/** A run in which letters stand; no run of digits has this length. */
export const LETTERED = 0;
/** Longer runs of digits begin nothing. */
export const MAX_HEAD = 20;
/** Letters that stand apart from the digits after them are at most these, as in RSSMRA 80A01. */
const MAX_LETTERS = 6;

const DIGIT = /\d/;
const UUID = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/iy;
const UUID_FIRST = 8;

const HYPHEN = 45;
const POINT = 46;
const UNDERSCORE = 95;

export function headsOf(text: string): Heads {
  const heads: number[] = [];
  if (!DIGIT.test(text)) return heads;
  for (let at = 0; at < text.length;) {
    let code = text.charCodeAt(at);
    if (!isWord(code)) {
      at += 1;
      continue;
    }
    const start = at;
    let digits = 0;
    for (; isWord(code); code = text.charCodeAt((at += 1))) if (isDigit(code)) digits += 1;
    const length = at - start;
    if (digits === 0 && !(length <= MAX_LETTERS && isDigit(text.charCodeAt(at + 1)))) continue;
    const head = digits < length ? LETTERED : length;
    if (head > MAX_HEAD || isRest(text, start)) continue;
    if (length === UUID_FIRST && code === HYPHEN) {
      UUID.lastIndex = start;
      if (UUID.test(text)) {
        at = UUID.lastIndex;
        continue;
      }
    }
    heads.push(start, head);
  }
  return heads;
}

/** Whether a number goes on after what seems its end: 123456789.50, 12-34-56. */
export function goesOn(text: string, end: number): boolean {
  const code = text.charCodeAt(end);
  if (code !== HYPHEN && code !== POINT) return false;
  return isDigit(text.charCodeAt(end - 1)) && isDigit(text.charCodeAt(end + 1));
}

/** Whether what stands here is the rest of a longer number. */
function isRest(text: string, start: number): boolean {
  const code = text.charCodeAt(start - 1);
  return (code === HYPHEN || code === POINT) && isDigit(text.charCodeAt(start - 2));
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isWord(code: number): boolean {
  const small = code | 0x20;
  return (small >= 97 && small <= 122) || isDigit(code) || code === UNDERSCORE;
}
