/** `chancery archive accesses`: who looked at what was said, when, and why. */
import type { Command } from 'commander';
import type { OperationInput, OperationOutput } from '../../operations/contract.ts';
import { examples, wholeNumber } from '../arguments.ts';
import { table, when } from '../layout.ts';
import type { OpenSession } from '../session.ts';

type Access = OperationOutput<'archive.accesses'>['accesses'][number];

/** Entries named in a line. */
const NAMED = 8;

export function addAccesses(group: Command, open: OpenSession): void {
  const command = group
    .command('accesses')
    .summary('show who looked at what was said')
    .description(
      'Shows who looked at what was said, newest first: compliance officers from their devices, operators at this node. ' +
        'Each look is an entry of the archive from before anything was shown.',
    )
    .option('--entry <sequence>', 'who looked at this entry', wholeNumber)
    .option('--before <sequence>', 'recorded below this entry: the next page', wholeNumber)
    .option('--limit <number>', 'accesses of a page, at most 500', wholeNumber, 50)
    .action(async (options: OperationInput<'archive.accesses'>, self: Command) => {
      const { voice, ask } = open(self);
      const { entry, before, limit } = options;
      const given = Object.entries({ entry, before, limit }).filter(([, value]) => value !== undefined);
      const page = await ask('archive.accesses', Object.fromEntries(given));
      voice.result(page, accessTable);
      if (page.next !== null) voice.note(`there is more; add --before ${page.next}`);
    });
  examples(command, 'chancery archive accesses', 'chancery archive accesses --entry 1041 --json');
}

function accessTable({ accesses }: OperationOutput<'archive.accesses'>): string {
  return table(
    ['ENTRY', 'WHEN', 'WHO', 'WHAT', 'CASE', 'PURPOSE'],
    accesses.map((access) => [
      String(access.sequence),
      when(access.time),
      access.actor,
      whatOf(access),
      access.case,
      access.purpose,
    ]),
    'nobody has looked yet',
  );
}

const DONE = { find: 'listed', open: 'opened', export: 'exported' } as const;

function whatOf({ action, part, entries }: Access): string {
  const named = entries.slice(0, NAMED).join(' ');
  const more = entries.length > NAMED ? ` and ${entries.length - NAMED} more` : '';
  return `${DONE[action]} ${part === 'file' ? 'the file of ' : ''}${entries.length === 0 ? 'nothing' : `${named}${more}`}`;
}
