/** A look at the archive, as an operator is told of it. */
import type { OperationOutput } from '../../node/operations/contract.ts';

export const ACCESSES: OperationOutput<'archive.accesses'> = {
  accesses: [
    {
      sequence: 9,
      time: '2026-05-04T03:02:01.000Z',
      actor: 'carol@acme.test',
      device: '12D3KooWOfficer',
      action: 'open',
      purpose: 'complaint of 4 May',
      case: '2026-17',
      query: '5',
      entries: [5],
    },
  ],
  next: null,
};
