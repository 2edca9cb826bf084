/** `chancery identity crl`: the revoked certificates, for programs that know nothing of rosters. */
import type { Command } from 'commander';
import { encodePem } from '../../../protocol/certificate/pem.ts';
import { ChanceryError } from '../../../protocol/errors/index.ts';
import { replacePublicFile } from '../../home/public-file.ts';
import { examples } from '../arguments.ts';
import { count, when } from '../layout.ts';
import type { OpenSession } from '../session.ts';

interface Options {
  readonly out?: string;
  readonly der?: boolean;
}

export function addCrl(group: Command, open: OpenSession): void {
  const crl = group
    .command('crl')
    .summary('export the revoked certificates as an X.509 CRL')
    .description(
      'Exports the revoked certificates as an X.509 CRL (RFC 5280), signed by the issuer, as openssl and others read it. ' +
        'It is current until the next roster is made, which the next update in it says at latest. As PEM to standard ' +
        'output, or to a file.',
    )
    .option('--out <file>', 'the file to write, which is replaced whole')
    .option('--der', 'in binary, as web servers give it out; needs --out')
    .action(async ({ out, der = false }: Options, self: Command) => {
      if (der && out === undefined) {
        throw new ChanceryError('request.invalid', 'DER is no text; name a file for it with --out');
      }
      const { voice, ask } = open(self);
      const list = await ask('identity.crl', {});
      const bytes = new Uint8Array(Buffer.from(list.crl, 'base64'));
      const pem = encodePem('X509 CRL', bytes);
      if (out === undefined) {
        voice.result(list, () => pem);
        return;
      }
      await replacePublicFile(out, der ? bytes : pem);
      voice.result({ ...list, out }, ({ number, revoked, nextUpdate }) => {
        const what = `list ${number} with ${count(revoked, 'revoked certificate')}`;
        return `${what}, due again by ${when(nextUpdate)}, is in ${out}\n`;
      });
    });
  examples(
    crl,
    'chancery identity crl > acme.crl.pem',
    'chancery identity crl --der --out /srv/www/acme.crl',
    'openssl crl -in acme.crl.pem -CAfile issuer.pem -noout -text',
  );
}
