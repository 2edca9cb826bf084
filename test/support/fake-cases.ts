/** What the operations about cases answer in tests of the admin socket and the command line. */
import type { OperationOutput, Operations } from '../../node/operations/contract.ts';
import type { CASE_OPERATIONS } from '../../node/operations/case-contract.ts';

const TIME = '2026-05-04T03:02:01Z';

const CASE: OperationOutput<'case.open'>['case'] = {
  sequence: 41,
  name: '2026-17',
  title: 'Smith v. Acme',
  state: 'open',
  opened: TIME,
  actor: 'olive@acme.test',
  reviewers: ['olive@acme.test', 'oscar@acme.test'],
  newest: TIME,
  events: 9,
  searches: 1,
  notes: 1,
  messages: 2,
  tags: [{ tag: 'privileged', messages: 2 }],
};

/** @param found what every search finds */
export function fakeCases(
  found: OperationOutput<'case.search'>['found'],
): Pick<Operations, keyof typeof CASE_OPERATIONS> {
  const changed = (): Promise<{ case: typeof CASE }> => Promise.resolve({ case: CASE });
  return {
    'case.open': changed,
    'case.list': () => Promise.resolve({ cases: [CASE], next: 41 }),
    'case.show': () =>
      Promise.resolve({
        case: CASE,
        searches: [
          {
            number: 1,
            query: 'plover egg',
            saved: TIME,
            actor: 'olive@acme.test',
            run: { time: TIME, actor: 'oscar@acme.test', found: 3, newest: 5 },
          },
        ],
      }),
    'case.events': ({ list }) =>
      Promise.resolve({
        events: [
          {
            sequence: 42,
            time: TIME,
            actor: 'olive@acme.test',
            device: null,
            event: list === 'notes' ? 'noted' : 'tagged',
            text: list === 'notes' ? 'says the\nopposite' : 'tagged entry 5 “privileged” in case 2026-17',
            about: list === 'notes' ? 5 : null,
          },
        ],
        next: null,
      }),
    'case.messages': ({ tag }) =>
      Promise.resolve({
        messages: [
          {
            entry: 5,
            disposed: tag !== undefined,
            tags: [{ tag: 'privileged', actor: 'olive@acme.test', time: TIME }],
          },
        ],
        next: null,
      }),
    'case.search': ({ query = 'plover egg' }) =>
      Promise.resolve({ search: 1, count: 3, query, found, next: 5 }),
    'case.tag': changed,
    'case.untag': changed,
    'case.note': changed,
    'case.add-reviewer': changed,
    'case.remove-reviewer': changed,
    'case.close': changed,
    'case.reopen': changed,
  };
}
