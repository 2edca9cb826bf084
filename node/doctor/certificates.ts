/** Whether the certificates form chains that hold now, and how much of their time is left. */
import type { Certificate } from '../../protocol/certificate/index.ts';
import { verifyChain } from '../../protocol/identity/index.ts';
import type { Config } from '../config/index.ts';
import { KEY_NAMES, type KeyName } from '../home/index.ts';
import { failed, ok, warning, type Check } from './check.ts';
import type { DoctorInput } from './input.ts';
import { readOwnCertificates } from './own-certificates.ts';

/** The part of its time that a certificate has left when it is to be renewed. */
const RENEW_BELOW = 1 / 3;

const DAY = 86_400;

/** How each kind is renewed. */
const RENEWAL: Readonly<Record<KeyName, string>> = {
  root: 'have the root certified anew',
  issuer: 'have the issuer certified anew with the root key',
  statement: 'have the statement signer certified anew',
  node: 'restart the node: it renews its own certificate',
};

export async function checkCertificates(input: DoctorInput, config: Config): Promise<readonly Check[]> {
  const { home, suite, clock } = input;
  const now = Math.floor(clock() / 1000);
  const certificates = await readOwnCertificates(home);
  const { root, issuer } = certificates;
  for (const leaf of ['node', 'statement'] as const) {
    const chain = verifyChain([certificates[leaf].der, issuer.der, root.der], now, suite);
    if (!chain.ok)
      return [failed('certificates', `${leaf}: ${chain.refusal.message}`, mendOf(leaf, chain.refusal.code))];
    if (chain.value.domain !== config.domain) {
      const message = `the certificates are for ${chain.value.domain}, the configuration is for ${config.domain}`;
      return [failed('certificates', message, `set domain to ${chain.value.domain} in ${home.config}`)];
    }
  }
  const ageing = KEY_NAMES.flatMap((name) => ageOf(name, certificates[name], now));
  if (ageing.length > 0) return ageing;
  const first = Math.min(...KEY_NAMES.map((name) => certificates[name].notAfter));
  return [ok('certificates', `all hold, the first until ${day(first)}`)];
}

function ageOf(name: KeyName, { notBefore, notAfter }: Certificate, now: number): readonly Check[] {
  const left = notAfter - now;
  if (left >= (notAfter - notBefore) * RENEW_BELOW) return [];
  const message = `${name} holds for ${Math.floor(left / DAY)} days more, until ${day(notAfter)}`;
  return [warning('certificates', message, RENEWAL[name])];
}

function mendOf(leaf: KeyName, code: string): string {
  if (code === 'certificate.not-yet-valid') return 'set the clock of this machine';
  return code === 'certificate.expired' ? RENEWAL[leaf] : 'restore the certificates folder from your copy';
}

function day(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}
