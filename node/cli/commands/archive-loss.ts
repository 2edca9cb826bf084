/** `chancery archive lost`, `accept-loss` and `take-back`: after a restore from a backup that is older than the log was. */
import type { Command } from 'commander';
import type { OperationOutput } from '../../operations/contract.ts';
import { examples } from '../arguments.ts';
import { count, table, when } from '../layout.ts';
import type { OpenSession } from '../session.ts';

export function addLoss(group: Command, open: OpenSession): void {
  const lost = group
    .command('lost')
    .summary('list what partners hold that this archive lacks')
    .description(
      'Asks the partners how far this archive had come, by checkpoints that it signed itself, and lists each message that ' +
        'they hold of what it lacks: with its id, and its position in both logs. Changes nothing.',
    )
    .action(async (_options: object, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(await ask('archive.lost', {}), loss);
    });
  const accept = group
    .command('accept-loss')
    .summary('go on without what was lost')
    .description(
      'Accepts that what this archive lacks is lost, where there is no replica and no younger backup to restore it from. The ' +
        'loss is recorded, and from the next start on the log goes on. Then fetch the messages that partners hold with ' +
        'take-back, and have each partner’s operator accept the loss (chancery partner accept-loss).',
    )
    .requiredOption('--reason <text>', 'what happened, for the record')
    .option('--unasked', 'also where a partner could not be asked, and may hold more')
    .action(async ({ reason, unasked }: { reason: string; unasked?: boolean }, self: Command) => {
      const { voice, ask } = open(self);
      const accepted = await ask('archive.accept-loss', { reason, unasked: unasked === true });
      voice.result(
        accepted,
        ({ size, until }) =>
          `the log goes on from ${size}; ${count(until - size, 'entry', 'entries')} lost as far as is known\n\n` +
          'Next: start the node again, then chancery archive take-back; and tell each partner the size\n',
      );
    });
  const back = group
    .command('take-back')
    .summary('archive what partners hold of what was lost')
    .description(
      'Fetches the messages that partners hold of losses that were accepted, and archives them, each with the checks of its ' +
        'first coming. They get new positions. Can be run again, for partners that were away.',
    )
    .action(async (_options: object, self: Command) => {
      const { voice, ask } = open(self);
      const result = await ask('archive.take-back', {});
      voice.result(result, takenBack);
      if (result.unasked.length > 0)
        voice.note(`not asked: ${result.unasked.join(', ')}; run this again later`);
    });
  examples(lost, 'chancery archive lost', 'chancery archive lost --json');
  examples(accept, 'chancery archive accept-loss --reason "both disks failed, restored the backup of 4 May"');
  examples(back, 'chancery archive take-back', 'chancery archive take-back --json');
}

function loss({ size, until, partners, messages }: OperationOutput<'archive.lost'>): string {
  const head =
    until === size
      ? `${count(size, 'entry', 'entries')}, and no partner shows that there were more\n`
      : `${count(size, 'entry', 'entries')}; there were ${until}, so ${until - size} are lacking\n`;
  const asked = table(
    ['PARTNER', 'KNOWS', 'HOLDS', 'FAULT'],
    partners.map(({ domain, known, held, fault }) => [
      domain,
      known === null ? 'nothing' : `${known} entries`,
      count(held, 'message'),
      fault === null ? '' : `${fault.message} [${fault.code}]`,
    ]),
    'no partners',
  );
  const rows = messages.map(({ id, position, partner, sender, at, time }) => [
    String(position),
    id,
    sender,
    `${at} of ${partner}`,
    when(time),
  ]);
  const listed = table(['POSITION', 'MESSAGE', 'SENDER', 'HELD AT', 'ARCHIVED THERE'], rows, 'no messages');
  return `${head}\n${asked}\n${listed}`;
}

function takenBack({ taken }: OperationOutput<'archive.take-back'>): string {
  return table(
    ['WAS AT', 'IS AT', 'MESSAGE', 'FROM', 'FAULT'],
    taken.map(({ id, partner, before, now, refused }) => [
      String(before),
      now === null ? 'not taken' : String(now),
      id,
      partner,
      refused === null ? '' : `${refused.message} [${refused.code}]`,
    ]),
    'partners hold nothing of what was lost',
  );
}
