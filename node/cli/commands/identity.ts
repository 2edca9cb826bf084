/** `chancery identity`: who an organisation is, from the DNS root down. */
import type { Command } from 'commander';
import { examples } from '../arguments.ts';
import type { OpenSession } from '../session.ts';
import { identityText } from './identity-text.ts';

export function addIdentity(program: Command, open: OpenSession): void {
  const group = program
    .command('identity')
    .summary('show who an organisation is, from the DNS root down')
    .description('Shows who an organisation is, from the DNS root down.');
  const show = group
    .command('show')
    .summary('show this organisation’s own chain')
    .description(
      'Shows this organisation’s own chain: DNSSEC proof, root, issuer, node and roster, with their windows.',
    )
    .action(async (_options: object, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(await ask('identity.show', {}), identityText);
    });
  const verify = group
    .command('verify')
    .summary('verify another domain, without agreeing to anything')
    .description(
      'Looks a domain up and verifies its chain from the DNS root down, without agreeing to anything.',
    )
    .argument('<domain>', 'the domain to verify')
    .action(async (domain: string, _options: object, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(await ask('identity.verify', { domain }), identityText);
    });
  examples(group, 'chancery identity show', 'chancery identity verify partner.example');
  examples(show, 'chancery identity show', 'chancery identity show --json');
  examples(verify, 'chancery identity verify partner.example');
}
