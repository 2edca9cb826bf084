/** What is done where the root's key is, without a node and without a network: signing, and making another root. */
import { writeFile } from 'node:fs/promises';
import { rootIdOf } from '../../../protocol/certificate/index.ts';
import { valueOf } from '../../../protocol/errors/index.ts';
import { parseDomain } from '../../../protocol/names/index.ts';
import { sodiumSigner, sodiumSuite } from '../../crypto/index.ts';
import { readKeyFile } from '../../keys/index.ts';
import { answerRequest, certificatesOf, readSigningRequest } from '../../signing/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { period, table } from '../layout.ts';
import type { Session } from '../session.ts';
import { readJson } from './identity-rotation.ts';
import { certificateText, makeOfflineRoot, passphraseFor, passphraseOf } from './root-file.ts';

export interface SignOptions {
  readonly key: readonly string[];
  readonly out?: string;
  readonly passphraseFile?: string;
  readonly yes?: boolean;
}

/** Shows what a request asks for, and signs it once the operator says so. */
export async function signOffline(
  { voice }: Session,
  file: string,
  options: SignOptions,
  dependencies: Dependencies,
): Promise<void> {
  const request = readSigningRequest(await readJson(file));
  const shown = certificatesOf(request).map(({ subject, issuer, sans, publicKey, notBefore, notAfter }) => [
    subject.commonName === issuer.commonName ? `handover ${sans.uri[0] ?? ''}` : 'issuer',
    rootIdOf(publicKey, sodiumSuite.sha256),
    period({ from: iso(notBefore), until: iso(notAfter) }),
  ]);
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
}

export interface NewRootOptions {
  readonly out: string;
  readonly passphraseFile?: string;
}

/** Makes a root's key in a file, and beside it the certificate that its node is to be given. */
export async function newRootOffline(
  { voice }: Session,
  domain: string,
  { out, passphraseFile }: NewRootOptions,
  dependencies: Dependencies,
): Promise<void> {
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
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
