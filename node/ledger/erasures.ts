/** Requests to erase what a person wrote, each with what became of it: views by the entry of the request. */
import { put } from './fact.ts';
import { doneOps } from './officer-acts.ts';
import { decodeSequence } from './view-key.ts';
import type { Ledger } from './ledger.ts';
import { recordOf, type RecordOf } from './records.ts';
import type { View } from './view.ts';

export type Erasure = RecordOf<'erasure'>;

/** The newest word on a request counts. */
export const erasureView: View<'erasure'> = ({ said, bytes, sequence }, views) => [
  put(views.keys.erasure(said.request ?? sequence), bytes),
  ...doneOps(said.act, sequence, views),
];

export class Erasures {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** All, oldest first, by the entry of each request. */
  async all(): Promise<readonly (Erasure & { readonly sequence: number })[]> {
    const found: (Erasure & { sequence: number })[] = [];
    for await (const [key, value] of this.#ledger.iterate(this.#ledger.keys.within('erasure')))
      found.push({ ...recordOf('erasure', value), sequence: decodeSequence(key) });
    return found;
  }

  find(request: number): Erasure | undefined {
    return this.#ledger.view('erasure', this.#ledger.keys.erasure(request));
  }
}
