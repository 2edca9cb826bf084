/** `chancery partner`: the organisations with which this one has an agreement. */
import { Option, type Command } from 'commander';
import { DIRECTORY_SHARES, type DirectoryShare as Share } from '../../../protocol/statement/agreement.ts';
import { examples, several, wholeNumber } from '../arguments.ts';
import { fields, when } from '../layout.ts';
import type { OpenSession } from '../session.ts';
import { identityText } from './identity-text.ts';
import { floorText, partnerTable } from './partner-text.ts';

const FLOOR = 'days for which both sides are to keep what they exchange, at least';

export function declarePartner(group: Command, open: OpenSession): void {
  group.description(
    'Adds, shows, changes and removes partner organisations. Without an agreement there is no traffic.',
  );
  addCommand(group, open);
  updateCommand(group, open);
  approveCommand(group, open);
  listAndShowCommands(group, open);
  acceptLossCommand(group, open);
  const remove = group
    .command('remove')
    .summary('end the agreement with a partner')
    .description('Ends the agreement with a partner: no more traffic. What was exchanged stays archived.')
    .argument('<domain>', 'the partner’s domain')
    .action(async (domain: string, _options: object, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(
        await ask('partner.remove', { domain }),
        (shown) => `${shown.domain} is no longer a partner\n`,
      );
    });
  examples(remove, 'chancery partner remove partner.example');
  examples(
    group,
    'chancery partner add partner.example',
    'chancery partner list',
    'chancery partner remove partner.example',
  );
}

function acceptLossCommand(group: Command, open: OpenSession): void {
  const command = group
    .command('accept-loss')
    .summary('go on as a witness of a partner’s log that lost entries')
    .description(
      'Accepts that a partner’s log has only so many entries left of what was cosigned here, because it was restored from an ' +
        'older backup. It has to prove that it goes on from the newest checkpoint up to there that was cosigned. Ask its ' +
        'operator over a way that you trust: whoever rewrites a log would tell the same story.',
    )
    .argument('<domain>', 'the partner’s domain')
    .requiredOption('--size <entries>', 'how many entries are left, as its operator says', wholeNumber)
    .requiredOption('--reason <text>', 'what you were told, and by whom, for the record')
    .action(async (domain: string, { size, reason }: { size: number; reason: string }, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(await ask('partner.accept-loss', { domain, size, reason }), (shown) =>
        shown.baseline === null
          ? `nothing of the log of ${shown.domain} was cosigned up to ${shown.size}; it is witnessed from its beginning\n`
          : `the log of ${shown.domain} is witnessed on from ${shown.baseline} entries\n`,
      );
    });
  examples(
    command,
    'chancery partner accept-loss partner.example --size 10411 --reason "disk lost, told by J. Doe by telephone"',
  );
}

interface AddOptions {
  readonly pin?: string;
  readonly address?: string[];
  readonly yes?: boolean;
  readonly shareDirectory: Share;
  readonly retentionFloor?: number;
  readonly althoughLike?: string;
}

function addCommand(group: Command, open: OpenSession): void {
  const command = group
    .command('add')
    .summary('show who a domain is, then agree to federate with it')
    .description(
      'Looks a domain up, shows who it is and how surely, and asks before it makes the agreement. What is stored is ' +
        'what was shown: if the root changes meanwhile, nothing is agreed.',
    )
    .argument('<domain>', 'the partner’s domain')
    .option('--pin <fingerprint>', 'the root id, as compared with the partner out of band')
    .option('--address <multiaddr>', 'where the partner’s node answers (repeatable)', several)
    .addOption(shareOption().default('none'))
    .option('--retention-floor <days>', FLOOR, wholeNumber)
    .option(
      '--although-like <domain>',
      'the domain that it looks like, where it does: you made sure that it is another one',
    )
    .option('--yes', 'agree without being asked')
    .action(async (domain: string, options: AddOptions, self: Command) => {
      const { voice, ask } = open(self);
      const request = {
        domain,
        addresses: options.address ?? [],
        ...(options.pin === undefined ? {} : { pin: options.pin }),
      };
      const identity = await ask('partner.preview', request);
      if (options.yes !== true) {
        if (!voice.json) voice.result(identity, identityText);
        if (!(await voice.confirm(`Agree to federate with ${identity.domain}?`, '--yes'))) {
          voice.note('nothing was agreed');
          return;
        }
      }
      const partner = await ask('partner.add', {
        ...request,
        domain: identity.domain,
        rootId: identity.rootId,
        shareDirectory: options.shareDirectory,
        ...(options.retentionFloor === undefined ? {} : { retentionFloorDays: options.retentionFloor }),
        ...(options.althoughLike === undefined ? {} : { althoughLike: options.althoughLike }),
      });
      voice.result(partner, (shown) => {
        const theirs = shown.mutual ? '' : '; traffic begins when they add you too';
        return `${shown.domain} is a partner, at level ${shown.level}, with root ${shown.rootId}${theirs}\n`;
      });
      if (options.althoughLike !== undefined)
        voice.note(
          `rules about imitations are met by what ${partner.domain} sends; to let it through, add to them unless: { from: ['domain:${partner.domain}'] }`,
        );
    });
  examples(
    command,
    'chancery partner add partner.example',
    'chancery partner add partner.example --address /dns4/chancery.partner.example/tcp/4710',
    'chancery partner add partner.example --pin nT0pZ... --yes',
    'chancery partner add partner.example --share-directory names --retention-floor 2192',
  );
}

