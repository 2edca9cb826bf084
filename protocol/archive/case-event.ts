/**
 * What happens in a case, as the content of a `case` entry: one event each, in the order of the log. Everything that is
 * known of a case follows from its events: who reviews it, what was searched for, tagged and noted, whether it is open.
 */
import { z } from 'zod';
import { count, decodeCbor } from '../encoding/index.ts';
import type { Result } from '../errors/index.ts';

/** Characters of a name: as many as there may be where somebody says for which case they look. */
export const MAX_CASE_NAME = 128;

/** Characters of a title, of a tag, of a note, and of why a case is closed or opened again. */
const MAX_TITLE = 256;
const MAX_TAG = 64;
const MAX_NOTE = 4_096;
const MAX_REASON = 256;

/** Characters of a query, with room for a longer language of queries than that of today. */
const MAX_SAVED_QUERY = 4_096;

/** Entries that one event tags. */
export const MAX_TAGGED_AT_ONCE = 256;

/** Bytes of an event: a note in a script of four bytes a character, with room for names. */
const MAX_CASE_EVENT_BYTES = 32_768;

/** One line that says something: no control characters, and nothing at its ends that nobody sees. */
const LINE = /^[^\p{C}\p{Zl}\p{Zp}\s](?:[^\p{C}\p{Zl}\p{Zp}]*[^\p{C}\p{Zl}\p{Zp}\s])?$/u;

export const caseNameShape: z.ZodType<string> = z.string().max(MAX_CASE_NAME).regex(LINE, 'is no name');
export const caseTitleShape: z.ZodType<string> = z.string().max(MAX_TITLE).regex(LINE, 'is no title');
export const caseTagShape: z.ZodType<string> = z.string().max(MAX_TAG).regex(LINE, 'is no tag');
export const caseNoteShape: z.ZodType<string> = z.string().max(MAX_NOTE).regex(/\S/, 'says nothing');
export const caseReasonShape: z.ZodType<string> = z.string().max(MAX_REASON).regex(/\S/, 'says nothing');

const entries = z.array(count).min(1).max(MAX_TAGGED_AT_ONCE);
const address = z.string().max(320);

/** What one event says. A saved search is known by its number in the case, from 1 on. */
const actShape = z.discriminatedUnion('event', [
  z.strictObject({ event: z.literal('opened'), title: z.string().max(MAX_TITLE) }),
  z.strictObject({ event: z.literal('reviewer-added'), reviewer: address }),
  z.strictObject({ event: z.literal('reviewer-removed'), reviewer: address }),
  z.strictObject({
    event: z.literal('search-saved'),
    search: count.min(1),
    query: z.string().max(MAX_SAVED_QUERY),
  }),
  z.strictObject({
    event: z.literal('search-run'),
    search: count.min(1),
    /** How many matched, and the newest of them; null for none. */
    found: count,
    newest: count.nullable(),
  }),
  z.strictObject({ event: z.literal('tagged'), tag: z.string().max(MAX_TAG), entries }),
  z.strictObject({ event: z.literal('untagged'), tag: z.string().max(MAX_TAG), entries }),
  /** On the whole case, or on one message. */
  z.strictObject({ event: z.literal('noted'), text: z.string().max(MAX_NOTE), about: count.nullable() }),
  z.strictObject({ event: z.literal('closed'), reason: z.string().max(MAX_REASON) }),
  z.strictObject({ event: z.literal('reopened'), reason: z.string().max(MAX_REASON) }),
]);

export const caseEventShape = z.strictObject({
  v: z.literal(1),
  /** The entry that opened the case; null in that one itself. */
  case: count.nullable(),
  /** Its place among the events of the case, from 0 on: so none can be left out between two others. */
  place: count,
  name: z.string().max(MAX_CASE_NAME),
  actor: address,
  /** The peer id of the officer's device; null where the officer was named at the node. */
  device: z.string().max(128).nullable(),
  act: actShape,
});

export type CaseEvent = Omit<z.infer<typeof caseEventShape>, 'v'>;
export type CaseAct = CaseEvent['act'];

/** An event in its place: its entry, and when that was archived (milliseconds). */
export interface PlacedCaseEvent extends CaseEvent {
  readonly sequence: number;
  readonly time: number;
}

/** Refuses with an `encoding.*` code. */
export function decodeCaseEvent(content: Uint8Array): Result<CaseEvent> {
  return decodeCbor(content, MAX_CASE_EVENT_BYTES, caseEventShape, 'the event of a case');
}

/** An event in one line for a person, but for who did it and when. */
export function caseEventText({ name, act }: Pick<CaseEvent, 'name' | 'act'>): string {
  switch (act.event) {
    case 'opened':
      return `opened case ${name}: ${act.title}`;
    case 'reviewer-added':
      return `made ${act.reviewer} a reviewer of case ${name}`;
    case 'reviewer-removed':
      return `ended that ${act.reviewer} reviews case ${name}`;
    case 'search-saved':
      return `saved search ${act.search} in case ${name}: ${act.query}`;
    case 'search-run': {
      const newest = act.newest === null ? '' : `, the newest is entry ${act.newest}`;
      return `ran search ${act.search} of case ${name}: ${numbered(act.found, 'message')}${newest}`;
    }
    case 'tagged':
      return `tagged ${entriesOf(act.entries)} “${act.tag}” in case ${name}`;
    case 'untagged':
      return `took the tag “${act.tag}” off ${entriesOf(act.entries)} in case ${name}`;
    case 'noted': {
      const about = act.about === null ? '' : `entry ${act.about} of `;
      return `noted on ${about}case ${name}: ${oneLine(act.text)}`;
    }
    case 'closed':
      return `closed case ${name}: ${oneLine(act.reason)}`;
    case 'reopened':
      return `opened case ${name} again: ${oneLine(act.reason)}`;
  }
}

/** Entries named in a line; more are counted. */
const NAMED = 8;

function entriesOf(tagged: readonly number[]): string {
  if (tagged.length > NAMED) return `${tagged.length} entries, from ${tagged[0] ?? 0} on,`;
  return `${tagged.length === 1 ? 'entry' : 'entries'} ${tagged.join(', ')}`;
}

function numbered(number: number, one: string): string {
  return `${number} ${one}${number === 1 ? '' : 's'}`;
}

/** Characters of a text in a line. */
const SHOWN = 120;

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/gu, ' ').trim();
  return line.length > SHOWN ? `${line.slice(0, SHOWN - 1)}…` : line;
}
