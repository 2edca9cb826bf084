/** Who looked at some entries, as the log records it: opened here, since officers and operators may both know that. */
import { joinSalted } from '../../protocol/archive/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { MAX_TRAIL, type OpenEntry } from '../../protocol/wire/index.ts';
import type { Accesses, Ledger } from '../ledger/index.ts';

/** The records of looks at any of these entries, in the order of the log, from after one on. Throws `archive.damaged`. */
export async function trailOf(
  { ledger, accesses }: { readonly ledger: Ledger; readonly accesses: Accesses },
  entries: readonly number[],
  after: number | null,
): Promise<{ records: OpenEntry[]; after: number | null }> {
  const found = new Set<number>();
  for (const entry of new Set(entries))
    for (const record of await accesses.recordsOf(entry, after, MAX_TRAIL + 1)) found.add(record);
  // more than fit have been seen of each entry: none of those that are shown now is followed by one that was not seen
  const sequences = [...found].sort((a, b) => a - b).slice(0, MAX_TRAIL);
  const records = sequences.map((sequence) => openEntry(ledger, sequence));
  return { records, after: found.size > MAX_TRAIL ? (sequences.at(-1) ?? null) : null };
}

function openEntry({ log }: Ledger, sequence: number): OpenEntry {
  const [entry, salt, content] = [log.entryBytes(sequence), log.salt(sequence), log.content(sequence)];
  if (entry === undefined || salt === undefined || content === undefined)
    throw new ChanceryError('archive.damaged', `entry ${sequence} is missing; run chancery archive verify`);
  return { sequence, entry, salted: joinSalted({ salt, content }) };
}
