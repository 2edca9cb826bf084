/** `chancery key`: the private keys of a home: which there are, and what protects them. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { rootIdOf } from '../../../protocol/certificate/index.ts';
import { sodiumSuite } from '../../crypto/index.ts';
import { lockHome, readBackupRecord, writeBackupRecord } from '../../home/index.ts';
import {
  copyKeys,
  fileKeyStore,
  findPassphrase,
  newPassphrase,
  passphraseInFile,
  reprotect,
  type Passphrase,
} from '../../keys/index.ts';
import { examples } from '../arguments.ts';
import { askerOf } from '../asker.ts';
import type { Dependencies } from '../dependencies.ts';
import { table, when } from '../layout.ts';
import type { OpenSession } from '../session.ts';

interface Files {
  readonly passphraseFile?: string;
  readonly newPassphraseFile?: string;
}

const PASSPHRASE_FILE = '--passphrase-file <file>';
const WHERE = 'file of mode 0600 with the passphrase ($CHANCERY_PASSPHRASE_FILE, else it is asked for)';

export function declareKey(group: Command, open: OpenSession, dependencies: Dependencies): void {
  group.description(
    'Lists the private keys of this home, and protects them by a passphrase. A node asks for the passphrase when it ' +
      'starts, or reads it from the file that CHANCERY_PASSPHRASE_FILE names: mode 0600, or a systemd credential.',
  );
  addList(group, open, dependencies);
  addCopy(group, open, dependencies);
  const protect = group
    .command('protect')
    .description('Protects every key of this home by a passphrase. The node must not run.')
    .option(PASSPHRASE_FILE, WHERE)
    .action((options: Files, self: Command) => {
      const named = fileIfNamed(
        options.passphraseFile ?? dependencies.env['CHANCERY_PASSPHRASE_FILE'],
        dependencies,
      );
      const passphrase = newPassphrase(named, askerOf(dependencies.io));
      return change(open, self, dependencies, passphrase, passphrase);
    });
  const unprotect = group
    .command('unprotect')
    .description(
      'Takes the passphrase off every key of this home, which leaves them to their file’s permissions.',
    )
    .option(PASSPHRASE_FILE, WHERE)
    .action((options: Files, self: Command) =>
      change(open, self, dependencies, present(options, dependencies), null),
    );
  const replace = group
    .command('change-passphrase')
    .description('Protects every key of this home by another passphrase. The node must not run.')
    .option(PASSPHRASE_FILE, WHERE)
    .option('--new-passphrase-file <file>', 'file of mode 0600 with the new one (else it is asked for)')
    .action((options: Files, self: Command) => {
      const to = newPassphrase(
        fileIfNamed(options.newPassphraseFile, dependencies),
        askerOf(dependencies.io),
      );
      return change(open, self, dependencies, present(options, dependencies), to);
    });
  examples(group, 'chancery key list', 'chancery key protect', 'chancery key backup /media/usb/keys');
  examples(
    protect,
    'chancery key protect',
    'chancery key protect --passphrase-file /etc/chancery/passphrase',
  );
  examples(
    unprotect,
    'chancery key unprotect',
    'chancery key unprotect --passphrase-file /etc/chancery/passphrase',
  );
  examples(
    replace,
    'chancery key change-passphrase',
    'chancery key change-passphrase --passphrase-file old --new-passphrase-file new',
  );
}

function addList(group: Command, open: OpenSession, { io, env, randomBytes }: Dependencies): void {
  const list = group
    .command('list')
    .description(
      'Lists the keys of this home: since when, whether protected, and the fingerprint of the public key.',
    )
    .action(async (_options: object, self: Command) => {
      const { home, voice } = open(self);
      const passphrase = findPassphrase(env, askerOf(io));
      const store = fileKeyStore({ directory: home.keysDirectory, passphrase, randomBytes });
      const keys = (await store.list()).map(({ name, isProtected, publicKey, since }) => ({
        name,
        protected: isProtected,
        /** As a root's in DNS; null where only the passphrase could tell. */
        fingerprint: publicKey === null ? null : rootIdOf(publicKey, sodiumSuite.sha256),
        since: new Date(since).toISOString(),
      }));
      voice.result({ keys }, (shown) =>
        table(
          ['KEY', 'SINCE', 'PROTECTED', 'FINGERPRINT'],
          shown.keys.map((key) => [
            key.name,
            when(key.since),
            key.protected ? 'yes' : 'no',
            key.fingerprint ?? 'not known without the passphrase',
          ]),
          'no keys here',
        ),
      );
    });
  examples(list, 'chancery key list', 'chancery key list --json');
}

function addCopy(group: Command, open: OpenSession, { clock }: Dependencies): void {
  const copy = group
    .command('backup')
    .summary('copy the private keys to a folder')
    .description(
      'Copies every private key to a folder, each under its passphrase, in the place of older copies. Without the keys a ' +
        'backup of the archive opens to nobody: keep them apart from it. Do it again whenever chancery doctor says so. ' +
        'Of window keys that were destroyed here the copy is destroyed too.',
    )
    .argument('<folder>', 'where to: best a medium that is locked away')
    .action(async (folder: string, _options: object, self: Command) => {
      const { home, voice } = open(self);
      const result = await copyKeys(home.keysDirectory, resolve(folder));
      const time = new Date(clock()).toISOString();
      const known = await readBackupRecord(home);
      const keys = { ...known.keys, ...Object.fromEntries(result.copied.map((name) => [name, time])) };
      await writeBackupRecord(home, { ...known, keys });
      voice.result({ ...result, folder: resolve(folder) }, ({ copied, erased, folder: to }) => {
        const gone = erased.length === 0 ? '' : `destroyed there, as here: ${erased.join(', ')}\n`;
        return `copied to ${to}: ${copied.join(', ')}\n${gone}`;
      });
    });
  examples(
    copy,
    'chancery key backup /media/usb/acme-keys',
    'chancery key backup /media/usb/acme-keys --json',
  );
}

function present({ passphraseFile }: Files, { env, io }: Dependencies): Passphrase {
  return passphraseFile === undefined
    ? findPassphrase(env, askerOf(io))
    : passphraseInFile(passphraseFile, env);
}

function fileIfNamed(file: string | undefined, { env }: Dependencies): Passphrase | null {
  return file ? passphraseInFile(file, env) : null;
}

/** Under the home's lock: a node that runs would make keys under the passphrase it was started with. */
async function change(
  open: OpenSession,
  self: Command,
  { randomBytes }: Dependencies,
  from: Passphrase,
  to: Passphrase | null,
): Promise<void> {
  const { home, voice } = open(self);
  const lock = await lockHome(home);
  try {
    const result = await reprotect({ directory: home.keysDirectory, from, to, randomBytes });
    const state = to === null ? 'without a passphrase' : 'under the passphrase';
    voice.result(result, ({ changed, kept }) => {
      const lines = [
        ...(changed.length > 0 ? [`${changed.join(', ')}: now ${state}\n`] : []),
        ...(kept.length > 0 ? [`${kept.join(', ')}: ${state} already\n`] : []),
      ];
      return lines.join('');
    });
  } finally {
    await lock.release();
  }
}
