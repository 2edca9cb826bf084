/**
 * Entries that were lost for good: of our own log, which then goes on from an older backup, and of partners' logs, as far as
 * an operator accepted that. What proves the loss, and what a partner held, stays in the log.
 */
import type { CosignatureRecord } from './cosignatures.ts';
import { del, fact, put } from './fact.ts';
import { decodeSequence, encodeSequence } from './view-key.ts';
import type { Ledger } from './ledger.ts';
import { encodeRecord, type RecordOf } from './records.ts';
import type { View } from './view.ts';

export type LossRecord = RecordOf<'loss'>;

/** Entries that are looked at in one turn of the event loop while an older cosignature is searched. */
const TURN_ENTRIES = 1_024;

/** Rosters that may have been signed after the last checkpoint that anybody has shown. */
const UNSEEN_ROSTERS = 1_024;

export class Losses {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Every loss of ours, oldest first. */
  ofOurs(): Promise<LossRecord[]> {
    return this.#ledger.views('loss', this.#ledger.keys.within('loss'));
  }

  async record(loss: Omit<LossRecord, 'rosterNumber'>): Promise<void> {
    const known = this.#ledger.view('roster', this.#ledger.keys.roster(this.#ledger.domain))?.number ?? 0;
    // each roster was an entry of its own, also of those that nobody has shown
    const rosterNumber = Math.max(known, this.rosterFloor) + (loss.until - loss.size) + UNSEEN_ROSTERS;
    await this.#ledger.append([fact('loss', { ...loss, rosterNumber })]);
  }

  /** No roster that we signed before the newest loss has a higher number than this. */
  get rosterFloor(): number {
    const sequence = this.acceptedOf(this.#ledger.domain);
    const loss =
      sequence === undefined ? undefined : this.#ledger.view('loss', this.#ledger.keys.loss(sequence));
    return loss?.rosterNumber ?? 0;
  }

  /** The entry with which an operator accepted the newest loss of a partner's log; undefined where none was. */
  acceptedOf(log: string): number | undefined {
    const value = this.#ledger.get(this.#ledger.keys.newestLoss(log));
    return value === undefined ? undefined : decodeSequence(value);
  }

  /** Accepts that a partner's log has `size` entries left: what it shows has to follow from the newest checkpoint up to there. */
  async accept(
    log: string,
    size: number,
    actor: string,
    reason: string,
  ): Promise<CosignatureRecord | undefined> {
    const found = await this.#cosignedUpTo(log, size);
    const baseline = found === undefined ? null : encodeRecord('cosignature', found);
    await this.#ledger.append([fact('loss-accepted', { log, size, baseline, actor, reason })]);
    return found;
  }

  /** The newest checkpoint of a partner's log with at most `size` entries that we cosigned. */
  async #cosignedUpTo(log: string, size: number): Promise<CosignatureRecord | undefined> {
    const { domain, log: own } = this.#ledger;
    for (let sequence = own.size - 1; sequence >= 0; sequence -= 1) {
      if (sequence % TURN_ENTRIES === 0) await new Promise(setImmediate);
      if (own.entry(sequence)?.kind !== 'cosignature') continue;
      const record = this.#ledger.record('cosignature', sequence);
      if (record?.log === log && record.witness === domain && record.size <= size) return record;
    }
    return undefined;
  }
}

export const lossView: View<'loss'> = ({ bytes, sequence }, { domain, keys }) => [
  put(keys.loss(sequence), bytes),
  put(keys.newestLoss(domain), encodeSequence(sequence)),
];

export const lossAcceptedView: View<'loss-accepted'> = ({ said: { log, baseline }, sequence }, views) => {
  const known = views.keys.cosignature(log, views.domain);
  return [
    baseline === null ? del(known) : put(known, baseline),
    put(views.keys.newestLoss(log), encodeSequence(sequence)),
  ];
};
