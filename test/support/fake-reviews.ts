/** Reviews, contacts and reports as a fake node tells of them. */
import type { REVIEW_OPERATIONS } from '../../node/operations/review-contract.ts';
import type { OperationOutput, Operations } from '../../node/operations/contract.ts';
import { TIME } from './fake-archive.ts';

const REVIEW = {
  ...{ entry: 45, time: TIME, actor: 'olive@acme.test', outcome: 'release' as const },
  reason: '=agreed, with legal',
};

const ITEM: OperationOutput<'review.list'>['items'][number] = {
  ...{ entry: 41, time: TIME, what: 'decision', sender: 'alice@acme.test', direction: 'out' },
  ...{ message: 'ab12', position: 42, policy: 3, outcome: 'hold', reporter: null, review: REVIEW },
  reasons: [
    {
      ...{ rule: 'off-channel', control: 'content', outcome: 'hold', found: 1 },
      findings: [{ type: 'lexicon:off-channel@3', kind: null, place: 'text', start: 0, end: 12 }],
    },
  ],
};

const REPORT: OperationOutput<'report.list'>['reports'][number] = {
  ...{ entry: 41, time: TIME, what: 'made', message: 'ab12', position: 40, sender: 'mallory@b.test' },
  ...{ reporter: 'alice@acme.test', reason: 'wants my password', state: 'reported' },
  ...{ partner: 'b.test', told: TIME, verdict: null },
};

export function fakeReviews(): Pick<Operations, keyof typeof REVIEW_OPERATIONS> {
  return {
    'review.list': () => Promise.resolve({ items: [ITEM], next: null, waiting: 1, oldest: TIME }),
    'review.report': () =>
      Promise.resolve({
        ...{ waiting: 1, oldest: TIME, oldestAge: 90, came: 2, decided: 1 },
        rules: [{ rule: 'off-channel', control: 'content', came: 2, waiting: 1 }],
        reviewers: [{ reviewer: 'olive@acme.test', outcome: 'release', decided: 1, waited: 60 }],
      }),
    'contact.list': () =>
      Promise.resolve({
        waiting: [
          {
            ...{ address: 'carol@b.test', name: 'Carol', domain: 'b.test', level: 'dnssec', messages: 2 },
            ...{ since: TIME, members: ['alice@acme.test'], imitates: 'carol@acme.test' },
            receiversAccept: true,
          },
        ],
        more: false,
        decided: [
          {
            ...{ entry: 41, time: TIME, person: 'mallory@b.test', member: null, accepted: false },
            ...{ actor: 'olive@acme.test', reason: 'unknown to us' },
          },
        ],
        next: null,
      }),
    'contact.accept': ({ person }) => Promise.resolve({ person, released: 2 }),
    'contact.decline': ({ person }) => Promise.resolve({ person, rejected: 2 }),
    'report.list': () => Promise.resolve({ reports: [REPORT], next: null }),
    'report.show': () =>
      Promise.resolve({
        ...{ report: REPORT, review: REVIEW, traits: { device: true, hosts: 2, file: false } },
        ...{ held: [{ decision: 43, state: 'held' }], more: false },
      }),
  };
}
