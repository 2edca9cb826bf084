/** `chancery-chat key`: the device's private key, and what protects it. */
import type { Command } from 'commander';
import { findPassphrase, newPassphrase, passphraseInFile, type Passphrase } from '../adapters/passphrase.ts';
import { examples } from './arguments.ts';
import type { Dependencies } from './dependencies.ts';
import { homeOf, voiceOf, type GlobalOptions } from './session.ts';

type Options = GlobalOptions & { readonly passphraseFile?: string; readonly newPassphraseFile?: string };

const WHERE = 'file of mode 0600 with the passphrase ($CHANCERY_PASSPHRASE_FILE, else it is asked for)';

export function addKey(program: Command, dependencies: Dependencies): void {
  const { terminal, env } = dependencies;
  const group = program.command('key').description('the private key of this device, and what protects it');
  const present = ({ passphraseFile: file }: Options): Passphrase =>
    file === undefined ? findPassphrase(env, terminal.askSecret) : passphraseInFile(file);
  const add = (name: string, description: string, act: (options: Options) => Promise<void>): Command =>
    group
      .command(name)
      .description(description)
      .action((_options: unknown, command: Command) => act(command.optsWithGlobals()));
  const show = add(
    'show',
    'since when there is a key, whether it is protected, and its public half',
    (options) => showKey(options, dependencies),
  );
  const protect = add('protect', 'protect the key by a passphrase', async (options) => {
    const { inspectDeviceKey } = await import('../adapters/device-key.ts');
    const { isProtected } = await inspectDeviceKey(homeOf(options, dependencies));
    const file = options.passphraseFile ?? env['CHANCERY_PASSPHRASE_FILE'];
    const passphrase = isProtected ? present(options) : newPassphrase(file, terminal.askSecret);
    await change(options, dependencies, passphrase, passphrase);
  }).option('--passphrase-file <file>', WHERE);
  const unprotect = add('unprotect', 'take the passphrase off the key', (options) =>
    change(options, dependencies, present(options), null),
  ).option('--passphrase-file <file>', WHERE);
  const replace = add('change-passphrase', 'protect the key by another passphrase', (options) =>
    change(
      options,
      dependencies,
      present(options),
      newPassphrase(options.newPassphraseFile, terminal.askSecret),
    ),
  )
    .option('--passphrase-file <file>', WHERE)
    .option('--new-passphrase-file <file>', 'file of mode 0600 with the new one (else it is asked for)');
  examples(group, 'chancery-chat key show', 'chancery-chat key protect');
  examples(show, 'chancery-chat key show --json');
  examples(
    protect,
    'chancery-chat key protect',
    'chancery-chat key protect --passphrase-file ~/.chancery-passphrase',
  );
  examples(unprotect, 'chancery-chat key unprotect');
  examples(replace, 'chancery-chat key change-passphrase');
}

async function showKey(options: Options, dependencies: Dependencies): Promise<void> {
  const { inspectDeviceKey } = await import('../adapters/device-key.ts');
  const { isProtected, publicKey, since } = await inspectDeviceKey(homeOf(options, dependencies));
  const key = publicKey === null ? null : Buffer.from(publicKey).toString('base64url');
  const time = new Date(since).toISOString();
  const state = isProtected ? 'under a passphrase' : 'not under a passphrase';
  voiceOf(options, dependencies).say(
    { protected: isProtected, publicKey: key, since: time },
    `public key ${key ?? 'not known without the passphrase'}, since ${time}, ${state}`,
  );
}

async function change(
  options: Options,
  dependencies: Dependencies,
  from: Passphrase,
  to: Passphrase | null,
): Promise<void> {
  const { reprotectDeviceKey } = await import('../adapters/device-key.ts');
  await reprotectDeviceKey(homeOf(options, dependencies), from, to);
  const state = to === null ? 'not under a passphrase' : 'under the passphrase';
  voiceOf(options, dependencies).say({ protected: to !== null }, `the key is now ${state}`);
}
