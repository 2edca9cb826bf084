/**
 * The case that an export is of: its events are entries of the log in their places, none left out between them, and
 * its file says what they do and nothing else.
 */
import { fromString } from 'uint8arrays/from-string';
import { equals } from 'uint8arrays/equals';
import { toString } from 'uint8arrays/to-string';
import {
  decodeCaseEvent,
  decodeEntry,
  SALT_BYTES,
  splitSalted,
  type PlacedCaseEvent,
} from '../archive/index.ts';
import { CASE_FILE, formatCase } from './case-file.ts';
import type { Finding } from './finding.ts';
import type { ExportManifest } from './manifest.ts';
import { parseRecord } from './record.ts';

/** @param records the file of that name, whose entries were checked against the log before */
export function checkCase(
  { ofCase, case: name, officer }: Pick<ExportManifest, 'ofCase' | 'case' | 'officer'>,
  records: Uint8Array,
  caseFile: Uint8Array | undefined,
): Finding[] {
  const told = (problem: string): Finding[] => [{ file: CASE_FILE, entry: null, problem }];
  if (ofCase === undefined) return [];
  if (caseFile === undefined) return told('it is missing');
  const events = eventsIn(records, new Set(ofCase.events));
  const [first] = events;
  if (first?.sequence !== ofCase.opened || first.name !== name)
    return told(`the entries are not those of case ${name} that ${officer} exported`);
  const expected = formatCase(events);
  if (expected === undefined) return told('an event of the case is left out, or is not of it');
  return equals(fromString(expected), caseFile) ? [] : told('it does not say what the entries of the log do');
}

function eventsIn(records: Uint8Array, wanted: ReadonlySet<number>): PlacedCaseEvent[] {
  const events: PlacedCaseEvent[] = [];
  for (const line of toString(records).split('\n')) {
    const record = line === '' ? undefined : parseRecord(line);
    if (record?.ok !== true || !wanted.has(record.value.sequence)) continue;
    const { sequence, entry: leaf, salted } = record.value;
    const entry = decodeEntry(leaf);
    if (!entry.ok || salted.length < SALT_BYTES) continue;
    const event = decodeCaseEvent(splitSalted(salted).content);
    if (event.ok) events.push({ ...event.value, sequence, time: entry.value.time });
  }
  return events.sort((a, b) => a.sequence - b.sequence);
}
