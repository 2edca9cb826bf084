/** What was found out about the files of messages, a view over the log: an entry before the message that brings the file along. */
import { put } from './fact.ts';
import type { RecordOf } from './records.ts';
import { decodeSequence, encodeSequence } from './view-key.ts';
import type { Ledger } from './ledger.ts';
import type { View } from './view.ts';

export const inspectionView: View<'inspection'> = ({ said, sequence }, { keys }) => [
  put(keys.inspection(said.message), encodeSequence(sequence)),
];

/** Of a message's file; undefined where no policy was in force when it came, and of what came before this was kept. */
export function inspectionOf(ledger: Ledger, message: Uint8Array): RecordOf<'inspection'> | undefined {
  const sequence = ledger.decoded(ledger.keys.inspection(message), decodeSequence);
  return sequence === undefined ? undefined : ledger.record('inspection', sequence);
}
