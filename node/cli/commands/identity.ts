/** `chancery identity`: who an organisation is, from the DNS root down. */
import type { Command } from 'commander';
import { examples, wholeNumber } from '../arguments.ts';
import { eventTable } from './event-text.ts';
import type { Dependencies } from '../dependencies.ts';
import type { OpenSession } from '../session.ts';
import { addCrl } from './identity-crl.ts';
import { addEvidence } from './identity-evidence.ts';
import { addHistory } from './identity-history.ts';
import { addRotation } from './identity-rotation.ts';
import { addNewRoot, addSign } from './identity-sign.ts';
import { identityText } from './identity-text.ts';

export function declareIdentity(group: Command, open: OpenSession, dependencies: Dependencies): void {
  group.description(
    'Shows who an organisation is, from the DNS root down, and changes the keys of this one.',
  );
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
  addCrl(group, open);
  addEvidence(group, open);
  addEvents(group, open);
  addHistory(group, open);
  addRotation(group, open, dependencies);
  addSign(group, open, dependencies);
  addNewRoot(group, open, dependencies);
  examples(
    group,
    'chancery identity show',
    'chancery identity verify partner.example',
    'chancery identity events',
    'chancery identity history partner.example',
    'chancery identity rotate-root --prepare',
    'chancery identity crl --out acme.crl.pem',
    'chancery identity evidence',
  );
  examples(show, 'chancery identity show', 'chancery identity show --json');
  examples(verify, 'chancery identity verify partner.example');
}

function addEvents(group: Command, open: OpenSession): void {
  const events = group
    .command('events')
    .summary('list what changed of who people and organisations are')
    .description(
      'Lists what changed of who people and organisations are, newest first: new devices (information), other names, ' +
        'lower levels and roots handed over (warnings), roots that were not (alarms). The members who talk with them ' +
        'were told.',
    )
    .option('--limit <count>', 'how many entries', wholeNumber, 50)
    .option('--before <sequence>', 'from before an entry of the archive on', wholeNumber)
    .action(async (options: { limit: number; before?: number }, self: Command) => {
      const { voice, ask } = open(self);
      const output = await ask('identity.events', options);
      voice.result(output, ({ events: shown }, paint) => eventTable(shown, paint));
      if (output.next !== null) voice.note(`there is more; add --before ${output.next}`);
    });
  examples(events, 'chancery identity events', 'chancery identity events --limit 200 --json');
}
