/** `chancery identity sign` and `new-root`: what is done where the root's key is, without a node and without a network. */
import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { rootIdOf } from '../../../protocol/certificate/index.ts';
import { valueOf } from '../../../protocol/errors/index.ts';
import { parseDomain } from '../../../protocol/names/index.ts';
import { sodiumSigner, sodiumSuite } from '../../crypto/index.ts';
import { readKeyFile } from '../../keys/index.ts';
import { answerRequest, certificatesOf, readSigningRequest } from '../../signing/index.ts';
import { examples, several } from '../arguments.ts';
import type { Dependencies } from '../dependencies.ts';
import { period, table } from '../layout.ts';
import type { OpenSession } from '../session.ts';
import { readJson } from './identity-rotation.ts';
import { certificateText, makeOfflineRoot, passphraseFor, passphraseOf } from './root-file.ts';

interface SignOptions {
  readonly key: readonly string[];
  readonly out?: string;
  readonly passphraseFile?: string;
  readonly yes?: boolean;
}

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
      const { voice } = open(self);
      const request = readSigningRequest(await readJson(file));
      const shown = certificatesOf(request).map(
        ({ subject, issuer, sans, publicKey, notBefore, notAfter }) => [
          subject.commonName === issuer.commonName ? `handover ${sans.uri[0] ?? ''}` : 'issuer',
          rootIdOf(publicKey, sodiumSuite.sha256),
          period({ from: iso(notBefore), until: iso(notAfter) }),
        ],
      );
      if (options.yes !== true) {
        voice.note(table(['WHAT', 'FOR THE KEY', 'HOLDS'], shown, ''));
        if (!(await voice.confirm(`Sign this for ${request.domain}?`, '--yes'))) {
          voice.note('nothing was signed');
          return;
        }
      }
      const passphrase = passphraseOf(options.passphraseFile, dependencies);
      const signers = [];
      for (const key of options.key) {
        const seed = await readKeyFile(key, passphrase);
        signers.push(sodiumSigner(seed));
        seed.fill(0);
      }
      const answer = await answerRequest(request, signers);
      const text = `${JSON.stringify(answer, null, 2)}\n`;
      if (options.out === undefined) voice.result(answer, () => text);
      else {
        await writeFile(options.out, text, { mode: 0o600 });
        voice.result(
          { out: options.out, signed: answer.items.length },
          ({ out }) => `the signatures are in ${out}\n`,
        );
      }
    });
  examples(
    command,
    'chancery identity sign issuer-request.json --key root.key --out issuer-signed.json',
    'chancery identity sign handover.json --key root.key --key next-root.key --out handover-signed.json',
  );
}

interface NewRootOptions {
  readonly out: string;
  readonly passphraseFile?: string;
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
    .action(async (domain: string, { out, passphraseFile }: NewRootOptions, self: Command) => {
      const { voice } = open(self);
      const name = valueOf(parseDomain(domain));
      const passphrase = passphraseFor(passphraseFile, dependencies);
      const made = await makeOfflineRoot({ file: out, domain: name, passphrase, dependencies });
      await writeFile(`${out}.pem`, certificateText(made.certificate));
      const rootId = rootIdOf(made.publicKey, sodiumSuite.sha256);
      voice.result(
        { domain: name, rootId, key: out, certificate: `${out}.pem` },
        (shown) =>
          `root ${shown.rootId} of ${shown.domain}: key in ${shown.key}, certificate in ${shown.certificate}\n`,
      );
    });
  examples(command, 'chancery identity new-root acme.example --out next-root.key');
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
