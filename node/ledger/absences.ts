/** Periods in which nothing could be recorded: each an entry of the log from before what was recorded next. */
import { PRESENT, put } from './fact.ts';
import { decodeSequence } from './view-key.ts';
import type { Ledger } from './ledger.ts';
import type { RecordOf } from './records.ts';
import type { View } from './view.ts';

export type AbsenceRecord = RecordOf<'absence'>;

/** An absence with the entry that records it, and that entry's time in milliseconds. */
export interface Absence extends AbsenceRecord {
  readonly sequence: number;
  readonly time: number;
}

/** Which absences are asked for: those that overlap a time (milliseconds), recorded below an entry. */
interface AbsenceFilter {
  readonly since: number | null;
  readonly until: number | null;
  readonly before: number | null;
}

export class Absences {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Newest first, `limit` at most. */
  async list({ since, until, before }: AbsenceFilter, limit: number): Promise<Absence[]> {
    const { keys, log } = this.#ledger;
    const range = keys.within('recording', 'absence');
    const lt = before === null ? range.lt : keys.absence(before);
    const found: Absence[] = [];
    for await (const [key] of this.#ledger.iterate({ gte: range.gte, lt, reverse: true })) {
      const sequence = decodeSequence(key);
      const record = this.#ledger.record('absence', sequence);
      const time = log.entry(sequence)?.time;
      if (record === undefined || time === undefined) continue;
      // one entry was recorded after another, and says what was before itself: what is older ended before
      if (since !== null && record.until < since && time < since) break;
      if (until !== null && record.from > until) continue;
      if (since === null || record.until >= since) found.push({ ...record, sequence, time });
      if (found.length === limit) break;
    }
    return found;
  }

  /** The newest; undefined where recording was never impossible. */
  async newest(): Promise<Absence | undefined> {
    const [newest] = await this.list({ since: null, until: null, before: null }, 1);
    return newest;
  }
}

export const absenceView: View<'absence'> = ({ sequence }, { keys }) => [
  put(keys.absence(sequence), PRESENT),
];
