/**
 * Reports of phishing, of our members and of partners, as the log has them: how each stands, which messages are held for one, and
 * what a partner has yet to be told.
 */
import type { ReportTrait } from '../../protocol/wire/index.ts';
import { decodeSequence } from './view-key.ts';
import type { Ledger } from './ledger.ts';
import type { RecordOf } from './records.ts';
import { hostsLookedFor, reported, suspects, type Suspected } from './report-views.ts';

/** A report with its entry, and its time (milliseconds). */
export interface ReportEntry extends RecordOf<'report'> {
  readonly sequence: number;
  readonly time: number;
}

export class Reports {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** How a message stands; undefined for one that nobody reported, or about which that was dismissed. */
  of(message: Uint8Array): Suspected | undefined {
    return reported(this.#ledger, message);
  }

  /** The reports by which a message with a trait is held or blocked. */
  suspects(trait: ReportTrait, value: Uint8Array | string): Suspected[] {
    return suspects(this.#ledger, trait, value);
  }

  /** How many hosts are looked for in links. */
  get hosts(): number {
    return hostsLookedFor(this.#ledger);
  }

  /** What an entry reports; undefined where it is none. */
  at(sequence: number): ReportEntry | undefined {
    const { log } = this.#ledger;
    const entry = sequence < log.size ? log.entry(sequence) : undefined;
    if (entry?.kind !== 'report') return undefined;
    const record = this.#ledger.record('report', sequence);
    return record && { ...record, sequence, time: entry.time };
  }

  /** Reports, ours and partners', newest first, from before an entry. */
  async all(before: number | null, limit: number): Promise<ReportEntry[]> {
    const { keys } = this.#ledger;
    const { gte, lt } = keys.within('report', 'at');
    const range = { gte, lt: before === null ? lt : keys.report(before), limit, reverse: true };
    return this.#entries(range);
  }

  /** When the partner gave notice that it archived a report of ours (milliseconds); null where it did not. */
  told(report: number): number | null {
    const value = this.#ledger.get(this.#ledger.keys.reportNotice(report));
    return value === undefined ? null : (this.#ledger.log.entry(decodeSequence(value))?.time ?? null);
  }

  /** When a partner last told what was decided, so many back (milliseconds); undefined where it did not so often. */
  receivedVerdict(partner: string, back: number): Promise<number | undefined> {
    return this.#ledger.timeBack(this.#ledger.keys.within('report', 'learned-from', partner), back);
  }

  /** With what a partner last told what was decided of a report of its own; undefined where it told nothing yet. */
  learned(report: number): ReportEntry | undefined {
    const value = this.#ledger.get(this.#ledger.keys.reportLearned(report));
    return value && this.at(decodeSequence(value));
  }

  /** What a partner has yet to be told, the oldest first. */
  untold(partner: string, limit: number): Promise<ReportEntry[]> {
    return this.#entries({ ...this.#ledger.keys.within('report', 'untold', partner), limit });
  }

  /** The entry with which a partner reported a message; undefined where it did not. */
  about(partner: string, message: Uint8Array): number | undefined {
    const value = this.#ledger.get(this.#ledger.keys.reportAbout(partner, message));
    return value && decodeSequence(value);
  }

  /** How many reports of a partner nobody has looked at; counts to `limit` at most. */
  waiting(partner: string, limit: number): Promise<number> {
    return this.#ledger.count({ ...this.#ledger.keys.within('report', 'waits', partner), limit });
  }

  /** When the report of a partner, or of a member, came that is so many back (milliseconds); undefined where there were not so many. */
  received(from: string, back: number): Promise<number | undefined> {
    return this.#ledger.timeBack(this.#ledger.keys.within('report', 'from', from), back);
  }

  /** Decisions that hold, or held, a message since it goes with a report, the oldest first, from after one. */
  async held(report: number, after: number | null, limit: number): Promise<number[]> {
    const { keys, log } = this.#ledger;
    const { gte, lt } = keys.within('report', 'held', report);
    const range = { gte: after === null ? gte : keys.suspected(report, after + 1), lt, limit };
    const found: number[] = [];
    for await (const [key] of this.#ledger.iterate(range))
      if (decodeSequence(key) < log.size) found.push(decodeSequence(key));
    return found;
  }

  async #entries(range: Parameters<Ledger['iterate']>[0]): Promise<ReportEntry[]> {
    const found: ReportEntry[] = [];
    for await (const [key] of this.#ledger.iterate(range)) {
      const report = this.at(decodeSequence(key));
      if (report !== undefined) found.push(report);
    }
    return found;
  }
}
