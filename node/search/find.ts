/** Goes through the index, the newest part first, for what a plan asks for. Other work has its turn between parts. */
import { setImmediate } from 'node:timers/promises';
import { inBoth, inFirstOnly } from './places.ts';
import type { Plan } from './plan.ts';
import type { Sieve } from './sieve.ts';
import type { Part } from './search-index.ts';

/** Places that are gone through between two turns of other work, some milliseconds; a list that is read is as much as many. */
const TURN_PLACES = 300_000;
const LIST_PLACES = 10_000;

export interface Finding {
  /** Sequence numbers, the newest first. */
  readonly sequences: readonly number[];
  /** Whether there are more below the last. */
  readonly more: boolean;
}

/** The newest entries that match, no more than a limit. */
export async function findNewest(
  parts: readonly Part[],
  plan: Plan,
  sieve: Sieve,
  limit: number,
): Promise<Finding> {
  const sequences: number[] = [];
  for await (const { from, places } of matches(parts, plan, sieve)) {
    for (const place of places) {
      if (sieve.isGone(from + place)) continue;
      if (sequences.length === limit) return { sequences, more: true };
      sequences.push(from + place);
    }
  }
  return { sequences, more: false };
}

/** How many entries match. @param isClean whether the index has nothing any more of what was disposed of */
export async function countMatches(
  parts: readonly Part[],
  plan: Plan,
  sieve: Sieve,
  isClean: boolean,
): Promise<number> {
  let count = 0;
  for await (const { from, places } of matches(parts, plan, sieve))
    count += isClean ? places.length : places.filter((place) => !sieve.isGone(from + place)).length;
  return count;
}

interface Match {
  readonly from: number;
  readonly places: Uint16Array;
}

async function* matches(parts: readonly Part[], plan: Plan, sieve: Sieve): AsyncGenerator<Match> {
  const counts = new Map<number, number>();
  const countOf = (token: number): number => counts.get(token) ?? Infinity;
  let rarestFirst = plan.all;
  let gone = 0;
  for (const part of parts) {
    if (part.from >= plan.below) continue;
    if (part.to <= plan.from) return;
    const found = matchesIn(part, { ...plan, all: rarestFirst }, (token, count) => {
      counts.set(token, count);
      gone += LIST_PLACES + count;
    });
    // what was rare in one part most likely is in the next: where it is missing, no other is looked at
    rarestFirst = rarestFirst.toSorted((one, other) => countOf(one) - countOf(other) || 0);
    const places = await sieve.held(plan.held, part.from, found);
    if (places.length > 0) yield { from: part.from, places };
    if (gone < TURN_PLACES) continue;
    await setImmediate();
    gone = 0;
  }
}

/** @param onRead told of each list that was read, and how long it is */
function matchesIn(
  part: Part,
  { all, none, from, below }: Plan,
  onRead: (token: number, count: number) => void,
): Uint16Array {
  const read = (token: number): Uint16Array => {
    const places = part.places(token);
    onRead(token, places.length);
    return places;
  };
  let found: Uint16Array | undefined;
  for (const token of all) {
    const places = read(token);
    found = found === undefined ? places : inBoth(found, places);
    if (found.length === 0) return found;
  }
  for (const tokens of none) {
    let excluded: Uint16Array | undefined;
    for (const token of tokens)
      excluded = excluded === undefined ? read(token) : inBoth(excluded, read(token));
    if (excluded !== undefined && found !== undefined) found = inFirstOnly(found, excluded);
  }
  if (found === undefined) return new Uint16Array(0);
  if (from <= part.from && below >= part.to) return found;
  return found.filter((place) => part.from + place >= from && part.from + place < below);
}
