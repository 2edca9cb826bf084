/** What the running node itself can tell of its health; the command line adds what can be seen from outside. */
import { platform, type ArchiveNode } from '../composition/index.ts';
import { alarmsOf } from './alarms.ts';
import type { OperationOutput, Operations } from './contract.ts';
import { fromSeconds } from './present.ts';

type Check = OperationOutput<'doctor.node'>['checks'][number];

/** Share of a life that may be left before a warning. */
const WARN_LEFT = 1 / 3;

export function doctorOperations(node: ArchiveNode): Pick<Operations, 'doctor.node'> {
  return {
    'doctor.node': async () => ({
      checks: [
        ...(await checkDomain(node)),
        ...checkCertificates(node),
        checkRoster(node),
        ...(await checkPartners(node)),
        ...(await checkArchive(node)),
        ...(await checkEnrolments(node)),
        ...checkPolicy(node),
      ],
    }),
  };
}

/** Whether the log is appended to, and is the one that partners cosigned; and what proves theirs to be another. */
async function checkArchive(node: ArchiveNode): Promise<Check[]> {
  const { log, witnessing } = node.organisation;
  const { size, cosignatures } = await witnessing.tree.checkpoint().catch(() => NOT_COSIGNED);
  const cosigned =
    cosignatures.length === 0
      ? 'no partner has cosigned it yet'
      : `cosigned at ${size} by ${cosignatures.map(({ domain }) => domain).join(', ')}`;
  const sound: Check = {
    name: 'archive',
    state: 'ok',
    message: `${log.size} entries, ${cosigned}`,
    mend: '',
  };
  const alarms = (await alarmsOf(node)).map(({ code, message }): Check => {
    const own = code.startsWith('archive.');
    const mend = own ? 'restore the archive, then start the node again' : 'chancery archive evidence';
    return { name: own ? 'archive' : 'partner’s archive', state: own ? 'failed' : 'warning', message, mend };
  });
  return log.stopped === undefined ? [sound, ...alarms] : alarms;
}

const NOT_COSIGNED = { size: 0, cosignatures: [] } as const;

/** Somebody waits for the operator where a device does. */
async function checkEnrolments({ organisation }: ArchiveNode): Promise<Check[]> {
  const { length } = await organisation.approvals.pending();
  if (length === 0) return [];
  const message = length === 1 ? 'a device waits for approval' : `${length} devices wait for approval`;
  return [{ name: 'enrolment', state: 'warning', message, mend: 'chancery device pending' }];
}

/** A policy that is weaker than the one in force waits for officers, not for the operator. */
function checkPolicy({ organisation }: ArchiveNode): Check[] {
  if (organisation.policy.waiting === null) return [];
  const message =
    'chancery.yaml keeps something for less time, or asks fewer officers, than the policy in force';
  return [
    { name: 'policy', state: 'warning', message, mend: 'two officers: chancery-chat oversight policy --ask' },
  ];
}

/** What DNS says of our domain now, and the next step where it is not what it should be: a rotation is several. */
async function checkDomain({ organisation }: ArchiveNode): Promise<Check[]> {
  const { domain, standing, rotation } = organisation;
  const name = 'own domain';
  const { rootId, nextId, record } = standing;
  const publish = (id: string, sequence: number, state: 'current' | 'next'): string => {
    const { name: where, value } = rotation.recordOf(id, sequence, state);
    return `publish ${where}. 3600 IN TXT "${value}"`;
  };
  const found = await rotation.lookUp();
  if (!found.ok) {
    const { message } = found.refusal;
    const mend = `${publish(rootId, record.sequence, 'current')}; check the name servers`;
    return [{ name, state: 'failed', message, mend }];
  }
  const { records, level } = found.value;
  const checks: Check[] = [];
  if (records.current.id === rootId) {
    checks.push(
      level === 'dnssec'
        ? { name, state: 'ok', message: `${domain} is proven by DNSSEC`, mend: '' }
        : {
            name,
            state: 'warning',
            message: `${domain} is not signed`,
            mend: 'have its zone signed (DNSSEC)',
          },
    );
  } else {
    const inTime = records.next?.id === rootId;
    const message = inTime
      ? `DNS still calls the root in force the next one, and another the current one`
      : `DNS does not name the root in force`;
    const mend = `${publish(rootId, record.sequence, 'current')}, alone; remove the record of ${records.current.id}`;
    checks.push({ name, state: inTime ? 'warning' : 'failed', message, mend });
  }
  if (nextId !== null) {
    const published = [records.next?.id, records.current.id].includes(nextId);
    checks.push({
      name: 'next root',
      state: 'warning',
      message: published
        ? `DNS names the next root, ${nextId}`
        : `the next root, ${nextId}, is not yet in DNS`,
      mend: published
        ? 'wait until the record is everywhere, then run chancery identity rotate-root --complete'
        : `${publish(nextId, record.sequence + 1, 'next')}, beside the present record`,
    });
  }
  return checks;
}

const RENEWAL = {
  root: 'chancery identity rotate-root --prepare',
  issuer: 'chancery identity rotate-issuer',
  statement: 'it is renewed by itself while the node runs; look at its log',
} as const;

function checkCertificates({ organisation }: ArchiveNode): Check[] {
  const now = platform.clock() / 1000;
  return (['root', 'issuer', 'statement'] as const).map((name): Check => {
    const { notBefore, notAfter } = organisation.standing[name];
    const left = (notAfter - now) / (notAfter - notBefore);
    const message = `valid until ${fromSeconds(notAfter)}`;
    if (left <= 0)
      return { name: `${name} certificate`, state: 'failed', message: 'expired', mend: RENEWAL[name] };
    return left < WARN_LEFT
      ? { name: `${name} certificate`, state: 'warning', message, mend: RENEWAL[name] }
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
