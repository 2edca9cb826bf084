/** A case as its events make it: a function of them alone, so that a node, an officer's device and a verifier agree. */
import type { PlacedCaseEvent } from './case-event.ts';

interface Done {
  readonly actor: string;
  /** The entry that says so, and when that was archived (milliseconds). */
  readonly sequence: number;
  readonly time: number;
}

export interface CaseSearch extends Done {
  readonly number: number;
  readonly query: string;
  /** Oldest first. */
  readonly runs: readonly (Done & { readonly found: number; readonly newest: number | null })[];
}

export interface CaseMessage {
  readonly entry: number;
  /** In the order in which they were given. */
  readonly tags: readonly (Done & { readonly tag: string })[];
}

export interface CaseNote extends Done {
  readonly text: string;
  readonly about: number | null;
}

export interface CaseState {
  readonly name: string;
  readonly title: string;
  readonly state: 'open' | 'closed';
  readonly opened: Done;
  readonly reviewers: readonly string[];
  readonly searches: readonly CaseSearch[];
  /** In the order of the log. */
  readonly messages: readonly CaseMessage[];
  readonly notes: readonly CaseNote[];
}

/** Undefined where the first event opens no case, one is of another case, or any is left out before another. */
export function caseOf(events: readonly PlacedCaseEvent[]): CaseState | undefined {
  const [first, ...others] = events;
  if (first?.act.event !== 'opened' || events.some(({ place }, at) => place !== at)) return undefined;
  if (others.some((event) => event.case !== first.sequence)) return undefined;
  const { name, actor } = first;
  let state: CaseState['state'] = 'open';
  const reviewers = new Set([actor]);
  const searches: (CaseSearch & { runs: CaseSearch['runs'][number][] })[] = [];
  const messages = new Map<number, CaseMessage['tags'][number][]>();
  const notes: CaseNote[] = [];
  for (const { act, ...event } of others) {
    const done = { actor: event.actor, sequence: event.sequence, time: event.time };
    switch (act.event) {
      case 'opened':
        return undefined;
      case 'reviewer-added':
        reviewers.add(act.reviewer);
        break;
      case 'reviewer-removed':
        reviewers.delete(act.reviewer);
        break;
      case 'search-saved':
        searches.push({ number: act.search, query: act.query, ...done, runs: [] });
        break;
      case 'search-run':
        searches
          .find(({ number }) => number === act.search)
          ?.runs.push({ ...done, found: act.found, newest: act.newest });
        break;
      case 'tagged':
        for (const entry of act.entries)
          messages.set(entry, [...withoutTag(messages.get(entry), act.tag), { tag: act.tag, ...done }]);
        break;
      case 'untagged':
        for (const entry of act.entries) {
          const left = withoutTag(messages.get(entry), act.tag);
          if (left.length === 0) messages.delete(entry);
          else messages.set(entry, left);
        }
        break;
      case 'noted':
        notes.push({ text: act.text, about: act.about, ...done });
        break;
      case 'closed':
        state = 'closed';
        break;
      case 'reopened':
        state = 'open';
        break;
    }
  }
  return {
    ...{ name, title: first.act.title, state },
    opened: { actor, sequence: first.sequence, time: first.time },
    reviewers: [...reviewers].sort(),
    searches,
    messages: [...messages].map(([entry, tags]) => ({ entry, tags })).sort((a, b) => a.entry - b.entry),
    notes,
  };
}

function withoutTag(
  tags: readonly CaseMessage['tags'][number][] = [],
  tag: string,
): CaseMessage['tags'][number][] {
  return tags.filter((one) => one.tag !== tag);
}
