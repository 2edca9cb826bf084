/** `chancery member`: the people and bots of the organisation. */
import type { Command } from 'commander';
import type { OperationInput, OperationOutput } from '../../operations/contract.ts';
import { examples, several } from '../arguments.ts';
import { count, fields, table, when } from '../layout.ts';
import type { OpenSession } from '../session.ts';
import { deviceTable } from './device-text.ts';

type Member = OperationOutput<'member.add'>;
type Roles = Exclude<OperationInput<'member.add'>['roles'], undefined>;

export function declareMember(group: Command, open: OpenSession): void {
  group.description('Adds, shows, invites, changes, suspends, restores and removes members.');
  addCommand(group, open);
  listAndShowCommands(group, open);
  inviteCommand(group, open);
  updateCommand(group, open);
  standingCommands(group, open);
  removeCommand(group, open);
  examples(
    group,
    'chancery member add alice@acme.example --name "Alice Arden"',
    'chancery member invite alice@acme.example',
    'chancery member list',
  );
}

function addCommand(group: Command, open: OpenSession): void {
  const command = group
    .command('add')
    .summary('add a member')
    .description(
      'Adds a member. Roles: member, operator, compliance-officer, auditor, bot, and any that your policy names, such as trader.',
    )
    .argument('<address>', 'the member’s address')
    .requiredOption('--name <name>', 'the name that others see')
    .option('--role <role>', 'a role (repeatable; member if left out)', several)
    .action(async (address: string, options: { name: string; role?: Roles }, self: Command) => {
      const { voice, ask } = open(self);
      const input = { address, name: options.name };
      const member = await ask(
        'member.add',
        (options.role === undefined ? input : { ...input, roles: options.role }) as never,
      );
      voice.result(
        member,
        (shown) => `${shown.address} added\nNext: chancery member invite ${shown.address}\n`,
      );
    });
  examples(
    command,
    'chancery member add alice@acme.example --name "Alice Arden"',
    'chancery member add carol@acme.example --name "Carol Cole" --role member --role auditor',
  );
}

function listAndShowCommands(group: Command, open: OpenSession): void {
  const list = group
    .command('list')
    .description('Lists the members.')
    .action(async (_options: object, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(await ask('member.list', {}), ({ members }) => memberTable(members));
    });
  const show = group
    .command('show')
    .description('Shows a member and their devices.')
    .argument('<address>', 'the member’s address')
    .action(async (address: string, _options: object, self: Command) => {
      const { voice, ask } = open(self);
      const output = await ask('member.show', { address });
      voice.result(
        output,
        ({ member, devices }) => `${memberTable([member])}\n${standing(member)}\n${deviceTable(devices)}`,
      );
    });
  examples(list, 'chancery member list', 'chancery member list --json');
  examples(show, 'chancery member show alice@acme.example');
}

function inviteCommand(group: Command, open: OpenSession): void {
  const command = group
    .command('invite')
    .summary('make a single-use code for a member’s device')
    .description(
      'Makes a single-use code for one device of a member, valid for 24 hours. It is shown this once.',
    )
    .argument('<address>', 'the member’s address')
    .action(async (address: string, _options: object, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(
        await ask('member.invite', { address }),
        (shown, paint) =>
          `For one device of ${shown.address}, once, until ${when(shown.expires)}; hand it over in private:\n\n` +
          `  ${paint.bold(shown.invitation)}\n\ncode ${shown.code}\n`,
      );
    });
  examples(command, 'chancery member invite alice@acme.example');
}

interface UpdateOptions {
  readonly name?: string;
  readonly role?: Roles;
  readonly hidden?: boolean;
  readonly reason: string;
}

