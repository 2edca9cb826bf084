/**
 * Whether the key at hand is the one that a log is sealed under. Another one opens nothing, and what it sealed would open
 * to nobody who has the right one: so a log is not opened with it.
 */
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { LogReader } from './log-reader.ts';
import { isSealed, type Place, type Sealer } from './sealer.ts';

/** Throws `archive.wrong-key`. By the first entry or the newest, whichever can be read as it was stored. */
export async function assertSealedBy(reader: LogReader, size: number, sealer: Sealer): Promise<void> {
  for (const sequence of new Set([0, size - 1])) {
    if (sequence < 0) return;
    const stored = await storedAt(reader, sequence);
    if (stored === undefined) continue;
    if (opens(sealer, stored.place, stored.bytes)) return;
    throw new ChanceryError(
      'archive.wrong-key',
      'the archive is sealed under another key than keys/archive.key; restore that key from your copy',
      { facts: { sequence } },
    );
  }
}

/** Undefined where it was disposed of, which says nothing, or is damaged: that is for others to say. */
async function storedAt(
  reader: LogReader,
  sequence: number,
): Promise<{ readonly place: Place; readonly bytes: Uint8Array } | undefined> {
  try {
    const kind = reader.entry(sequence)?.kind;
    const [record] = await reader.records(sequence, 1);
    return kind === undefined || record === undefined || record.stored.length === 0
      ? undefined
      : { place: { sequence, kind }, bytes: record.stored };
  } catch (error) {
    if (error instanceof ChanceryError && error.code === 'archive.damaged') return undefined;
    throw error;
  }
}

function opens(sealer: Sealer, place: Place, stored: Uint8Array): boolean {
  const header = sealer.header(place, stored);
  if (header === undefined || header.length > 0) return header !== undefined;
  try {
    return sealer.content(place, stored) !== undefined;
  } catch (error) {
    if (isSealed(error)) return true; // under a data key, which says nothing
    throw error;
  }
}
