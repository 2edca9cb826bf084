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
  /** Words that do as well, but say less of what kind it is: another form with its own word near by goes before. */
  readonly nearAlso?: Words;
}

/** The heads and source of a number in groups of so many digits, each with or without a separator after it. */
export function grouped(...lengths: readonly number[]): Pick<Form, 'heads' | 'source'> {
  let sum = 0;
  const heads = lengths.map((length) => (sum += length));
  return { heads, source: lengths.map((length) => `\\d{${String(length)}}`).join('[ ./-]?') };
}

/** The kinds that forms are always of. */
export function kindsOfForms(forms: readonly Form[]): readonly string[] {
  return forms.flatMap(({ kind }) => (typeof kind === 'string' ? [kind] : []));
}

/** All have all fields, in the same order, which is what makes reading them fast. */
interface Compiled {
  readonly pattern: RegExp;
  readonly kind: Form['kind'];
  readonly check: Form['check'];
  readonly near: Form['near'];
  readonly nearAlso: Words | undefined;
}

const SEPARATORS = /[ ./()-]/g;

/** A detector of the given forms; of those that fit at one place, all are spans. */
export function seekForms(forms: readonly Form[]): Seek {
  const buckets: Compiled[][] = Array.from({ length: MAX_HEAD + 1 }, () => []);
  for (const form of forms) {
    const { source, kind, check, near, nearAlso } = form;
    const pattern = new RegExp(`${source}(?![0-9A-Za-z_])`, 'iy');
    const compiled: Compiled = { pattern, kind, check, near, nearAlso };
    for (const head of form.heads) buckets[head === 'lettered' ? LETTERED : head]?.push(compiled);
  }
  return (plain) => {
    const { heads } = plain;
    let spans: Span[] | undefined;
    for (let at = 0; at < heads.length; at += 2) {
      const bucket = buckets[heads[at + 1] ?? 0] ?? NOTHING;
      for (const form of bucket) {
        const span = spanAt(form, plain, heads[at] ?? 0);
        if (span !== undefined) (spans ??= []).push(span);
      }
    }
    return spans ?? NOTHING;
  };
}

/** The form that begins here, if it does. */
function spanAt(form: Compiled, plain: Plain, start: number): Span | undefined {
  const { pattern, check, near, nearAlso, kind } = form;
  // a form without a check fits nearly everywhere, so the words are looked for first
  if (check === undefined && typeof near === 'object') {
    if (!holds(plain.wordStarts, near) && (nearAlso === undefined || !holds(plain.wordStarts, nearAlso)))
      return undefined;
  }
  pattern.lastIndex = start;
  if (!pattern.test(plain.text)) return undefined;
  const end = pattern.lastIndex;
  if (goesOn(plain.text, end)) return undefined;
  const compact = compactOf(plain.text, start, end);
  if (check?.(compact) === false) return undefined;
  const list = typeof near === 'function' ? near(compact) : near;
  const isVague = list !== undefined && !isNear(plain.wordStarts, start, end, list);
  if (isVague && (nearAlso === undefined || !isNear(plain.wordStarts, start, end, nearAlso)))
    return undefined;
  return { kind: typeof kind === 'function' ? kind(compact) : kind, start, end, isVague };
}

function compactOf(text: string, start: number, end: number): string {
  return text.slice(start, end).replace(SEPARATORS, '').toUpperCase();
}
