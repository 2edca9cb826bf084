/**
 * Evidence against a partner's receipts: it signed that a message is archived in a position of its log, and later, under
 * a checkpoint that covers the position, or should, it showed no such entry. Guarantees: a message is kept once, however
 * often its receipt turns out wrong; and of a partner no more than fill its few places.
 */
import { concat } from 'uint8arrays/concat';
import { equals } from 'uint8arrays/equals';
import { decodeSequence, encodeSequence } from './view-key.ts';
import { fact, put } from './fact.ts';
import type { Ledger } from './ledger.ts';
import type { RecordOf } from './records.ts';
import type { View, Views } from './view.ts';

export type ReceiptEvidenceRecord = RecordOf<'receipt-evidence'>;

/** Messages kept against one partner: 1.2 MB of receipts and certificates. */
const MAX_PLACES = 16;

const ID_BYTES = 32;

export class ReceiptEvidence {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Keeps it unless the message is kept already or the partner's places are full. Tells whether it is new. */
  async keep(evidence: ReceiptEvidenceRecord): Promise<boolean> {
    if (placeFor(evidence, this.#ledger) === undefined) return false;
    await this.#ledger.append([fact('receipt-evidence', evidence)]);
    return true;
  }

  /** All that is kept, oldest first, by its entry's sequence number. */
  async all(): Promise<{ sequence: number; evidence: ReceiptEvidenceRecord }[]> {
    const found = [];
    for await (const [, value] of this.#ledger.iterate(this.#ledger.keys.within('receiptEvidence'))) {
      const sequence = decodeSequence(value);
      const evidence = this.#ledger.record('receipt-evidence', sequence);
      if (evidence !== undefined) found.push({ sequence, evidence });
    }
    return found.toSorted((a, b) => a.sequence - b.sequence);
  }
}

export const receiptEvidenceView: View<'receipt-evidence'> = ({ said, sequence }, views) => {
  const place = placeFor(said, views);
  return place === undefined ? [] : [put(place, concat([said.message, encodeSequence(sequence)]))];
};

/** The first free place of a partner; undefined where the message is kept already, or all places are taken. */
function placeFor({ domain, message }: ReceiptEvidenceRecord, views: Views): Uint8Array | undefined {
  for (let place = 0; place < MAX_PLACES; place++) {
    const key = views.keys.receiptEvidence(domain, place);
    const kept = views.get(key);
    if (kept === undefined) return key;
    if (equals(kept.subarray(0, ID_BYTES), message)) return undefined;
  }
  return undefined;
}
