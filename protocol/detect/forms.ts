/**
 * Numbers and codes of a fixed form, found together: at each place where one can begin (heads.ts) those forms are tried
 * that begin so. Guarantees: time linear in the text, for the expressions of forms repeat nothing without a bound, and
 * each place is tried once a form.
 */
import { holds, isNear, type Words } from './context.ts';
import { NOTHING, type Seek, type Span } from './found.ts';
import { goesOn, LETTERED, MAX_HEAD } from './heads.ts';
import type { Plain } from './plain.ts';

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
  readonly near?: Words | ((compact: string) => Words | undefined);
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

const SEPARATORS = /[ ./()-]/g;

/** A detector of the given forms; of those that fit at one place, all are spans. */
export function seekForms(forms: readonly Form[]): Seek {
  const buckets: Compiled[][] = Array.from({ length: MAX_HEAD + 1 }, () => []);
  for (const form of forms) {
    const pattern = new RegExp(`${form.source}(?![0-9A-Za-z_])`, 'iy');
    for (const head of form.heads) buckets[head === 'lettered' ? LETTERED : head]?.push({ ...form, pattern });
  }
  return (plain) => {
    const { heads } = plain;
    let spans: Span[] | undefined;
    for (let at = 0; at < heads.length; at += 2) {
      for (const form of buckets[heads[at + 1] ?? 0] ?? []) {
        const span = spanAt(form, plain, heads[at] ?? 0);
        if (span !== undefined) (spans ??= []).push(span);
      }
    }
    return spans ?? NOTHING;
  };
}

/** The form that begins here, if it does. */
function spanAt(form: Compiled, plain: Plain, start: number): Span | undefined {
  const { pattern, check, near, kind } = form;
  // a form without a check fits nearly everywhere, so the words are looked for first
  if (check === undefined && typeof near === 'object' && !holds(plain, near)) return undefined;
  pattern.lastIndex = start;
  if (!pattern.test(plain.text)) return undefined;
  const end = pattern.lastIndex;
  if (goesOn(plain.text, end)) return undefined;
  const compact = compactOf(plain.text, start, end);
  if (check?.(compact) === false) return undefined;
  const list = typeof near === 'function' ? near(compact) : near;
  if (list !== undefined && !isNear(plain, start, end, list)) return undefined;
  return { kind: typeof kind === 'function' ? kind(compact) : kind, start, end };
}

function compactOf(text: string, start: number, end: number): string {
  return text.slice(start, end).replace(SEPARATORS, '').toUpperCase();
}
