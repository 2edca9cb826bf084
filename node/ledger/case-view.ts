/**
 * The views of cases: how each stands, and what leads to its events, which are read from the log itself. Guarantees: no
 * event costs more than its own entries and one row of bounded size, however long a case has gone on.
 */
import { z } from 'zod';
import type { CaseAct } from '../../protocol/archive/index.ts';
import { count, decodeCbor, encodeCbor, milliseconds } from '../../protocol/encoding/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import type { Op } from '../archive/index.ts';
import { del, PRESENT, put } from './fact.ts';
import { decodeSequence, encodeSequence } from './view-key.ts';
import type { View, Views } from './view.ts';

/** Reviewers and different tags of one case. */
export const MAX_REVIEWERS = 64;
export const MAX_TAGS = 128;

/** Saved searches of one case, tags of one message in it, and messages that are tagged: as many as one export holds. */
export const MAX_SEARCHES = 256;
export const MAX_TAGS_OF_MESSAGE = 32;
export const MAX_TAGGED = 50_000;

/** Events of one case: an officer's device holds all of them when it exports the case. */
export const MAX_EVENTS = 20_000;

/** Bytes of a case as it stands: its reviewers and tags, each as long as it may be. */
const MAX_STATE_BYTES = 131_072;

const shape = z.strictObject({
  v: z.literal(1),
  name: z.string(),
  title: z.string(),
  state: z.enum(['open', 'closed']),
  /** Sorted; the first was who opened it. */
  reviewers: z.array(z.string()),
  /** Who opened it, and when. */
  actor: z.string(),
  opened: milliseconds,
  /** Its newest event. */
  newest: count,
  newestTime: milliseconds,
  events: count,
  searches: count,
  notes: count,
  /** Messages with at least one tag, and with each, by tag. */
  messages: count,
  tags: z.array(z.strictObject({ tag: z.string(), messages: count })),
});

export type CaseRow = Readonly<Omit<z.infer<typeof shape>, 'v'>>;

/** How a case stands, by the entry that opened it. */
export function caseRow(views: Views, opened: number): CaseRow | undefined {
  return views.decoded(views.keys.case(opened), readCaseRow);
}

export function readCaseRow(value: Uint8Array): CaseRow {
  const { v: _version, ...row } = valueOf(decodeCbor(value, MAX_STATE_BYTES, shape, 'case'));
  return row;
}

export const caseView: View<'case'> = ({ said: { case: of, name, actor, act }, sequence, time }, views) => {
  const id = of ?? sequence;
  const { keys } = views;
  const seen = put(keys.caseEvent('timeline', id, sequence), PRESENT);
  const before = act.event === 'opened' ? openedRow(name, act.title, actor, time) : caseRow(views, id);
  if (before === undefined) return [seen];
  const { ops, row } = changeOf(act, { id, sequence, row: before }, views);
  const after = { ...row, newest: sequence, newestTime: time, events: row.events + 1 };
  return [seen, ...ops, put(keys.case(id), encodeCbor({ v: 1, ...after }))];
};

function openedRow(name: string, title: string, actor: string, time: number): CaseRow {
  return {
    ...{ name, title, state: 'open', reviewers: [actor], actor, opened: time },
    ...{ newest: 0, newestTime: time, events: 0, searches: 0, notes: 0, messages: 0, tags: [] },
  };
}

interface Standing {
  readonly id: number;
  readonly sequence: number;
  readonly row: CaseRow;
}

interface Change {
  readonly ops: readonly Op[];
  readonly row: CaseRow;
}

function changeOf(act: CaseAct, standing: Standing, views: Views): Change {
  const { id, sequence, row } = standing;
  const { keys } = views;
  switch (act.event) {
    case 'opened':
      return { row, ops: [put(keys.caseNamed(row.name), encodeSequence(id))] };
    case 'reviewer-added':
      return { ops: [], row: { ...row, reviewers: [...new Set([...row.reviewers, act.reviewer])].sort() } };
    case 'reviewer-removed':
      return { ops: [], row: { ...row, reviewers: row.reviewers.filter((one) => one !== act.reviewer) } };
    case 'search-saved':
      return {
        ops: [put(keys.caseSearch(id, act.search), encodeSequence(sequence))],
        row: { ...row, searches: row.searches + 1 },
      };
    case 'search-run': {
      const key = keys.caseSearch(id, act.search);
      const saved = views.get(key)?.subarray(0, 8);
      return { row, ops: saved === undefined ? [] : [put(key, joined(saved, encodeSequence(sequence)))] };
    }
    case 'tagged':
    case 'untagged':
      return tagsChanged(act, standing, views);
    case 'noted':
      return {
        ops: [put(keys.caseEvent('notes', id, sequence), PRESENT)],
        row: { ...row, notes: row.notes + 1 },
      };
    case 'closed':
      return { ops: [], row: { ...row, state: 'closed' } };
    case 'reopened':
      return { ops: [], row: { ...row, state: 'open' } };
  }
}

type TagAct = Extract<CaseAct, { event: 'tagged' | 'untagged' }>;

/** The value of a message is the entries that tagged it, each with one tag, in their order. */
function tagsChanged({ event, tag, entries }: TagAct, { id, sequence, row }: Standing, views: Views): Change {
  const { keys } = views;
  const ops: Op[] = [];
  let { messages } = row;
  let withTag = row.tags.find((one) => one.tag === tag)?.messages ?? 0;
  for (const entry of new Set(entries)) {
    const [tagKey, messageKey] = [keys.caseTag(id, tag, entry), keys.caseMessage(id, entry)];
    const by = views.get(tagKey);
    if (by === undefined && event === 'untagged') continue;
    const before = sequencesIn(views.get(messageKey) ?? PRESENT);
    const left = before.filter((one) => by === undefined || one !== decodeSequence(by));
    const after = event === 'tagged' ? [...left, sequence] : left;
    messages += Math.sign(after.length) - Math.sign(before.length);
    if (event === 'untagged') withTag -= 1;
    else if (by === undefined) withTag += 1;
    ops.push(event === 'tagged' ? put(tagKey, encodeSequence(sequence)) : del(tagKey));
    ops.push(after.length === 0 ? del(messageKey) : put(messageKey, joined(...after.map(encodeSequence))));
  }
  const others = row.tags.filter((one) => one.tag !== tag);
  const tags = withTag === 0 ? others : [...others, { tag, messages: withTag }];
  return { ops, row: { ...row, messages, tags: tags.sort((a, b) => (a.tag < b.tag ? -1 : 1)) } };
}

/** The sequence numbers that a value is made of. */
export function sequencesIn(value: Uint8Array): number[] {
  return Array.from({ length: value.length / 8 }, (_, at) =>
    decodeSequence(value.subarray(at * 8, at * 8 + 8)),
  );
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.length * 8);
  for (const [at, part] of parts.entries()) bytes.set(part, at * 8);
  return bytes;
}
