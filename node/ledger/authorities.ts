/** The organisation's own standing in the log: each change as one entry that says all that stands from then on. */
import { KEYS } from './keys.ts';
import { PRESENT, fact, put, type Ledger } from './ledger.ts';
import type { RecordOf } from './records.ts';

export type AuthorityRecord = RecordOf<'authority'>;

export class Authorities {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** What stands now; undefined in a new log. */
  current(): AuthorityRecord | undefined {
    return this.#ledger.view('authority', KEYS.authority());
  }

  /** Resolves when the change is durable: only then may it take effect. */
  async record(authority: AuthorityRecord): Promise<void> {
    await this.#ledger.append([
      fact('authority', authority, (sequence, _time, content) => [
        put(KEYS.authority(), content),
        put(KEYS.history(authority.domain, sequence), PRESENT),
      ]),
    ]);
  }
}
