/** Who looked at what was said, when and why: each an entry of the log from before it was shown. */
import { fact, PRESENT, put } from './fact.ts';
import { decodeSequence } from './view-key.ts';
import type { Ledger } from './ledger.ts';
import type { RecordOf } from './records.ts';
import type { View } from './view.ts';

export type AccessRecord = RecordOf<'access'>;

/** An access with the entry that records it, and that entry's time in milliseconds. */
export interface Access extends AccessRecord {
  readonly sequence: number;
  readonly time: number;
}

export class Accesses {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /**
   * Records an access, and returns the entry it is once it counts as archived. Throws why it could not be: then nothing
   * is shown.
   */
  async record(access: AccessRecord): Promise<number> {
    const { first } = await this.#ledger.append([fact('access', access)]);
    return first;
  }

  /** Newest first, from before an entry. */
  async list(before: number | null, limit: number): Promise<Access[]> {
    const { keys } = this.#ledger;
    const range = keys.within('access');
    const lt = before === null ? range.lt : keys.access(before);
    return this.#accesses({ gte: range.gte, lt, reverse: true, limit });
  }

  /** Those that showed one entry, newest first, from before an entry. */
  async of(entry: number, before: number | null, limit: number): Promise<Access[]> {
    const { keys } = this.#ledger;
    const range = keys.within('accessOf', entry);
    const lt = before === null ? range.lt : keys.accessOf(entry, before);
    return this.#accesses({ gte: range.gte, lt, reverse: true, limit });
  }

  /** The entries that record a look at one entry, oldest first, from after one of them. */
  async recordsOf(entry: number, after: number | null, limit: number): Promise<number[]> {
    const { keys, log } = this.#ledger;
    const range = keys.within('accessOf', entry);
    const gte = after === null ? range.gte : keys.accessOf(entry, after + 1);
    const sequences: number[] = [];
    for await (const [key] of this.#ledger.iterate({ gte, lt: range.lt, limit })) {
      const sequence = decodeSequence(key);
      if (sequence < log.size) sequences.push(sequence); // what too few nodes hold so far does not count
    }
    return sequences;
  }

  /** Read from the log itself: a row that was changed in the database changes nothing of what is told. */
  async #accesses(range: Parameters<Ledger['iterate']>[0]): Promise<Access[]> {
    const accesses: Access[] = [];
    for await (const [key] of this.#ledger.iterate(range)) {
      const sequence = decodeSequence(key);
      const record = this.#ledger.record('access', sequence);
      const time = this.#ledger.log.entry(sequence)?.time;
      if (record !== undefined && time !== undefined) accesses.push({ ...record, sequence, time });
    }
    return accesses;
  }
}

export const accessView: View<'access'> = ({ said: { entries }, sequence }, { keys }) => [
  put(keys.access(sequence), PRESENT),
  ...entries.map((entry) => put(keys.accessOf(entry, sequence), PRESENT)),
];
