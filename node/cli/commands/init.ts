/** `chancery init`: makes a node's home, and says what to publish. */
import type { Command } from 'commander';
import { ChanceryError } from '../../../protocol/errors/index.ts';
import { shellWord } from '../../gaps/gap.ts';
import { newPassphrase, passphraseInFile } from '../../keys/index.ts';
import { examples, several } from '../arguments.ts';
import type { Dependencies, InitResult } from '../dependencies.ts';
import { fields } from '../layout.ts';
import type { OpenSession } from '../session.ts';
import type { Paint } from '../voice.ts';

interface Options {
  readonly listen?: readonly string[];
  readonly announce?: readonly string[];
  readonly join?: string;
  readonly dnsServer?: readonly string[];
  readonly anchor?: readonly string[];
  readonly passphraseFile?: string;
  readonly offlineRoot?: string;
}

export function declareInit(command: Command, open: OpenSession, { init, env }: Dependencies): void {
  command
    .description(
      'Makes the keys, certificates and configuration of a node, and prints the TXT record to publish. ' +
        'Nothing that exists is overwritten.',
    )
    .argument('[domain]', 'the domain of the organisation; not needed with --join')
    .option('--listen <multiaddr>', 'where to listen (repeatable)', several)
    .option('--announce <multiaddr>', 'where others reach this node, if elsewhere (repeatable)', several)
    .option('--join <invitation>', 'become a gateway of the organisation whose node made the invitation')
    .option('--dns-server <address>', 'name server to ask, as address or address:port (repeatable)', several)
    .option('--anchor <ds>', 'DNSSEC trust anchor, a DS record of the root (repeatable)', several)
    .option('--passphrase-file <file>', 'protect the keys by the passphrase in this file, of mode 0600')
    .option('--offline-root <file>', 'keep the root’s key in this file, away from the node')
    .action(async (domain: string | undefined, options: Options, self: Command) => {
      const { home, voice } = open(self);
      if ((domain === undefined) === (options.join === undefined)) {
        throw new ChanceryError(
          'request.invalid',
          'name the domain, as in chancery init acme.example, or give --join INVITATION; one of the two',
        );
      }
      const file = options.passphraseFile ?? env['CHANCERY_PASSPHRASE_FILE'];
      const result = await init({
        home,
        domain: domain ?? null,
        invitation: options.join ?? null,
        listen: options.listen ?? [],
        announce: options.announce ?? [],
        dnsServers: options.dnsServer ?? [],
        anchors: options.anchor ?? [],
        offlineRoot: options.offlineRoot ?? null,
        passphrase: file ? newPassphrase(passphraseInFile(file, env), null) : null,
      });
      voice.result({ ...result, home: home.directory, offlineRoot: options.offlineRoot ?? null }, say);
    });
  examples(
    command,
    'chancery init acme.example',
    'chancery init acme.example --listen /ip4/0.0.0.0/tcp/4710 --announce /dns4/chancery.acme.example/tcp/4710',
    'chancery init acme.example --offline-root /media/usb/root.key',
    'chancery --home /srv/gateway init --join chancery-invitation:o2F2...',
  );
}

function say(
  result: InitResult & { readonly home: string; readonly offlineRoot: string | null },
  paint: Paint,
): string {
  const made = fields([
    ['domain', result.domain],
    ['home', result.home],
    ['peer', result.peer],
    ['roles', result.roles.join(', ')],
    ['root id', result.rootId],
  ]);
  if (result.record === null || result.policy === null) return `${made}\nNext: chancery start\n`;
  const { name, value } = result.record;
  return `${made}
Publish this record in the zone of ${result.domain}, signed with DNSSEC:

  ${paint.bold(`${name}. 3600 IN TXT "${value}"`)}

${
  result.offlineRoot === null
    ? 'Copy the keys folder to a safe place, and move keys/root.key there: the node does not need it.'
    : `Keep ${result.offlineRoot} in a safe place, with a copy: the root’s key is nowhere else.`
}
Next: chancery doctor, then chancery start
Then read ${result.policy}: until you bring rules into force, nothing is decided about any message.

  ${paint.bold(`chancery policy apply ${shellWord(result.policy)} --by operator --reason "first policy"`)}
`;
}
