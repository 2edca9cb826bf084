/** `chancery device`: the devices that members sign with. */
import type { Command } from 'commander';
import { examples } from '../arguments.ts';
import type { OpenSession } from '../session.ts';
import { deviceTable } from './device-text.ts';

export function addDevice(program: Command, open: OpenSession): void {
  const group = program
    .command('device')
    .summary('list and revoke the devices of members')
    .description('Lists and revokes the devices of members.');
  const list = group
    .command('list')
    .description('Lists devices, of all members or of one.')
    .argument('[address]', 'the member’s address')
    .action(async (address: string | undefined, _options: object, self: Command) => {
      const { voice, ask } = open(self);
      const output = await ask('device.list', address === undefined ? {} : { address });
      voice.result(output, ({ devices }) => deviceTable(devices));
    });
  const revoke = group
    .command('revoke')
    .summary('revoke a device')
    .description(
      'Revokes a device: refused here at once, and by partners as soon as they see the new roster.',
    )
    .argument('<serial>', 'the serial number of its certificate; see chancery device list')
    .option('--reason <text>', 'why, for the archive', '')
    .action(async (serial: string, { reason }: { reason: string }, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(
        await ask('device.revoke', { serial, reason }),
        ({ device, rosterNumber }) =>
          `${device.label} of ${device.address} revoked with roster ${rosterNumber}\n`,
      );
    });
  examples(group, 'chancery device list', 'chancery device revoke 4f2a... --reason lost');
  examples(list, 'chancery device list', 'chancery device list alice@acme.example');
  examples(revoke, 'chancery device revoke 4f2a... --reason "lost on the train"');
}
