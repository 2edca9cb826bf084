/** The holds that were ever placed, those in force, and requests to release them: as the views have them. */
import { activeHolds, type Hold, type HoldRelease } from './holds.ts';
import { decodeSequence } from './view-key.ts';
import type { Ledger } from './ledger.ts';
import { recordOf, type RecordOf } from './records.ts';

/** A hold as it was placed, in force or not. */
export type PlacedHold = RecordOf<'hold'> & {
  /** Its entry. */
  readonly sequence: number;
};

export class Holds {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** In force, oldest first. */
  get active(): readonly Hold[] {
    return activeHolds(this.#ledger);
  }

  /** What custodians are told of a hold, by its entry; undefined where they are not. */
  notice(hold: number): string | undefined {
    return this.#ledger.view('hold', this.#ledger.keys.hold(hold))?.notice;
  }

  /** Every hold there ever was, oldest first, and the entry that released it. */
  async all(): Promise<readonly (PlacedHold & { readonly released: number | null })[]> {
    const { keys } = this.#ledger;
    const found: (PlacedHold & { released: number | null })[] = [];
    for await (const [key, value] of this.#ledger.iterate(keys.within('hold', 'placed'))) {
      const sequence = decodeSequence(key);
      const by = this.#ledger.get(keys.holdReleased(sequence));
      const released = by === undefined ? null : decodeSequence(by);
      found.push({ ...recordOf('hold', value), sequence, released });
    }
    return found;
  }

  /** The request to release a matter that waits for its second officer, with its entry. */
  request(matter: string): { readonly sequence: number; readonly record: HoldRelease } | undefined {
    const value = this.#ledger.get(this.#ledger.keys.holdRequest(matter));
    if (value === undefined) return undefined;
    const sequence = decodeSequence(value.subarray(0, 8));
    return { sequence, record: recordOf('hold-release', value.slice(8)) };
  }
}
