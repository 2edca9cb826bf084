/**
 * What was disposed of, for the index to have nothing of it any more. Guarantees: certificates are gone through in the order
 * of the log, and how far is noted only once that is done, so what is broken off is begun again.
 */
import { decodeSequence, encodeSequence, type Ledger } from '../ledger/index.ts';

/** Entries that are taken out at once: more certificates are for the next time. */
const MAX_GONE = 65_536;

export interface Gone {
  /** Rising. */
  readonly sequences: readonly number[];
  /** Certificates below it have been read. */
  readonly next: number;
}

/** What the next certificates name; 'none' where all were gone through, 'later' where one is there that does not count yet. */
export async function nextGone(ledger: Ledger): Promise<Gone | 'none' | 'later'> {
  const { keys, log } = ledger;
  const cursor = ledger.get(keys.searchGone());
  const from = cursor === undefined ? 0 : decodeSequence(cursor);
  const found = new Set<number>();
  let next = from;
  let isLater = false;
  for await (const [key] of ledger.iterate({
    gte: keys.certificate(from),
    lt: keys.within('effect', 'certificate').lt,
  })) {
    const certificate = decodeSequence(key);
    isLater = certificate >= log.size;
    if (isLater) break;
    for (const { sequence } of ledger.record('disposal', certificate)?.disposed ?? []) found.add(sequence);
    next = certificate + 1;
    if (found.size >= MAX_GONE) break;
  }
  if (next === from) return isLater ? 'later' : 'none';
  return { sequences: [...found].sort((one, other) => one - other), next };
}

/** Notes that the index has nothing any more of what certificates below a sequence number name. */
export async function noteGone(ledger: Ledger, next: number): Promise<void> {
  const { keys } = ledger;
  await ledger.derive([{ type: 'put', key: keys.searchGone(), value: encodeSequence(next) }], next - 1);
}
