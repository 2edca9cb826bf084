/** `chancery node`: the other nodes of this organisation. */
import type { Command } from 'commander';
import { examples } from '../arguments.ts';
import { table, when } from '../layout.ts';
import type { OpenSession } from '../session.ts';

export function addNode(program: Command, open: OpenSession): void {
  const group = program
    .command('node')
    .summary('invite and list the nodes of this organisation')
    .description('Invites and lists the nodes of this organisation.');
  const invite = group
    .command('invite')
    .summary('make a single-use code for another node')
    .description('Makes a single-use invitation for a gateway of this organisation. It is shown this once.')
    .action(async (_options: object, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(
        await ask('node.invite', {}),
        (shown, paint) =>
          `For one gateway, once, until ${when(shown.expires)}; on its machine run:\n\n` +
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
  examples(group, 'chancery node invite', 'chancery node list');
  examples(invite, 'chancery node invite');
  examples(list, 'chancery node list');
}
