/** `chancery erasure`: requests to erase what a person wrote, and what became of them. */
import type { Command } from 'commander';
import type { OperationOutput } from '../../operations/contract.ts';
import { examples, wholeNumber } from '../arguments.ts';
import { fields, table, when } from '../layout.ts';
import type { OpenSession } from '../session.ts';

type Erasure = OperationOutput<'erasure.request'>;

export function declareErasure(group: Command, open: OpenSession): void {
  group.description(
    'Erases what a person wrote, as far as it may go. A request ends as erased, as deferred until a date on which it is done ' +
      'by itself, or as refused, with its ground on record.',
  );
  requestCommand(group, open);
  const list = group
    .command('list')
    .summary('list requests for erasure')
    .description('Lists requests for erasure, the oldest first, with what became of each.')
    .action(async (_options: object, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(await ask('erasure.list', {}), ({ erasures }) =>
        table(
          ['REQUEST', 'PERSON', 'STATE', 'ASKED', 'ERASED', 'LEFT', 'GROUND'],
          erasures.map((one) => [
            String(one.sequence),
            one.person,
            one.until === null ? one.state : `${one.state} until ${when(one.until)}`,
            when(one.asked),
            String(one.erased),
            String(one.left),
            one.ground,
          ]),
          'no requests for erasure',
        ),
      );
    });
  const show = group
    .command('show')
    .summary('show a request for erasure')
    .description('Shows a request for erasure, and why it came to what it did.')
    .argument('<request>', 'its entry, as the list names it', wholeNumber)
    .action(async (sequence: number, _options: object, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(await ask('erasure.show', { sequence }), erasureFields);
    });
  examples(list, 'chancery erasure list', 'chancery erasure list --json');
  examples(show, 'chancery erasure show 90210', 'chancery erasure show 90210 --json');
  examples(
    group,
    'chancery erasure request alice@acme.example --ground "GDPR 17(1)(b)" --by olive@acme.example',
    'chancery erasure list',
    'chancery erasure show 90210',
  );
}

function requestCommand(group: Command, open: OpenSession): void {
  const command = group
    .command('request')
    .summary('ask that what a person wrote be erased')
    .description(
      'For where oversight.signed is false; elsewhere officers do this on their own devices: chancery-chat oversight erase. ' +
        'Records the request and decides it at once: what a hold keeps stays, what a schedule keeps stays until its date, all else ' +
        'is disposed of. It is about what the person wrote: what others wrote to them is theirs.',
    )
    .argument('<address>', 'who wrote it, of this organisation or of a partner')
    .requiredOption('--ground <text>', 'on what ground, for the record')
    .requiredOption('--by <officer>', 'the compliance officer who acts')
    .action(async (person: string, { ground, by }: { ground: string; by: string }, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(await ask('erasure.request', { person, ground, actor: by }), erasureFields);
    });
  examples(
    command,
    'chancery erasure request alice@acme.example --ground "GDPR 17(1)(b)" --by olive@acme.example',
    'chancery erasure request bob@partner.example --ground "letter of 4 May" --by olive@acme.example --json',
  );
}

function erasureFields(erasure: Erasure): string {
  return fields([
    ['request', String(erasure.sequence)],
    ['person', erasure.person],
    ['ground', erasure.ground],
    ['state', erasure.state],
    ['outcome', erasure.outcome],
    ['erased', String(erasure.erased)],
    ['left', String(erasure.left)],
    ...(erasure.until === null ? [] : [['until', when(erasure.until)] as const]),
    ['asked', when(erasure.asked)],
    ['by', erasure.actor],
  ]);
}
