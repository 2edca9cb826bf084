/**
 * Requests for preservation, ours to partners and theirs to us, as the log has them: how each stands, what a partner has yet
 * to be told, and which of theirs wait for an officer. Guarantees: what is to be told waits until the partner gave notice
 * that it is archived there, whatever becomes of this node meanwhile.
 */
import { del, PRESENT, put } from './fact.ts';
import { decodeSequence, encodeSequence } from './view-key.ts';
import type { Ledger } from './ledger.ts';
import { recordOf, type RecordOf } from './records.ts';
import type { View } from './view.ts';

export type PreservationRecord = RecordOf<'preservation'>;

/** A request as it stands. */
export interface Preservation extends PreservationRecord {
  /** Its newest entry. */
  readonly sequence: number;
}

export const preservationView: View<'preservation'> = ({ said, bytes: record, sequence }, { keys }) => {
  const { id, partner, direction, state, told } = said;
  const outbox = keys.preservationOutbox(partner, id);
  const ops = [
    put(keys.preservation(id), withSequence(record, sequence)),
    put(keys.preservationEntry(id, sequence), PRESENT),
    told ? del(outbox) : put(outbox, encodeSequence(sequence)),
  ];
  if (direction === 'sent') return ops;
  const waits = keys.preservationWaits(partner, id);
  if (state !== 'requested') return [...ops, del(waits)];
  return [...ops, put(waits, PRESENT), put(keys.preservationFrom(partner, sequence), id)];
};

/** The entry stands before the record. */
function withSequence(record: Uint8Array, sequence: number): Uint8Array {
  const joined = new Uint8Array(8 + record.length);
  joined.set(encodeSequence(sequence));
  joined.set(record, 8);
  return joined;
}

function decode(value: Uint8Array): Preservation {
  return { ...recordOf('preservation', value.slice(8)), sequence: decodeSequence(value.subarray(0, 8)) };
}

export class Preservations {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  find(id: Uint8Array): Preservation | undefined {
    const value = this.#ledger.get(this.#ledger.keys.preservation(id));
    return value === undefined ? undefined : decode(value);
  }

  /** All there ever were, the newest last. */
  async all(): Promise<Preservation[]> {
    const { keys } = this.#ledger;
    const found: Preservation[] = [];
    for await (const [, value] of this.#ledger.iterate(keys.within('preservation', 'state')))
      found.push(decode(value));
    return found.sort((a, b) => a.sequence - b.sequence);
  }

  /** The entries about a request, oldest first. */
  async entries(id: Uint8Array): Promise<number[]> {
    const { keys } = this.#ledger;
    const sequences: number[] = [];
    for await (const [key] of this.#ledger.iterate(keys.within('preservation', 'entry', id)))
      sequences.push(decodeSequence(key));
    return sequences;
  }

  /** The statement that asked. Throws `archive.damaged`. */
  async request(id: Uint8Array): Promise<Uint8Array | undefined> {
    const [first] = await this.entries(id);
    return first === undefined ? undefined : this.#ledger.record('preservation', first)?.statement;
  }

  /** What a partner has yet to be told, of no more requests than `limit`. */
  async untold(partner: string, limit: number): Promise<Preservation[]> {
    const { keys } = this.#ledger;
    const found: Preservation[] = [];
    const range = { ...keys.within('preservationOutbox', partner), limit };
    for await (const [key] of this.#ledger.iterate(range)) {
      const preservation = this.find(key.slice(-32));
      if (preservation !== undefined && !preservation.told) found.push(preservation);
    }
    return found;
  }

  /** How many requests of a partner wait for an officer; counts to `limit` at most. */
  waiting(partner: string, limit: number): Promise<number> {
    return this.#ledger.count({ ...this.#ledger.keys.within('preservation', 'waits', partner), limit });
  }

  /** When a partner's request came that is so many back (milliseconds); undefined where there were not so many. */
  received(partner: string, back: number): Promise<number | undefined> {
    return this.#ledger.timeBack(this.#ledger.keys.within('preservation', 'from', partner), back);
  }
}
