/** The filters of a query, each with the values it takes. Names of people and domains come out in canonical form. */
import { accept, refuse, type Result } from '../errors/index.ts';
import { parseAddress, parseDomain, parseTime } from '../names/index.ts';

export type Filter =
  /** An address, a local part or a domain. */
  | { readonly what: 'from' | 'with'; readonly name: string }
  /** The beginning of a conversation's id, in hex. */
  | { readonly what: 'conversation'; readonly id: string }
  | { readonly what: 'direction'; readonly direction: 'in' | 'out' }
  | { readonly what: 'mark'; readonly mark: 'attachment' | 'edited' | 'held'; readonly set: boolean }
  /** Milliseconds since 1970: from (inclusive) and until (exclusive). */
  | { readonly what: 'time'; readonly from: number | null; readonly until: number | null };

type Reader = (value: string) => Result<Filter>;

const DAY_MS = 24 * 60 * 60 * 1000;

const READERS: Readonly<Record<string, Reader>> = {
  from: (value) => person('from', value),
  with: (value) => person('with', value),
  in: (value) =>
    /^[0-9a-f]{4,64}$/i.test(value)
      ? accept({ what: 'conversation', id: value.toLowerCase() })
      : invalid(value, 'the beginning of a conversation’s id', '7c1e'),
  direction: (value) =>
    value === 'in' || value === 'out'
      ? accept({ what: 'direction', direction: value })
      : invalid(value, 'a direction', 'in or out'),
  has: (value) =>
    value === 'attachment'
      ? accept({ what: 'mark', mark: 'attachment', set: true })
      : invalid(value, 'what a message can have', 'attachment'),
  edited: (value) => mark('edited', value),
  held: (value) => mark('held', value),
  after: (value) => time(value, (from) => ({ from, until: null })),
  before: (value) => time(value, (until) => ({ from: null, until })),
  on: (value) => time(value, (from) => ({ from, until: from + DAY_MS })),
};

/** Refuses with `request.invalid`. */
export function readFilter(name: string, value: string): Result<Filter> {
  const read = Object.hasOwn(READERS, name) ? READERS[name] : undefined;
  if (read !== undefined) return read(value);
  const known = Object.keys(READERS).join(':, ');
  return refuse(
    'request.invalid',
    `there is no filter ${name}:, but ${known}:; put it in quotes to search for the words`,
  );
}

function person(what: 'from' | 'with', value: string): Result<Filter> {
  const name = nameOf(value);
  return name === undefined
    ? invalid(value, 'a person or organisation', 'alice, alice@acme.example or acme.example')
    : accept({ what, name });
}

/** Where there is no @ before it, what has a dot is a domain, or a local part that looks the same. */
function nameOf(value: string): string | undefined {
  const domain = value.startsWith('@') ? value.slice(1) : value;
  if (domain.includes('.') && !domain.includes('@')) {
    const parsed = parseDomain(domain);
    return parsed.ok ? parsed.value : undefined;
  }
  const parsed = parseAddress(value.includes('@') ? value : `${value}@local.invalid`);
  if (!parsed.ok) return undefined;
  return value.includes('@') ? parsed.value.text : parsed.value.local;
}

function mark(name: 'edited' | 'held', value: string): Result<Filter> {
  return value === 'yes' || value === 'no'
    ? accept({ what: 'mark', mark: name, set: value === 'yes' })
    : invalid(value, 'an answer', 'yes or no');
}

/** A day or a time, in UTC where it does not say otherwise. */
function time(
  value: string,
  spanOf: (at: number) => { readonly from: number | null; readonly until: number | null },
): Result<Filter> {
  const at = parseTime(value);
  return at === undefined
    ? invalid(value, 'a day or time', '2026-05-04 or 2026-05-04T03:02:01Z')
    : accept({ what: 'time', ...spanOf(at) });
}

function invalid(value: string, what: string, example: string): ReturnType<typeof refuse> {
  return refuse('request.invalid', `${JSON.stringify(value)} is not ${what}; write it like ${example}`);
}
