/**
 * Checkpoints that were cosigned: those of partners by us, which is what this witness knows of their logs, and those of
 * ours by partners, which this log can no longer contradict. Of each pair of log and witness the newest is at hand; all
 * of them stay in the log.
 */
import { fact, put } from './fact.ts';
import type { Ledger } from './ledger.ts';
import type { RecordOf } from './records.ts';
import type { View } from './view.ts';

export type CosignatureRecord = RecordOf<'cosignature'>;

export class Cosignatures {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** The newest checkpoint of a partner that we cosigned. */
  ofPartner(domain: string): CosignatureRecord | undefined {
    return this.#ledger.view('cosignature', this.#ledger.keys.cosignature(domain, this.#ledger.domain));
  }

  /** The newest checkpoint of ours that a partner cosigned. */
  byPartner(domain: string): CosignatureRecord | undefined {
    return this.#ledger.view('cosignature', this.#ledger.keys.cosignature(this.#ledger.domain, domain));
  }

  /** The newest of ours that each partner cosigned. */
  async ofOurs(): Promise<CosignatureRecord[]> {
    const { domain, keys } = this.#ledger;
    const found = await this.#ledger.views('cosignature', keys.within('cosignature', domain));
    return found.sort((a, b) => (a.witness < b.witness ? -1 : 1));
  }

  /** Resolves when it is durable: only then may a witness answer. */
  async keep(cosigned: CosignatureRecord): Promise<void> {
    await this.#ledger.append([fact('cosignature', cosigned)]);
  }
}

export const cosignatureView: View<'cosignature'> = ({ said: { log, witness }, bytes }, { keys }) => [
  put(keys.cosignature(log, witness), bytes),
];
