/** What an operator is told of an archive with one message in it, at which somebody looked. */
import type { OperationOutput } from '../../node/operations/contract.ts';

export const TIME = '2026-05-04T03:02:01Z';

export const ENTRY: OperationOutput<'archive.show'>['entry'] = {
  sequence: 5,
  time: TIME,
  kind: 'message',
  message: {
    id: 'aa',
    conversation: 'cc',
    sender: 'alice@acme.test',
    person: {
      address: 'alice@acme.test',
      name: 'Alice',
      roles: ['member'],
      domain: 'acme.test',
      level: 'own',
      since: TIME,
    },
    kind: 'text',
    originTime: TIME,
    text: 'hello',
    target: null,
  },
  summary: 'alice@acme.test wrote in cc',
};

export const ACCESSES: OperationOutput<'archive.accesses'> = {
  accesses: [
    {
      sequence: 9,
      time: TIME,
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
