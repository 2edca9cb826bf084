/** What the operations about requests for preservation answer in tests of the admin socket and the command line. */
import type { OperationOutput, Operations } from '../../node/operations/contract.ts';
import type { PRESERVATION_OPERATIONS } from '../../node/operations/preservation-contract.ts';

const TIME = '2026-05-04T03:02:01Z';

const ID = `5f0a31c2${'00'.repeat(28)}`;

const PRESERVATION: OperationOutput<'preservation.request'> = {
  id: ID,
  partner: 'partner.test',
  direction: 'received',
  state: 'requested',
  told: true,
  problem: null,
  matter: 'Smith v. Acme',
  people: ['alice@acme.test'],
  conversations: [],
  from: TIME,
  until: null,
  officer: 'petra@partner.test',
  reason: 'a claim was made',
  asked: TIME,
  hold: null,
};

const STEP = { sequence: 44, time: TIME, state: 'requested', told: true, actor: 'petra@partner.test' };

/* eslint-disable @typescript-eslint/require-await -- an operation is asynchronous, a fake one needs not wait */
export function fakePreservation(): Pick<Operations, keyof typeof PRESERVATION_OPERATIONS> {
  return {
    'preservation.request': async ({ domain }) => ({
      ...PRESERVATION,
      partner: domain,
      direction: 'sent',
      told: false,
    }),
    'preservation.withdraw': async () => ({ ...PRESERVATION, direction: 'sent', state: 'withdrawn' }),
    'preservation.accept': async () => ({ ...PRESERVATION, state: 'accepted', hold: 45 }),
    'preservation.decline': async () => ({ ...PRESERVATION, state: 'declined' }),
    'preservation.list': async () => ({ preservations: [PRESERVATION] }),
    'preservation.show': async () => ({
      preservation: PRESERVATION,
      history: [{ ...STEP, reason: 'a claim was made', signedBy: 'partner.test' }],
    }),
  };
}
