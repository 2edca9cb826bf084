/** `chancery status`: how the running node does. */
import type { Command } from 'commander';
import type { OperationOutput } from '../../operations/contract.ts';
import { examples } from '../arguments.ts';
import { count, fields, when } from '../layout.ts';
import type { OpenSession } from '../session.ts';
import type { Paint } from '../voice.ts';
import { absenceText } from './archive-absences.ts';
import { partnerTable } from './partner-text.ts';

export function declareStatus(command: Command, open: OpenSession): void {
  command
    .description('Shows the running node: peer id, addresses, roles, roster, log and partners.')
    .action(async (_options: object, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(await ask('status', {}), say);
    });
  examples(command, 'chancery status', 'chancery status --json');
}

function say(status: OperationOutput<'status'>, paint: Paint): string {
  const log =
    status.log === null
      ? `kept by the archive node, which ${status.archiveConnected ? 'answers' : paint.red('does not answer')}`
      : `${count(status.log.size, 'entry', 'entries')}, root ${status.log.root}`;
  const node = fields([
    ['domain', status.domain],
    ['peer', status.peer],
    ['roles', status.roles.join(', ')],
    ['addresses', status.addresses.join(', ') || 'none'],
    ['version', status.version],
    ['started', when(status.started)],
    ['roster', status.rosterNumber === null ? 'none yet' : String(status.rosterNumber)],
    ['log', log],
    ['devices', `${status.devicesConnected} connected`],
    ...(status.absence === null ? [] : [['not recorded', absenceText(status.absence)] as const]),
  ]);
  const alarms = status.alarms.map(({ code, message }) => `${paint.red('alarm')} ${message} [${code}]\n`);
  const waits = status.waits.map((line) => `waits ${line}\n`);
  const below = [...alarms, ...waits].join('');
  return `${node}\n${partnerTable(status.partners)}${below === '' ? '' : `\n${below}`}`;
}
