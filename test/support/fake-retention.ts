/** What the operations about schedules, holds and erasure answer in tests of the admin socket and the command line. */
import type { OperationOutput, Operations } from '../../node/operations/contract.ts';
import type { RETENTION_OPERATIONS } from '../../node/operations/retention-contract.ts';

const TIME = '2026-05-04T03:02:01Z';
const LATER = '2026-05-05T03:02:01Z';

const HOLD: OperationOutput<'hold.place'> = {
  sequence: 41,
  matter: 'Smith v. Acme',
  placed: TIME,
  actor: 'olive@acme.test',
  reason: 'a claim was made',
  people: ['alice@acme.test'],
  conversations: [],
  organisations: [],
  words: ['plover'],
  exchangedWith: null,
  from: TIME,
  until: null,
  notice: null,
  released: null,
};

const RELEASE = { matter: 'Smith v. Acme', request: 42, expires: LATER, holds: [41] };

const ERASURE: OperationOutput<'erasure.request'> = {
  sequence: 43,
  person: 'alice@acme.test',
  asked: TIME,
  state: 'deferred',
  ground: 'GDPR 17(1)(b)',
  outcome: '3 messages must be kept',
  until: LATER,
  erased: 1,
  left: 3,
  actor: 'olive@acme.test',
};

/* eslint-disable @typescript-eslint/require-await -- an operation is asynchronous, a fake one needs not wait */
export function fakeRetention(): Pick<Operations, keyof typeof RETENTION_OPERATIONS> {
  return {
    'retention.show': async () => ({
      disposalsPerHour: 36_000,
      schedules: [
        { name: 'trading', for: { role: 'trader' }, floorDays: 2_192, ceilingDays: 3_653 },
        { name: 'default', for: {}, floorDays: 2_192, ceilingDays: null },
      ],
    }),
    'retention.preview': async ({ from }) => ({
      counts: [{ schedule: 'trading', messages: 40, goes: 5, held: 2, waits: 1, next: TIME }],
      next: from === 0 ? 41 : null,
    }),
    'retention.run': async () => ({ ahead: true, disposed: 5, kept: 1 }),
    'retention.report': async () => ({
      certificates: [
        { sequence: 42, time: TIME, ground: 'schedule', schedule: 'trading', contents: 5, first: 3, last: 9 },
      ],
      next: null,
    }),
    'hold.place': async () => HOLD,
    'hold.list': async () => ({ holds: [HOLD] }),
    'hold.show': async () => ({
      holds: [HOLD],
      custodians: [
        { hold: 41, person: 'alice@acme.test', acknowledged: LATER },
        { hold: 41, person: 'bob@acme.test', acknowledged: null },
      ],
      request: { ...RELEASE, actor: 'olive@acme.test', reason: 'it is settled' },
    }),
    'hold.release': async () => RELEASE,
    'hold.approve': async () => RELEASE,
    'erasure.request': async () => ERASURE,
    'erasure.list': async () => ({ erasures: [ERASURE] }),
    'erasure.show': async () => ERASURE,
  };
}
