/** Acts of oversight that nobody looked at: who watches those who watch. */
import { affecting, DAY_MS, dayOf, type Gap } from './gap.ts';

/** Milliseconds that an act may go unread. */
const UNREAD_MS = 30 * DAY_MS;

/** Times in milliseconds since 1970. */
export interface AuditReading {
  /** The oldest act that came after the last look; null where there is none. */
  readonly oldestUnread: number | null;
  readonly lastRead: { readonly actor: string; readonly time: number } | null;
}

/** @param now milliseconds since 1970 */
export function auditGaps(now: number, { oldestUnread, lastRead }: AuditReading): Gap[] {
  if (oldestUnread === null || now - oldestUnread <= UNREAD_MS) return [];
  return [
    {
      kind: 'audit-unread',
      subject: '',
      severity: 'warning',
      since: oldestUnread,
      ...affecting(['acts of oversight']),
      text: `acts of oversight since ${dayOf(oldestUnread)} were looked at by nobody`,
      mend: 'chancery audit',
      evidence:
        lastRead === null ? 'no look is on record' : `${lastRead.actor} looked last ${dayOf(lastRead.time)}`,
    },
  ];
}
