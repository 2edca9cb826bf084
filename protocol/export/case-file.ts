/**
 * A case as its export shows it: a file that follows from the entries of its events alone, so that whoever has those can
 * tell whether it says what they do.
 */
import { caseEventText, caseOf, type PlacedCaseEvent } from '../archive/index.ts';

/** The name of the file. */
export const CASE_FILE = 'case.json';

interface Done {
  readonly actor: string;
  readonly sequence: number;
  readonly time: number;
}

/** The text of the file; undefined where the events are not those of one case, each in its place. */
export function formatCase(events: readonly PlacedCaseEvent[]): string | undefined {
  const state = caseOf(events);
  if (state === undefined) return undefined;
  const { name, title, opened, reviewers, searches, messages, notes } = state;
  const written = {
    ...{ v: 1, name, title, state: state.state, opened: doneBy(opened), reviewers },
    searches: searches.map(({ number, query, runs, ...saved }) => ({
      ...{ number, query, saved: doneBy(saved) },
      runs: runs.map(({ found, newest, ...run }) => ({ ...doneBy(run), found, newest })),
    })),
    messages: messages.map(({ entry, tags }) => ({
      entry,
      tags: tags.map(({ tag, ...tagged }) => ({ tag, ...doneBy(tagged) })),
    })),
    notes: notes.map(({ text, about, ...noted }) => ({ ...doneBy(noted), about, text })),
    timeline: events.map((event) => ({
      ...doneBy(event),
      ...{ device: event.device, event: event.act.event, text: caseEventText(event) },
    })),
  };
  return `${JSON.stringify(written, null, 1)}\n`;
}

function doneBy({ actor, sequence, time }: Done): { recorded: number; time: string; by: string } {
  return { recorded: sequence, time: new Date(time).toISOString(), by: actor };
}
