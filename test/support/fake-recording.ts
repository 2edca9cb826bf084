/** What the operations about oversight and about times without recording answer in tests. */
import type { OperationOutput, Operations } from '../../node/operations/contract.ts';

const TIME = '2026-05-04T03:02:01Z';
const LATER = '2026-05-05T03:02:01Z';

export const ABSENCE: OperationOutput<'archive.absences'>['absences'][number] = {
  sequence: 17,
  time: LATER,
  from: TIME,
  until: LATER,
  lasted: 90_000,
  reason: 'archive-refused',
  codes: ['archive.full'],
  setBack: 0,
  detail: 'the node was up, and its archive took nothing',
};

/* eslint-disable @typescript-eslint/require-await -- an operation is asynchronous, a fake one needs not wait */
export function fakeRecording(): Pick<Operations, 'audit' | 'archive.absences'> {
  return {
    audit: async () => ({
      acts: [
        {
          sequence: 41,
          time: TIME,
          kind: 'hold',
          actor: 'olive@acme.test',
          case: 'Smith v. Acme',
          entries: [],
          text: 'olive@acme.test placed a hold for Smith v. Acme',
        },
      ],
      acknowledgements: 3,
      next: null,
    }),
    'archive.absences': async () => ({ absences: [ABSENCE], next: 17 }),
  };
}
