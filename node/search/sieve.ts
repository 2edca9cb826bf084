/**
 * What no token says of an entry, looked up when it is found: whether it is under a legal hold, as the rows say that keep
 * it from disposal, and whether it was disposed of.
 */
import type { Ledger } from '../ledger/index.ts';
import { inBoth, inFirstOnly } from './places.ts';

export class Sieve {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  isGone(sequence: number): boolean {
    return this.#ledger.isDisposed(sequence);
  }

  /** Those places of a part, newest first, that are held, or are not: all that is wanted. */
  async held(wanted: readonly boolean[], from: number, places: Uint16Array): Promise<Uint16Array> {
    const [newest, oldest] = [places[0], places.at(-1)];
    if (wanted.length === 0 || newest === undefined || oldest === undefined) return places;
    const rising: number[] = [];
    for await (const sequence of this.#ledger.log.heldBetween(from + oldest, from + newest + 1))
      rising.push(sequence - from);
    const held = Uint16Array.from(rising).reverse();
    return wanted.reduce((left, isHeld) => (isHeld ? inBoth : inFirstOnly)(left, held), places);
  }
}
