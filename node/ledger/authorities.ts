/** The organisation's own standing in the log: each change as one entry that says all that stands from then on. */
import { PRESENT, fact, put } from './fact.ts';
import type { Ledger } from './ledger.ts';
import type { RecordOf } from './records.ts';
import type { View } from './view.ts';

export type AuthorityRecord = RecordOf<'authority'>;

export const authorityView: View<'authority'> = ({ said, bytes, sequence }, { keys }) => [
  put(keys.authority(), bytes),
  put(keys.history(said.domain, sequence), PRESENT),
];

export const epochView: View<'epoch'> = ({ bytes }, { keys }) => [put(keys.epoch(), bytes)];

export class Authorities {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** What stands now; undefined in a new log. */
  current(): AuthorityRecord | undefined {
    return this.#ledger.view('authority', this.#ledger.keys.authority());
  }

  /** Who is the primary of the archive; undefined while it is the node that made the organisation. */
  epoch(): RecordOf<'epoch'> | undefined {
    return this.#ledger.view('epoch', this.#ledger.keys.epoch());
  }

  /** Makes a node the primary: from here on a lower epoch counts no more. */
  async promote(primary: string, actor: string, reason: string): Promise<RecordOf<'epoch'>> {
    const epoch = { number: this.#ledger.epoch + 1, primary, actor, reason };
    await this.#ledger.append([fact('epoch', epoch)]);
    return epoch;
  }

  /** Resolves when the change is durable: only then may it take effect. */
  async record(authority: AuthorityRecord): Promise<void> {
    await this.#ledger.append([fact('authority', authority)]);
  }
}
