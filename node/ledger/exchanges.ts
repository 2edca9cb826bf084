/**
 * What was exchanged with a partner, by our sequence: each message that was sent to it, with the receipt that it gave,
 * and each that came from it. Of these alone a partner is shown entries, and with these its log is compared.
 */
import { decodeSequence } from './view-key.ts';
import type { Ledger } from './ledger.ts';

/** A message exchanged; the entry of the partner's receipt for it, null where there is none, as for one that it sent. */
export interface ExchangeRow {
  readonly sequence: number;
  readonly receipt: number | null;
}

export class Exchanges {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** What was exchanged with a domain from a sequence number on, as far as it counts as archived. */
  async rows(domain: string, from: number, limit: number): Promise<ExchangeRow[]> {
    const { log } = this.#ledger;
    const { size } = log;
    const range = {
      gte: this.#ledger.keys.exchange(domain, from),
      lt: this.#ledger.keys.within('exchange', domain).lt,
      limit,
    };
    const rows: ExchangeRow[] = [];
    for await (const [key, value] of log.iterate(range)) {
      const sequence = decodeSequence(key);
      if (sequence < size) rows.push(rowOf(sequence, value));
    }
    return rows;
  }

  /** The newest below a sequence number, newest first, as far as they count as archived. */
  async newest(domain: string, before: number, limit: number): Promise<ExchangeRow[]> {
    const { keys, log } = this.#ledger;
    const lt = keys.exchange(domain, Math.min(before, log.size));
    const rows: ExchangeRow[] = [];
    const range = { gte: keys.within('exchange', domain).gte, lt, reverse: true, limit };
    for await (const [key, value] of log.iterate(range)) rows.push(rowOf(decodeSequence(key), value));
    return rows;
  }

  /** Undefined for an entry that is no message exchanged with that domain. */
  row(domain: string, sequence: number): ExchangeRow | undefined {
    const value = this.#ledger.get(this.#ledger.keys.exchange(domain, sequence));
    return value === undefined || sequence >= this.#ledger.log.size ? undefined : rowOf(sequence, value);
  }

  /** The receipt in an entry, as it was signed; undefined where the entry is none. Throws `archive.damaged`. */
  receipt(sequence: number): Uint8Array | undefined {
    return this.#ledger.log.entry(sequence)?.kind === 'receipt'
      ? this.#ledger.record('receipt', sequence)?.statement
      : undefined;
  }
}

function rowOf(sequence: number, value: Uint8Array): ExchangeRow {
  return { sequence, receipt: value.length === 0 ? null : decodeSequence(value) };
}
