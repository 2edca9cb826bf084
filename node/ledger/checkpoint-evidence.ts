/**
 * Evidence against a partner's log: pairs of checkpoints, both signed by it, that do not go together. A `fork` proves
 * itself: two roots of one size. `unproven` (no valid proof from one to the other) and `shrunk` (submitted as current, but
 * smaller) rest on our word of what was shown when. Guarantees: a pair is kept once, and each kind has a few places of
 * its own, so that what proves little keeps nothing out.
 */
import { concat } from 'uint8arrays/concat';
import { equals } from 'uint8arrays/equals';
import { fromString } from 'uint8arrays/from-string';
import { decodeSequence, encodeSequence } from './view-key.ts';
import { fact, put } from './fact.ts';
import type { Ledger } from './ledger.ts';
import type { RecordOf } from './records.ts';
import type { View, Views } from './view.ts';

export type CheckpointEvidenceRecord = RecordOf<'checkpoint-evidence'>;

/** Pairs of one kind that are kept against one partner: 160 KiB of notes and certificates. */
const MAX_PLACES = 8;

const HASH_BYTES = 32;

export class CheckpointEvidence {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Keeps a pair unless it is kept already or its places are full. Tells whether it is new. */
  async keep(evidence: CheckpointEvidenceRecord): Promise<boolean> {
    if (placeFor(evidence, this.#ledger) === undefined) return false;
    await this.#ledger.append([fact('checkpoint-evidence', evidence)]);
    return true;
  }

  /** All that is kept, oldest first, by its entry's sequence number. */
  async all(): Promise<{ sequence: number; evidence: CheckpointEvidenceRecord }[]> {
    const found = [];
    for await (const [, value] of this.#ledger.iterate(this.#ledger.keys.within('checkpointEvidence'))) {
      const sequence = decodeSequence(value);
      const evidence = this.#ledger.record('checkpoint-evidence', sequence);
      if (evidence !== undefined) found.push({ sequence, evidence });
    }
    return found.toSorted((a, b) => a.sequence - b.sequence);
  }
}

export const checkpointEvidenceView: View<'checkpoint-evidence'> = ({ said, sequence }, views) => {
  const place = placeFor(said, views);
  return place === undefined ? [] : [put(place, concat([nameOf(said, views), encodeSequence(sequence)]))];
};

function placeFor(evidence: CheckpointEvidenceRecord, views: Views): Uint8Array | undefined {
  const name = nameOf(evidence, views);
  for (let place = 0; place < MAX_PLACES; place++) {
    const key = views.keys.checkpointEvidence(evidence.domain, evidence.kind, place);
    const kept = views.get(key);
    if (kept === undefined) return key;
    if (equals(kept.subarray(0, HASH_BYTES), name)) return undefined;
  }
  return undefined;
}

function nameOf({ first, second }: CheckpointEvidenceRecord, { sha256 }: Views): Uint8Array {
  return sha256(fromString(`${first.note}\0${second.note}`));
}
