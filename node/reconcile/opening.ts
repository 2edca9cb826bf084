/** A message of ours with the salt of its commitment, for as long as this node can open it. */
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { Ledger, RecordOf } from '../ledger/index.ts';

export interface Opening {
  readonly salt: Uint8Array;
  readonly record: RecordOf<'message'>;
}

/** Undefined where it cannot be opened here any more. Throws `archive.damaged`. */
export function openingOf(ledger: Ledger, sequence: number): Opening | undefined {
  try {
    const record = ledger.record('message', sequence);
    const salt = ledger.log.salt(sequence);
    return record === undefined || salt === undefined ? undefined : { salt, record };
  } catch (error) {
    if (isSealed(error)) return undefined;
    throw error;
  }
}

/** Whether the key of a content is not at hand any more, or the content is gone. */
function isSealed(error: unknown): boolean {
  const code: string | undefined = error instanceof ChanceryError ? error.code : undefined;
  return code === 'archive.sealed' || code === 'archive.disposed';
}
