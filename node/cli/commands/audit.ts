/** `chancery audit`: who oversaw what, and how: looks, holds, erasures, disposals, officers, and times without recording. */
import type { Command } from 'commander';
import type { OperationInput, OperationOutput } from '../../operations/contract.ts';
import { examples, time, wholeNumber } from '../arguments.ts';
import { count, table, when } from '../layout.ts';
import type { OpenSession } from '../session.ts';

export function declareAudit(command: Command, open: OpenSession): void {
  command
    .description(
      'Shows the acts of oversight, newest first: who looked at what was said, holds and their releases, erasures and disposals, ' +
        'who became an officer or is none any more, what operators did to the archive, and when nothing could be recorded. ' +
        'Each is an entry of the archive from before it took effect. That somebody looked at the newest of them, unfiltered, is ' +
        'recorded where there are new ones; what nobody looks at for a month is a gap (chancery gaps).',
    )
    .option(
      '--by <actor>',
      'by this officer (an address), by an operator, or by the node itself: operator, node',
    )
    .option('--case <name>', 'for this case, or for the matter of a hold')
    .option('--entry <sequence>', 'about this entry', wholeNumber)
    .option(
      '--kind <kind>',
      'of this kind: access, hold, hold-release, erasure, disposal, member, absence, …',
    )
    .option('--since <time>', 'not before this day or time (UTC)', time)
    .option('--until <time>', 'not after this day or time (UTC)', time)
    .option('--before <sequence>', 'recorded below this entry: the next page', wholeNumber)
    .option('--limit <number>', 'acts of a page, at most 500', wholeNumber, 50)
    .action(async (options: OperationInput<'audit'>, self: Command) => {
      const { voice, ask } = open(self);
      const { by, case: name, entry, kind, since, until, before, limit } = options;
      const asked = Object.entries({ by, case: name, entry, kind, since, until, before, limit });
      const page = await ask('audit', Object.fromEntries(asked.filter(([, value]) => value !== undefined)));
      voice.result(page, actTable);
      if (page.next !== null) voice.note(`there is more; add --before ${page.next}`);
    });
  examples(
    command,
    'chancery audit',
    'chancery audit --by olive@acme.example --since 2026-05-01',
    'chancery audit --case 2026-17 --json',
    'chancery audit --entry 1041',
  );
}

function actTable({ acts, acknowledgements }: OperationOutput<'audit'>): string {
  const listed = table(
    ['ENTRY', 'WHEN', 'KIND', 'CASE', 'WHAT'],
    acts.map((act) => [String(act.sequence), when(act.time), act.kind, act.case, act.text]),
    'nothing of that kind was done',
  );
  return `${listed}\nthat they are recorded was acknowledged ${count(acknowledgements, 'time')}\n`;
}
