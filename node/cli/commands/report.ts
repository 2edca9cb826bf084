/** `chancery report`: what was reported as phishing, by our members and by partners. */
import type { Command } from 'commander';
import type { OperationOutput } from '../../operations/contract.ts';
import { examples, wholeNumber } from '../arguments.ts';
import { fields, table, when } from '../layout.ts';
import type { OpenSession } from '../session.ts';

type Report = OperationOutput<'report.list'>['reports'][number];
type Shown = OperationOutput<'report.show'>;

export function declareReport(group: Command, open: OpenSession): void {
  group.description(
    'Lists what our members reported, and what partners reported of our members’ messages. Officers decide about it on their ' +
      'own devices, with chancery-chat review confirm and dismiss.',
  );
  const list = group
    .command('list')
    .summary('list reports, newest first')
    .description(
      'Lists reports, newest first: who reported what, how it stands, whether the partner was told.',
    )
    .option('--before <sequence>', 'recorded below this entry: the next page', wholeNumber)
    .option('--limit <number>', 'reports of a page, at most 500', wholeNumber, 50)
    .action(async ({ before, limit }: { before?: number; limit: number }, self: Command) => {
      const { voice, ask } = open(self);
      const page = await ask('report.list', { limit, ...(before === undefined ? {} : { before }) });
      voice.result(page, ({ reports }) => reportTable(reports));
      if (page.next !== null) voice.note(`there is more; add --before ${page.next}`);
    });
  const show = group
    .command('show')
    .summary('show a report, and what is held for it')
    .description(
      'Shows a report, what was decided about it, and which messages were held since they go with it.',
    )
    .argument('<entry>', 'its entry', wholeNumber)
    .action(async (entry: number, _options: object, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(await ask('report.show', { entry }), shownText);
    });
  examples(list, 'chancery report list', 'chancery report list --json');
  examples(show, 'chancery report show 1041', 'chancery report show 1041 --json');
  examples(group, 'chancery report list', 'chancery report show 1041');
}

function reportTable(reports: readonly Report[]): string {
  return table(
    ['ENTRY', 'WHEN', 'MESSAGE', 'SENDER', 'REPORTED BY', 'STATE', 'PARTNER', 'TOLD', 'REASON'],
    reports.map((one) => [
      ...[String(one.entry), when(one.time), String(one.position), one.sender, one.reporter, one.state],
      ...[one.partner ?? '', one.partner === null ? '' : one.told === null ? 'not yet' : when(one.told)],
      one.reason,
    ]),
    'nothing was reported',
  );
}

function shownText({ report, review, traits, held, more }: Shown): string {
  const by = [
    ...(traits.device ? ['the device that signed it'] : []),
    ...(traits.hosts > 0 ? [`${traits.hosts} hosts of its links`] : []),
    ...(traits.file ? ['its file'] : []),
  ];
  const about = fields([
    ['message', report.message],
    ['decided', review === null ? 'not yet' : `${review.outcome} by ${review.actor}: ${review.reason}`],
    ...(report.what === 'made'
      ? []
      : [['decided there', report.verdict === null ? 'not told' : report.verdict] as const]),
    ['goes with', by.length === 0 ? 'nothing' : by.join(', ')],
  ]);
  const kept = table(
    ['DECISION', 'STATE'],
    held.map(({ decision, state }) => [String(decision), state]),
    'nothing was held for it',
  );
  return `${reportTable([report])}\n${about}\n${kept}${more ? 'there is more\n' : ''}`;
}
