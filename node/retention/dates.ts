/**
 * Holds the store's dates and holds against the log: a date that was brought forward, or a hold that was taken off, by
 * whoever went round this program, is named by sequence number and put right. Guarantees: what decides is the log, in which a
 * date cannot be changed unnoticed; a row is only ever made to keep longer.
 */
import { contentKey, keptUntilKey, heldForKey, numberIn } from '../archive/index.ts';
import { floorOf, holdsOn, matterOf, textOf, type Hold, type Holds, type Ledger } from '../ledger/index.ts';
import { isSealed } from '../archive/index.ts';

/** Entries looked at before others go first. */
const STEP = 128;

/** Something that did not keep a message as the log says it is kept. */
export interface DateFinding {
  readonly sequence: number;
  readonly problem: string;
}

export class Dates {
  readonly #ledger: Ledger;
  readonly #holds: Holds;

  constructor(ledger: Ledger, holds: Holds) {
    this.#ledger = ledger;
    this.#holds = holds;
  }

  /** Looks at entries from (inclusive) to (exclusive), and puts right what it finds. Throws `archive.damaged`. */
  async check(from: number, to: number): Promise<readonly DateFinding[]> {
    const findings: DateFinding[] = [];
    const { active } = this.#holds;
    for (let sequence = from; sequence < to; sequence += 1) {
      if (sequence % STEP === 0) await new Promise((resolve) => setImmediate(resolve));
      findings.push(...(await this.#checkOne(sequence, active)));
    }
    return findings;
  }

  async #checkOne(sequence: number, active: readonly Hold[]): Promise<readonly DateFinding[]> {
    const { log } = this.#ledger;
    const entry = log.entry(sequence);
    if (entry?.kind !== 'message' || this.#ledger.isDisposed(sequence)) return [];
    if (log.row(contentKey(sequence)) === undefined) return []; // for the verifier to name
    const header = this.#ledger.header('message', sequence);
    if (header === undefined) return [];
    const findings: DateFinding[] = [];
    const run = { from: sequence, to: sequence + 1 };
    const until = floorOf(header, entry.time);
    const stored = log.row(keptUntilKey(sequence));
    const found = stored && numberIn(stored);
    if (found === undefined || found < until) {
      const said = found === undefined ? 'gone' : `brought forward to ${new Date(found).toISOString()}`;
      const problem = `the date until which it is kept, ${new Date(until).toISOString()}, was ${said}`;
      findings.push({ sequence, problem });
      await log.keep(run, { until });
    }
    const place = { sequence, time: entry.time };
    for (const hold of holdsOn(active, this.#ledger, header, place, () => this.#text(sequence))) {
      if (log.row(heldForKey(sequence, matterOf(hold.sequence))) !== undefined) continue;
      findings.push({
        sequence,
        problem: `the hold for ${hold.matter}, entry ${hold.sequence}, was taken off it`,
      });
      await log.keep(run, { matters: [matterOf(hold.sequence)] });
    }
    return findings;
  }

  #text(sequence: number): string | undefined {
    try {
      const record = this.#ledger.message(sequence);
      return record && textOf(record);
    } catch (error) {
      if (isSealed(error)) return undefined;
      throw error;
    }
  }
}
