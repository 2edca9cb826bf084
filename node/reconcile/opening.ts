/** A message of ours with the salt of its commitment, for as long as this node can open it. */
import type { Ledger, RecordOf } from '../ledger/index.ts';

export interface Opening {
  readonly salt: Uint8Array;
  readonly record: RecordOf<'message'>;
}

/** Undefined where it cannot be opened here any more. Throws `archive.damaged`. */
export function openingOf(ledger: Ledger, sequence: number): Opening | undefined {
  const record = ledger.record('message', sequence);
  const salt = ledger.log.salt(sequence);
  return record === undefined || salt === undefined ? undefined : { salt, record };
}
