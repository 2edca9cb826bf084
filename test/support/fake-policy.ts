/** What the operations about the policy answer in tests of the admin socket and the command line. */
import type { OperationOutput, Operations } from '../../node/operations/contract.ts';
import type { POLICY_OPERATIONS } from '../../node/operations/policy-contract.ts';

const POLICY: OperationOutput<'policy.apply'> = {
  number: 3,
  sequence: 41,
  time: '2026-05-04T03:02:01Z',
  actor: 'olive@acme.test',
  reason: 'the new lexicon',
  act: null,
};

const DIFFERENCE: OperationOutput<'policy.diff'> = {
  settings: [{ field: 'fourEyes', before: 'false', after: 'true' }],
  named: [
    {
      what: 'lexicon',
      name: 'offers',
      change: 'changed',
      added: ['sure'],
      removed: ['safe'],
      versions: [1, 2],
    },
  ],
  rules: [
    {
      rule: 'no-cards',
      change: 'changed',
      fields: [{ field: 'then', before: '"warn"', after: '"block"' }],
      through: ['lexicon offers'],
    },
  ],
};

const CONCERN: OperationOutput<'policy.plan'>['concerns'][number] = {
  ...DIFFERENCE.rules[0]!,
  outcome: 'block',
  on: true,
  members: { count: 2, first: ['alice@acme.test', 'adam@acme.test'] },
  partners: { count: 1, first: ['partner.test'] },
  conversations: 4,
  text: 'changed rule no-cards blocks what 2 members write',
};

const SIMULATED: OperationOutput<'policy.simulate'>['outcome'] = {
  ...{ replayed: 40, sealed: 2, disposed: 1, damaged: 0, blocked: 3, unread: 4, different: 5 },
  verdicts: [{ before: 'allow', after: 'block', messages: 5 }],
  rules: [{ rule: 'no-cards', outcome: 'block', before: 0, after: 5 }],
  first: [{ entry: 17, before: 'allow', after: 'block', rules: ['no-cards'] }],
};

/* eslint-disable @typescript-eslint/require-await -- an operation is asynchronous, a fake one needs not wait */
export function fakePolicy(): Pick<Operations, keyof typeof POLICY_OPERATIONS> {
  return {
    'policy.diff': async () => DIFFERENCE,
    'policy.plan': async () => ({
      ...{ replaces: 2, takesTwo: false, difference: DIFFERENCE, concerns: [CONCERN] },
      warnings: ['policy.yaml:4:5 rule x is off: it counts for nothing'],
    }),
    'policy.simulate': async ({ run }) =>
      run === undefined
        ? { run: 'simulation-1', at: 50, of: 100, replayed: 20, outcome: null }
        : { run: null, at: 100, of: 100, replayed: 40, outcome: SIMULATED },
    'policy.apply': async ({ actor, reason }) => ({ ...POLICY, actor, reason }),
    'policy.history': async () => ({ policies: [POLICY], next: null }),
    'policy.show': async ({ number }) => ({
      ...POLICY,
      number: number ?? POLICY.number,
      text: '# why we have it\nversion: 1\nrules: []\n',
    }),
  };
}
