/** How partners are shown, in the status and in the commands about them. */
import type { OperationOutput } from '../../operations/contract.ts';
import { table, when } from '../layout.ts';

type Partner = OperationOutput<'partner.list'>['partners'][number];

export function partnerTable(partners: readonly Partner[]): string {
  const rows = partners.map((partner) => [
    partner.domain,
    partner.level,
    partner.mutual ? 'mutual' : 'waits for theirs',
    partner.connected ? 'connected' : 'away',
    String(partner.backlog),
    when(partner.lastContact),
    partner.retentionFloor.days === 0 ? '' : `${partner.retentionFloor.days} days`,
    partner.lastError === null ? '' : partner.lastError.code,
  ]);
  return table(
    ['PARTNER', 'LEVEL', 'AGREEMENT', 'STATE', 'BACKLOG', 'LAST CONTACT', 'KEPT', 'LAST ERROR'],
    rows,
    'no partners yet; add one with chancery partner add',
  );
}

/** For how long what is exchanged is kept by the agreements, and by whose wish. */
export function floorText({ retentionFloor }: Partner): string {
  const { ours, theirs, days } = retentionFloor;
  if (ours === null && theirs === null) return 'as the schedules say';
  const named = (floor: number | null): string => (floor === null ? 'none' : String(floor));
  return `${days} days (ours: ${named(ours)}, theirs: ${named(theirs)})`;
}
