/** Who acknowledged that they were told of which legal hold. The first time counts, on whichever device it was. */
import { decodeSequence, encodeSequence } from './view-key.ts';
import { fact, put } from './fact.ts';
import type { Ledger } from './ledger.ts';
import type { View } from './view.ts';

export class HoldNotices {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** The entry in which somebody acknowledged a hold, by its own entry; undefined while they have not. */
  acknowledged(hold: number, person: string): number | undefined {
    const entry = this.#ledger.get(this.#ledger.keys.holdNotice(hold, person));
    return entry === undefined ? undefined : decodeSequence(entry);
  }

  /** Records that it was, on a device (by its peer id). Durable when it resolves. */
  async acknowledge(hold: number, person: string, device: string): Promise<void> {
    await this.#ledger.append([fact('hold-notice', { hold, person, device })]);
  }
}

export const holdNoticeView: View<'hold-notice'> = ({ said, sequence }, views) => {
  const key = views.keys.holdNotice(said.hold, said.person);
  return views.get(key) === undefined ? [put(key, encodeSequence(sequence))] : [];
};
