/** `chancery node`: the other nodes of this organisation. */
import type { Command } from 'commander';
import { examples } from '../arguments.ts';
import { table, when } from '../layout.ts';
import type { OpenSession } from '../session.ts';

export function declareNode(group: Command, open: OpenSession): void {
  group.description('Invites, lists and removes the nodes of this organisation.');
  const invite = group
    .command('invite')
    .summary('make a single-use code for another node')
    .description(
      'Makes a single-use invitation for a gateway of this organisation, or for a replica of its archive. It is shown this once.',
    )
    .option('--archive', 'for a replica of the archive, which is a gateway as well')
    .action(async ({ archive = false }: { archive?: boolean }, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(
        await ask('node.invite', { roles: archive ? ['gateway', 'archive'] : ['gateway'] }),
        (shown, paint) =>
          `For one ${archive ? 'replica' : 'gateway'}, once, until ${when(shown.expires)}; on its machine run:\n\n` +
          `  ${paint.bold(`chancery init --join ${shown.invitation}`)}\n`,
      );
    });
  const list = group
    .command('list')
    .description('Lists the nodes on the roster.')
    .action(async (_options: object, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(await ask('node.list', {}), ({ nodes }) =>
        table(
          ['PEER', 'ROLES', 'ADDRESSES'],
          nodes.map((node) => [node.peer, node.roles.join(', '), node.addresses.join(' ')]),
          'no nodes on the roster yet',
        ),
      );
    });
  const remove = group
    .command('remove')
    .summary('take a node off the roster')
    .description(
      'Takes a node off the roster: it is let in no more, here or at partners, and its copy counts no more.',
    )
    .argument('<peer>', 'its peer id, as in chancery node list')
    .option('--reason <text>', 'why, for the record')
    .action(async (peer: string, { reason }: { reason?: string }, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(
        await ask('node.remove', { peer, ...(reason === undefined ? {} : { reason }) }),
        ({ rosterNumber }) => `Node ${peer} is off roster ${rosterNumber}.\n`,
      );
    });
  examples(group, 'chancery node invite', 'chancery node invite --archive', 'chancery node list');
  examples(remove, 'chancery node remove 12D3KooW... --reason "machine replaced"');
  examples(invite, 'chancery node invite', 'chancery node invite --archive');
  examples(list, 'chancery node list');
}
