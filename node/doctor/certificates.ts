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

const RESTORE = 'restore the certificates folder from your copy';
/** A gateway's certificate. */
const FETCH = 'let this gateway reach its archive node, which brings a new one';
const CERTIFY = 'certify it anew with the root key before that day';

export async function checkCertificates(input: DoctorInput, config: Config): Promise<readonly Check[]> {
  const { home, suite, clock } = input;
  const now = Math.floor(clock() / 1000);
  const certificates = await readOwnCertificates(home);
  const { root, issuer } = certificates;
  for (const leaf of ['node', 'statement'] as const) {
    const at = renewsItself(leaf, config) ? Math.min(now, certificates[leaf].notAfter) : now;
    const chain = verifyChain([certificates[leaf].der, issuer.der, root.der], at, suite);
    if (!chain.ok) {
      return [failed('certificates', `${leaf}: ${chain.refusal.message}`, mendOf(leaf, chain.refusal.code))];
    }
    if (chain.value.domain !== config.domain) {
      const message = `the certificates are for ${chain.value.domain}, the configuration is for ${config.domain}`;
      return [failed('certificates', message, `set domain to ${chain.value.domain} in ${home.config}`)];
    }
  }
  const watched = KEY_NAMES.filter((name) => !renewsItself(name, config));
  const ageing = watched.flatMap((name) => ageOf(name, certificates[name], now));
  if (ageing.length > 0) return ageing;
  const first = Math.min(...watched.map((name) => certificates[name].notAfter));
  return [ok('certificates', `all hold, the first until ${day(first)}`)];
}

/** An archive node certifies itself anew while it runs; its file keeps the first certificate. */
function renewsItself(name: KeyName, { roles }: Config): boolean {
  return name === 'node' && roles.includes('archive');
}

function ageOf(name: KeyName, { notBefore, notAfter }: Certificate, now: number): readonly Check[] {
  const left = notAfter - now;
  if (left >= (notAfter - notBefore) * RENEW_BELOW) return [];
  const message = `${name} holds for ${Math.floor(left / DAY)} days more, until ${day(notAfter)}`;
  return [warning('certificates', message, name === 'node' ? FETCH : CERTIFY)];
}

function mendOf(leaf: KeyName, code: string): string {
  if (code === 'certificate.not-yet-valid') return 'set the clock of this machine';
  if (code !== 'certificate.expired') return RESTORE;
  return leaf === 'node' ? FETCH : 'certify it anew with the root key';
}

function day(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}
