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
    partner.lastError === null ? '' : partner.lastError.code,
  ]);
  return table(
    ['PARTNER', 'LEVEL', 'AGREEMENT', 'STATE', 'BACKLOG', 'LAST CONTACT', 'LAST ERROR'],
    rows,
    'no partners yet; add one with chancery partner add',
  );
}