function updateCommand(group: Command, open: OpenSession): void {
  const command = group
    .command('update')
    .summary('change a member’s name or roles, or hide them from partners')
    .description(
      'Changes what is given, and leaves the rest. The member’s devices get certificates that say so, at once or when ' +
        'they next connect; where a role is taken away, those that name it end at once, here and at partners.',
    )
    .argument('<address>', 'the member’s address')
    .option('--name <name>', 'the name that others see')
    .option('--role <role>', 'a role (repeatable): all that the member is to have', several)
    .option('--hidden', 'keep them out of the directory that partners see')
    .option('--no-hidden', 'show them there again')
    .option('--reason <text>', 'why, for the archive', '')
    .action(async (address: string, options: UpdateOptions, self: Command) => {
      const { voice, ask } = open(self);
      const { name, role, hidden, reason } = options;
      const change = {
        ...(name === undefined ? {} : { name }),
        ...(role === undefined ? {} : { roles: role }),
        ...(hidden === undefined ? {} : { hidden }),
      };
      voice.result(
        await ask('member.update', { address, reason, ...change }),
        ({ member, certified, superseded, rosterNumber }) => {
          const ended = count(superseded.length, 'certificate');
          const end = superseded.length === 0 ? '' : `, ${ended} ended with roster ${rosterNumber}`;
          const is = `${member.address} is ${member.name}, ${member.roles.join(', ')}`;
          return `${is}; ${count(certified, 'device')} certified anew${end}\n`;
        },
      );
    });
  examples(
    command,
    'chancery member update alice@acme.example --name "Alice Brown"',
    'chancery member update alice@acme.example --role member --role auditor --reason "new duties"',
    'chancery member update alice@acme.example --hidden',
  );
}

function standingCommands(group: Command, open: OpenSession): void {
  const suspend = group
    .command('suspend')
    .summary('shut a member out until restored')
    .description(
      'Shuts a member out on every device: refused here at once, and by partners as soon as they see the new roster. ' +
        'Nothing is lost: once restored, the same devices go on.',
    )
    .argument('<address>', 'the member’s address')
    .requiredOption('--reason <text>', 'why; the member is told')
    .action(async (address: string, { reason }: { reason: string }, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(
        await ask('member.suspend', { address, reason }),
        ({ member, rosterNumber }) => `${member.address} suspended with roster ${rosterNumber}\n`,
      );
    });
  const restore = group
    .command('restore')
    .summary('end a member’s suspension')
    .description('Ends a member’s suspension: their devices connect again by themselves.')
    .argument('<address>', 'the member’s address')
    .option('--reason <text>', 'why, for the archive', '')
    .action(async (address: string, { reason }: { reason: string }, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(
        await ask('member.restore', { address, reason }),
        ({ member, rosterNumber }) => `${member.address} restored with roster ${rosterNumber}\n`,
      );
    });
  examples(suspend, 'chancery member suspend alice@acme.example --reason "under inquiry"');
  examples(restore, 'chancery member restore alice@acme.example --reason "inquiry closed"');
}

function removeCommand(group: Command, open: OpenSession): void {
  const command = group
    .command('remove')
    .summary('remove a member and revoke their devices')
    .description(
      'Removes a member and revokes every device of theirs, at once. What they wrote stays archived.',
    )
    .argument('<address>', 'the member’s address')
    .option('--reason <text>', 'why, for the archive', '')
    .action(async (address: string, { reason }: { reason: string }, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(
        await ask('member.remove', { address, reason }),
        ({ member, revoked, rosterNumber }) =>
          `${member.address} removed, ${count(revoked.length, 'device')} revoked with roster ${rosterNumber}\n`,
      );
    });
  examples(command, 'chancery member remove alice@acme.example --reason "left the company"');
}

/** What the table has no room for. */
function standing({ joined, hidden, reason, actor }: Member): string {
  return fields([
    ['joined', when(joined)],
    ['last change', reason === '' ? `by ${actor}` : `by ${actor}: ${reason}`],
    ['directory', hidden ? 'hidden from partners' : 'partners may see them, where the agreement allows'],
  ]);
}

function memberTable(members: readonly Member[]): string {
  return table(
    ['ADDRESS', 'NAME', 'ROLES', 'STATE', 'SINCE', 'DEVICES'],
    members.map((member) => [
      member.address,
      member.name,
      member.roles.join(', '),
      member.state,
      when(member.since),
      String(member.devices),
    ]),
    'no members yet; add one with chancery member add',
  );
}
