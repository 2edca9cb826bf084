/** `chancery identity sign` and `new-root`: what is done where the root's key is, without a node and without a network. */
import type { Command } from 'commander';
import { examples, several } from '../arguments.ts';
import type { Dependencies } from '../dependencies.ts';
import type { OpenSession } from '../session.ts';
import type { NewRootOptions, SignOptions } from './offline-root.ts';

export function addSign(group: Command, open: OpenSession, dependencies: Dependencies): void {
  const command = group
    .command('sign')
    .summary('sign a request with an offline root')
    .description(
      'Signs what a node has asked for with --request, where the root’s key is: no node and no network are needed. ' +
        'Shows what it is first: compare the key of a handover with the id of the root that is to come. Signs nothing but an ' +
        'issuer or a handover of the domain the request names.',
    )
    .argument('<request>', 'the file that the node’s command wrote')
    .requiredOption(
      '--key <file>',
      'a root’s key (repeatable: a handover takes the old and the new one)',
      several,
    )
    .option('--out <file>', 'where to write the signatures, else to standard output')
    .option('--passphrase-file <file>', 'file of mode 0600 with the keys’ passphrase, else it is asked for')
    .option('--yes', 'sign without being asked')
    .action(async (file: string, options: SignOptions, self: Command) => {
      const { signOffline } = await import('./offline-root.ts');
      await signOffline(open(self), file, options, dependencies);
    });
  examples(
    command,
    'chancery identity sign issuer-request.json --key root.key --out issuer-signed.json',
    'chancery identity sign handover.json --key root.key --key next-root.key --out handover-signed.json',
  );
}

export function addNewRoot(group: Command, open: OpenSession, dependencies: Dependencies): void {
  const command = group
    .command('new-root')
    .summary('make a root on a machine without a network')
    .description(
      'Makes a root’s key, and beside it, in FILE.pem, the certificate that chancery identity rotate-root --prepare ' +
        '--certificate takes. The key never leaves this machine.',
    )
    .argument('<domain>', 'the domain of the organisation')
    .requiredOption('--out <file>', 'where to keep the key')
    .option('--passphrase-file <file>', 'protect the key by the passphrase in this file of mode 0600')
    .action(async (domain: string, options: NewRootOptions, self: Command) => {
      const { newRootOffline } = await import('./offline-root.ts');
      await newRootOffline(open(self), domain, options, dependencies);
    });
  examples(command, 'chancery identity new-root acme.example --out next-root.key');
}
