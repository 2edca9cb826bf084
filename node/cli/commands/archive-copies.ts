/** `chancery archive replicas` and `promote`: the copies of the archive, and which of its nodes leads. */
import type { Command } from 'commander';
import type { OperationInput } from '../../operations/contract.ts';
import { examples } from '../arguments.ts';
import { count, table, when } from '../layout.ts';
import type { OpenSession } from '../session.ts';

export function addReplicas(group: Command, open: OpenSession): void {
  const command = group
    .command('replicas')
    .summary('show who holds the archive, and how much of it')
    .description('Shows the primary, its replicas, how far each of them holds the log, and how many must.')
    .action(async (_options: object, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(
        await ask('archive.replicas', {}),
        ({ primary, size, epoch, copies, replicas }) =>
          `primary ${primary}: ${count(size, 'entry', 'entries')}, epoch ${epoch}; ` +
          `${count(copies, 'node', 'nodes')} must hold an entry\n\n` +
          table(
            ['REPLICA', 'STATE', 'ENTRIES', 'LACKS', 'LAST CONTACT'],
            replicas.map((replica) => [
              replica.peer,
              replica.connected ? 'connected' : 'away',
              replica.size === null ? 'unknown' : String(replica.size),
              replica.lag === null ? 'unknown' : String(replica.lag),
              replica.lastContact === null ? 'never' : when(replica.lastContact),
            ]),
            'no replicas; invite one with chancery node invite --archive',
          ),
      );
    });
  examples(command, 'chancery archive replicas', 'chancery archive replicas --json');
}

export function addPromote(group: Command, open: OpenSession): void {
  const command = group
    .command('promote')
    .summary('on a replica: make it the primary')
    .description(
      'Makes this replica the primary of the archive, for good. A primary that is lost is fenced by it: when it comes back ' +
        'it may append nothing, and follows. Refused while another node that can be asked holds more.',
    )
    .requiredOption('--reason <text>', 'why, for the record')
    .option(
      '--force',
      'although a node that may hold more cannot be asked, or files of messages are not here yet: what only others hold is lost',
    )
    .action(async (options: OperationInput<'archive.promote'>, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(
        await ask('archive.promote', options),
        ({ epoch, size }) =>
          `This node leads now, in epoch ${epoch}, from entry ${size} on. See chancery status.\n`,
      );
    });
  examples(
    command,
    'chancery archive promote --reason "first machine lost"',
    'chancery archive promote --reason "both others burned" --force',
  );
}
