/** `chancery device`: the devices that members sign with. */
import type { Command } from 'commander';
import { examples } from '../arguments.ts';
import type { OpenSession } from '../session.ts';
import { deviceTable, deviceText, waitingTable } from './device-text.ts';

export function declareDevice(group: Command, open: OpenSession): void {
  group.description('Lists, shows, approves and revokes the devices of members.');
  const list = group
    .command('list')
    .description(
      'Lists devices, of all members or of one: when each was seen, which rules it breaks, whether a revoked one is wiped.',
    )
    .argument('[address]', 'the member’s address')
    .action(async (address: string | undefined, _options: object, self: Command) => {
      const { voice, ask } = open(self);
      const output = await ask('device.list', address === undefined ? {} : { address });
      voice.result(output, ({ devices }) => deviceTable(devices));
    });
  const show = group
    .command('show')
    .summary('show a device')
    .description('Shows a device: what it reported, by whose word, and which rules it breaks.')
    .argument('<serial>', 'the serial number of its certificate; see chancery device list')
    .action(async (serial: string, _options: object, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(await ask('device.show', { serial }), ({ device }) => deviceText(device));
    });
  const revoke = group
    .command('revoke')
    .summary('revoke a device')
    .description(
      'Revokes a device: refused here at once, and by partners as soon as they see the new roster. ' +
        'When it hears of it, it destroys its key and all it holds; chancery device show tells whether it did.',
    )
    .argument('<serial>', 'the serial number of its certificate; see chancery device list')
    .option('--reason <text>', 'why, for the archive', '')
    .action(async (serial: string, { reason }: { reason: string }, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(
        await ask('device.revoke', { serial, reason }),
        ({ device, rosterNumber }) =>
          `${device.label} of ${device.address} revoked with roster ${rosterNumber}\n` +
          `Next: chancery device show ${device.serial} tells whether it is wiped\n`,
      );
    });
  approvalCommands(group, open);
  examples(group, 'chancery device list', 'chancery device revoke 4f2a... --reason lost');
  examples(list, 'chancery device list', 'chancery device list alice@acme.example');
  examples(show, 'chancery device show 4f2a...', 'chancery device show 4f2a... --json');
  examples(revoke, 'chancery device revoke 4f2a... --reason "lost on the train"');
}

function approvalCommands(group: Command, open: OpenSession): void {
  const pending = group
    .command('pending')
    .summary('list the devices that wait for approval')
    .description(
      'Lists the devices that showed a code and wait for approval. Have the owner read the fingerprint out from the ' +
        'device itself: it must be the one shown here.',
    )
    .action(async (_options: object, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(await ask('device.pending', {}), ({ pending: waiting }) => waitingTable(waiting));
    });
  const approve = group
    .command('approve')
    .summary('approve a device that waits')
    .description('Approves a device that waits: it gets its certificate when it next asks, within seconds.')
    .argument('<fingerprint>', 'as its owner reads it out')
    .option('--reason <text>', 'why, for the archive', '')
    .action(async (fingerprint: string, { reason }: { reason: string }, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(
        await ask('device.approve', { fingerprint, reason }),
        ({ device }) => `${device.label} of ${device.address} approved, certificate ${device.serial}\n`,
      );
    });
  const reject = group
    .command('reject')
    .summary('reject a device that waits')
    .description('Rejects a device that waits. Its code is used up; the device is told why.')
    .argument('<fingerprint>', 'see chancery device pending')
    .option('--reason <text>', 'why; the device’s owner is told', '')
    .action(async (fingerprint: string, { reason }: { reason: string }, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(
        await ask('device.reject', { fingerprint, reason }),
        ({ rejected }) => `${rejected.label} of ${rejected.address} rejected\n`,
      );
    });
  examples(pending, 'chancery device pending', 'chancery device pending --json');
  examples(approve, 'chancery device approve ABCD-EFGH-IJKL-MNOP');
  examples(reject, 'chancery device reject ABCD-EFGH-IJKL-MNOP --reason "nobody we know"');
}
