/**
 * Numbers and codes of a fixed form, found together in one pass: a text is cut into its runs of ASCII letters and
 * digits, and at a run with a digit only those forms are tried that can begin with such a run. Guarantees: time linear
 * in the text, for the expressions of forms repeat nothing without a bound, and each place is tried once a form.
 */
import { isNear } from './context.ts';
import { NOTHING, type Seek, type Span } from './found.ts';

export interface Form {
  /** Always the same, or what the form's characters say. */
  readonly kind?: string | ((compact: string) => string | undefined);
  /** The first run: how many digits it may have, or that letters begin it or stand in it. */
  readonly heads: readonly (number | 'lettered')[];
  /** A regular expression's source, for capitals; the form's end is not part of it. */
  readonly source: string;
  /** Over the form without its separators, in capitals. */
  readonly check?: (compact: string) => boolean;
  /** Without one of these words near by it is none. */
  readonly near?: RegExp;
}

/** The heads and source of a number in groups of so many digits, each with or without a separator after it. */
export function grouped(...lengths: readonly number[]): Pick<Form, 'heads' | 'source'> {
  let sum = 0;
  const heads = lengths.map((length) => (sum += length));
  return { heads, source: lengths.map((length) => `\\d{${String(length)}}`).join('[ ./-]?') };
}

interface Compiled extends Form {
  readonly pattern: RegExp;
}

/** Runs of digits longer than this begin nothing. */
const MAX_HEAD = 20;
/** Letters that stand apart from the digits after them are at most these, as in AB 12 34 56 C or RSSMRA 80A01. */
const MAX_LETTERS = 6;
/** No run has no characters, so this bucket is free for those with letters. */
const LETTERED = 0;

const DIGIT = /\d/;
const SEPARATORS = /[ ./()-]/g;
const UUID = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/iy;

/** A detector of the given forms; of those that fit at one place, all are spans. */
export function seekForms(forms: readonly Form[]): Seek {
  const buckets: Compiled[][] = Array.from({ length: MAX_HEAD + 1 }, () => []);
  for (const form of forms) {
    const pattern = new RegExp(`${form.source}(?![0-9A-Za-z_])`, 'iy');
    for (const head of form.heads) buckets[head === 'lettered' ? LETTERED : head]?.push({ ...form, pattern });
  }
  return ({ text }) => {
    if (!DIGIT.test(text)) return NOTHING;
    const spans: Span[] = [];
    eachHead(text, (start, head) => {
      for (const form of buckets[head] ?? []) {
        const span = spanAt(form, text, start);
        if (span !== undefined) spans.push(span);
      }
    });
    return spans;
  };
}

/** The form that begins here, if it does. */
function spanAt(form: Compiled, text: string, start: number): Span | undefined {
  form.pattern.lastIndex = start;
  if (!form.pattern.test(text)) return undefined;
  const end = form.pattern.lastIndex;
  if (goesOn(text, end)) return undefined;
  const compact = text.slice(start, end).replace(SEPARATORS, '').toUpperCase();
  if (form.check?.(compact) === false) return undefined;
  if (form.near !== undefined && !isNear(text, start, end, form.near)) return undefined;
  return { kind: typeof form.kind === 'function' ? form.kind(compact) : form.kind, start, end };
}

/** Calls back with every run that can begin a form, and its bucket. */
function eachHead(text: string, call: (start: number, head: number) => void): void {
  for (let at = 0; at < text.length; ) {
    if (!isWord(text.charCodeAt(at))) {
      at += 1;
      continue;
    }
    const start = at;
    let digits = 0;
    for (let code = text.charCodeAt(at); isWord(code); code = text.charCodeAt((at += 1))) {
      if (isDigit(code)) digits += 1;
    }
    const length = at - start;
    if (length === 8 && text.charCodeAt(at) === HYPHEN) {
      UUID.lastIndex = start;
      if (UUID.test(text)) {
        at = UUID.lastIndex;
        continue;
      }
    }
    if (digits === 0 && !(length <= MAX_LETTERS && isDigit(text.charCodeAt(at + 1)))) continue;
    const head = digits < length ? LETTERED : length;
    if (head <= MAX_HEAD && !comesAfter(text, start)) call(start, head);
  }
}

const HYPHEN = 45;
const POINT = 46;

/** Whether what stands here is the rest of a longer number: a fraction's, or a group's. */
function comesAfter(text: string, start: number): boolean {
  const code = text.charCodeAt(start - 1);
  return (code === HYPHEN || code === POINT) && isDigit(text.charCodeAt(start - 2));
}

/** Whether a number goes on after what seems its end: 123456789.50, 12-34-56. */
function goesOn(text: string, end: number): boolean {
  const code = text.charCodeAt(end);
  return (code === HYPHEN || code === POINT) && isDigit(text.charCodeAt(end + 1));
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** A letter or digit of ASCII, or the underscore. */
function isWord(code: number): boolean {
  const small = code | 0x20;
  return (small >= 97 && small <= 122) || (code >= 48 && code <= 57) || code === 95;
}
