/** `chancery archive absences`: when nothing could be recorded, and why. */
import type { Command } from 'commander';
import type { OperationInput, OperationOutput } from '../../operations/contract.ts';
import { examples, time, wholeNumber } from '../arguments.ts';
import { table, when } from '../layout.ts';
import type { OpenSession } from '../session.ts';

type Absence = OperationOutput<'archive.absences'>['absences'][number];

export function addAbsences(group: Command, open: OpenSession): void {
  const command = group
    .command('absences')
    .summary('show when nothing could be recorded')
    .description(
      'Shows the periods of more than a minute in which nothing could be recorded, newest first: the node was down, or its ' +
        'archive took nothing. Each is an entry of the archive from before what was recorded next.',
    )
    .option('--since <time>', 'not over before this day or time (UTC)', time)
    .option('--until <time>', 'not begun after this day or time (UTC)', time)
    .option('--before <sequence>', 'recorded below this entry: the next page', wholeNumber)
    .option('--limit <number>', 'periods of a page, at most 500', wholeNumber, 50)
    .action(async (options: OperationInput<'archive.absences'>, self: Command) => {
      const { voice, ask } = open(self);
      const { since, until, before, limit } = options;
      const given = Object.entries({ since, until, before, limit }).filter(
        ([, value]) => value !== undefined,
      );
      const page = await ask('archive.absences', Object.fromEntries(given));
      voice.result(page, absenceTable);
      if (page.next !== null) voice.note(`there is more; add --before ${page.next}`);
    });
  examples(
    command,
    'chancery archive absences',
    'chancery archive absences --since 2026-05-01 --until 2026-05-31T23:59:59Z --json',
  );
}

/** One in a line: when, how long, why. */
export function absenceText({ from, until, reason, codes, ...absence }: Absence): string {
  const why = codes.length === 0 ? reason : `${reason}: ${codes.join(', ')}`;
  return `${when(from)} to ${when(until)}, ${lengthOf(absence)}, ${why}`;
}

function absenceTable({ absences }: OperationOutput<'archive.absences'>): string {
  return table(
    ['ENTRY', 'FROM', 'UNTIL', 'LASTED', 'WHY', 'DETAIL'],
    absences.map(({ sequence, from, until, reason, codes, detail, ...absence }) => [
      String(sequence),
      when(from),
      when(until),
      lengthOf(absence),
      codes.length === 0 ? reason : `${reason}: ${codes.join(', ')}`,
      detail,
    ]),
    'recording was possible all the time',
  );
}

function lengthOf({ lasted }: Pick<Absence, 'lasted'>): string {
  return lasted === null ? 'unknown' : `${Math.round(lasted / 1000)} s`;
}
