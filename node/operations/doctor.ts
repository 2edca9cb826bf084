/** What the running node itself can tell of its health; the command line adds what can be seen from outside. */
import { platform, type ArchiveNode } from '../composition/index.ts';
import type { OperationOutput, Operations } from './contract.ts';
import { fromSeconds } from './present.ts';

type Check = OperationOutput<'doctor.node'>['checks'][number];

/** Share of a life that may be left before a warning. */
const WARN_LEFT = 1 / 3;

export function doctorOperations(node: ArchiveNode): Pick<Operations, 'doctor.node'> {
  return {
    'doctor.node': async () => ({
      checks: [
        checkProof(node),
        ...checkCertificates(node),
        checkRoster(node),
        ...(await checkPartners(node)),
      ],
    }),
  };
}

function checkProof({ organisation }: ArchiveNode): Check {
  const { found } = organisation.ownProof;
  const name = 'own domain';
  if (found === undefined) {
    const mend = 'publish the TXT record that chancery init printed, and check the name servers';
    return {
      name,
      state: 'failed',
      message: `DNS does not (yet) name this root for ${organisation.domain}`,
      mend,
    };
  }
  return found.level === 'dnssec'
    ? { name, state: 'ok', message: `${organisation.domain} is proven by DNSSEC`, mend: '' }
    : {
        name,
        state: 'warning',
        message: `${organisation.domain} is not signed`,
        mend: 'have its zone signed (DNSSEC)',
      };
}

function checkCertificates({ organisation }: ArchiveNode): Check[] {
  const now = platform.clock() / 1000;
  return (['root', 'issuer', 'statement'] as const).map((name): Check => {
    const { notBefore, notAfter } = organisation.standing[name];
    const left = (notAfter - now) / (notAfter - notBefore);
    const message = `valid until ${fromSeconds(notAfter)}`;
    if (left <= 0)
      return { name: `${name} certificate`, state: 'failed', message: 'expired', mend: 'make a new one' };
    return left < WARN_LEFT
      ? { name: `${name} certificate`, state: 'warning', message, mend: 'renew it before it ends' }
      : { name: `${name} certificate`, state: 'ok', message, mend: '' };
  });
}

function checkRoster({ organisation }: ArchiveNode): Check {
  const { number, nextUpdate } = organisation.authority.roster;
  const overdue = nextUpdate < platform.clock() / 1000;
  return {
    name: 'roster',
    state: overdue ? 'failed' : 'ok',
    message: `number ${number}, next update ${fromSeconds(nextUpdate)}`,
    mend: overdue ? 'restart the node, and look at its log' : '',
  };
}

async function checkPartners({ organisation, links }: ArchiveNode): Promise<Check[]> {
  const agreements = await organisation.partners.agreements();
  return agreements.map(({ domain }): Check => {
    const state = links.state(domain);
    const name = `partner ${domain}`;
    if (state?.connected === true) return { name, state: 'ok', message: 'connected', mend: '' };
    const error = state?.lastError;
    const message = error ? `${error.message} [${error.code}]` : 'not yet reached';
    return { name, state: 'warning', message, mend: `chancery partner show ${domain}` };
  });
}
