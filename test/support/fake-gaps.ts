/** Gaps as a fake node answers: one that is critical, and one that is not. */
import type { Operations } from '../../node/operations/contract.ts';
import type { GAP_OPERATIONS } from '../../node/operations/gap-contract.ts';
import { TIME } from './fake-archive.ts';

/* eslint-disable @typescript-eslint/require-await -- an operation is asynchronous, a fake one needs not wait */
export function fakeGaps(): Pick<Operations, keyof typeof GAP_OPERATIONS> {
  return {
    gaps: async ({ severity }) => ({
      gaps: severity === 'critical' ? [] : [FAKE_GAP],
      looked: TIME,
    }),
    'gaps.canary': async ({ rule = 'no-cards' }) => ({
      policy: 3,
      results: [{ rule, outcome: 'bit', detail: 'on the way out, payment-card' }],
    }),
    'gaps.enable': async ({ rule }) => ({ rule, policy: 4 }),
    'gaps.enabled': async ({ rule }) => ({ rule, text: 'version: 1\nrules: []\n', takesTwo: true }),
  };
}

const FAKE_GAP = {
  kind: 'member-without-device' as const,
  subject: 'alice@acme.test',
  severity: 'warning' as const,
  since: TIME,
  affected: ['alice@acme.test'],
  affectedCount: 1,
  text: 'alice@acme.test has no device in force',
  mend: 'chancery member invite alice@acme.test',
  evidence: 'never enrolled one',
};
