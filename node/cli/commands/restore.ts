/** `chancery restore`: makes a home from a backup. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { findPassphrase } from '../../keys/index.ts';
import { examples } from '../arguments.ts';
import { askerOf } from '../asker.ts';
import type { Dependencies, RestoreResult } from '../dependencies.ts';
import { fields, when } from '../layout.ts';
import type { OpenSession } from '../session.ts';

/** Entries between two notes of how far it has come. */
const NOTE_EVERY = 65_536;

/** Messages that are named one by one. */
const FILES_SHOWN = 20;

interface Options {
  readonly verify?: boolean;
  readonly keys?: string;
}

export function declareRestore(
  command: Command,
  open: OpenSession,
  { restore, env, io }: Dependencies,
): void {
  command
    .description(
      'Makes a home from a backup: configuration, certificates, and the archive with the very root that the backup’s ' +
        'checkpoint signs. The whole backup is checked first. The home must be new; it may hold the keys already, and ' +
        'without the archive’s own key nothing is made. ' +
        'When the node then starts it has from its replicas what is younger than the backup, and asks the partners what they know.',
    )
    .argument('<folder>', 'the folder of the backup')
    .option('--keys <folder>', 'the private keys, where they were kept apart from the backup')
    .option('--verify', 'walk the archive that was made as well, every entry and file of it')
    .action(async (directory: string, { keys, verify }: Options, self: Command) => {
      const { home, voice } = open(self);
      const result = await restore({
        home,
        directory: resolve(directory),
        keys: keys === undefined ? null : resolve(keys),
        passphrase: findPassphrase(env, askerOf(io)),
        verify: verify === true,
        onProgress(what, entries, size) {
          if (entries % NOTE_EVERY === 0) voice.note(`${what} ${entries} of ${size} entries`);
        },
      });
      voice.result({ ...result, home: home.directory, verified: verify === true }, say);
      if (result.missingFiles.length > 0)
        voice.note(
          `warning: the files of the messages ${result.missingFiles.slice(0, FILES_SHOWN).join(', ')}${result.missingFiles.length > FILES_SHOWN ? ' and more' : ''} are not in the backup as they were; the node asks its replicas for them`,
        );
      if (result.missingKeys.length > 0)
        voice.note(
          `warning: no key is there for the certificates ${result.missingKeys.join(', ')}; put your copies into ${home.keysDirectory} before you start the node`,
        );
    });
  examples(
    command,
    'chancery --home /srv/chancery restore /mnt/backup/acme --verify',
    'chancery --home /srv/chancery restore /mnt/backup/acme --keys /media/usb/keys --json',
  );
}

function say(result: RestoreResult & { readonly home: string; readonly verified: boolean }): string {
  const made = fields([
    ['domain', result.domain],
    ['home', result.home],
    ['root id', result.rootId],
    ['entries', `${result.size}, as of ${when(result.time)}`],
    ['root', `${result.root}, as the backup’s checkpoint says`],
    ['walked', result.verified ? 'every entry' : 'no; chancery archive verify does'],
    ['files', `${result.files} of messages${result.missingFiles.length === 0 ? '' : ', others are missing'}`],
    ['cosigned', result.cosigned.map(({ domain, size }) => `${size} by ${domain}`).join(', ') || 'by nobody'],
    ['keys', result.keys.join(', ') || 'none'],
  ]);
  return `${made}\nNext: chancery doctor, then chancery start\n`;
}
