/** What a replica knows, as it takes over, of the time in which the archive had no primary. */
import type { ArchiveLog } from '../archive/index.ts';
import type { AbsenceRecord } from '../ledger/index.ts';
import { recordable } from './missing.ts';

/**
 * To be recorded before the new epoch is: from when the primary was last heard here, or the last entry that it handed on,
 * whichever is later; nothing where it is still there, or was a minute ago.
 */
export function absencesAtPromotion(
  { head, now }: Pick<ArchiveLog, 'head' | 'now'>,
  { connected, lastContact }: { readonly connected: boolean; readonly lastContact: number | null },
  reason: string,
): AbsenceRecord[] {
  if (connected) return [];
  const from = Math.max(head.time, lastContact ?? 0);
  const until = Math.max(from, now);
  const detail = `the primary was away, and another node took over: ${reason}`;
  const absence = { from, until, lasted: null, reason: 'node-down', codes: [], setBack: 0, detail } as const;
  return recordable([absence], head.time);
}