function shareOption(): Option {
  return new Option(
    '--share-directory <what>',
    'what of our directory the partner’s members may see: none, names, or roles as well',
  ).choices(DIRECTORY_SHARES);
}

interface UpdateOptions {
  readonly shareDirectory?: Share;
  readonly retentionFloor?: number | null;
}

function updateCommand(group: Command, open: OpenSession): void {
  const command = group
    .command('update')
    .summary('change the terms of an agreement')
    .description(
      'Signs the agreement anew with the terms that are given, and shows it to the partner at once. Of the two sides’ retention ' +
        'floors the larger one counts, for what is exchanged from then on: what is stored keeps the days it came with.',
    )
    .argument('<domain>', 'the partner’s domain')
    .addOption(shareOption())
    .option('--retention-floor <days>', `${FLOOR}; none to name no floor`, (text) =>
      text === 'none' ? null : wholeNumber(text),
    )
    .action(async (domain: string, options: UpdateOptions, self: Command) => {
      const { shareDirectory, retentionFloor } = options;
      const { voice, ask } = open(self);
      const terms = {
        ...(shareDirectory === undefined ? {} : { shareDirectory }),
        ...(retentionFloor === undefined ? {} : { retentionFloorDays: retentionFloor }),
      };
      voice.result(
        await ask('partner.update', { domain, ...terms }),
        (shown) =>
          `${shown.domain} may see of our directory: ${shown.sharesDirectory}\n` +
          `what is exchanged is kept for at least: ${floorText(shown)}\n`,
      );
    });
  examples(
    command,
    'chancery partner update partner.example --share-directory roles',
    'chancery partner update partner.example --retention-floor 2192',
    'chancery partner update partner.example --retention-floor none --json',
  );
}

function approveCommand(group: Command, open: OpenSession): void {
  const command = group
    .command('approve')
    .summary('accept a partner’s other root, which nothing handed over to')
    .description(
      'A partner whose domain has another root that its old one did not hand over to is cut off: its domain may have ' +
        'changed hands. Shows what is known and what DNS says now, and asks before it agrees anew. Compare the root id with ' +
        'the partner out of band first.',
    )
    .argument('<domain>', 'the partner’s domain')
    .option('--pin <fingerprint>', 'the new root id, as compared with the partner out of band')
    .option('--yes', 'agree without being asked')
    .action(async (domain: string, options: Pick<AddOptions, 'pin' | 'yes'>, self: Command) => {
      const { voice, ask } = open(self);
      const request = { domain, ...(options.pin === undefined ? {} : { pin: options.pin }) };
      const { partner: known } = await ask('partner.show', { domain });
      const identity = await ask('partner.preview', request);
      if (options.yes !== true) {
        if (!voice.json) voice.result(identity, identityText);
        voice.note(`known until now: root ${known.rootId}, agreed since ${when(known.agreedSince)}`);
        if (!(await voice.confirm(`Is this still ${identity.domain}, and agreed with?`, '--yes'))) {
          voice.note('nothing was changed');
          return;
        }
      }
      const agreed = await ask('partner.approve', { ...request, rootId: identity.rootId });
      voice.result(
        agreed,
        ({ domain: name, rootId }) => `${name} is a partner with root ${rootId} from now on\n`,
      );
    });
  examples(
    command,
    'chancery partner approve partner.example',
    'chancery partner approve partner.example --pin nT0pZ...',
  );
}

function listAndShowCommands(group: Command, open: OpenSession): void {
  const list = group
    .command('list')
    .description('Lists the partners with their backlog and last contact.')
    .action(async (_options: object, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(await ask('partner.list', {}), ({ partners }) => partnerTable(partners));
    });
  const show = group
    .command('show')
    .description('Shows a partner, who it is, and how it was last reached.')
    .argument('<domain>', 'the partner’s domain')
    .action(async (domain: string, _options: object, self: Command) => {
      const { voice, ask } = open(self);
      voice.result(await ask('partner.show', { domain }), ({ partner, identity }, paint) => {
        const { lastError } = partner;
        const contact = fields([
          ['agreed since', when(partner.agreedSince)],
          ['addresses', partner.addresses.join(', ') || 'none known'],
          ['our directory', `they may see ${partner.sharesDirectory}`],
          ['retention floor', floorText(partner)],
          ['last error', lastError === null ? 'none' : `${lastError.message} [${lastError.code}]`],
        ]);
        return `${partnerTable([partner])}\n${contact}\n${identityText(identity, paint)}`;
      });
    });
  examples(list, 'chancery partner list', 'chancery partner list --json');
  examples(show, 'chancery partner show partner.example');
}
