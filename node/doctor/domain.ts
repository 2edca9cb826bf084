/** Whether DNS names our root, with a proof from the DNS root down, and whether the clock agrees with that proof. */
import { rootIdOf } from '../../protocol/certificate/index.ts';
import type { Refusal } from '../../protocol/errors/index.ts';
import { formatRecord, recordName } from '../../protocol/identity/index.ts';
import type { Config } from '../config/index.ts';
import { failed, ok, warning, type Check } from './check.ts';
import type { DoctorInput } from './input.ts';
import { readOwnCertificates } from './own-certificates.ts';

export async function checkDomain(input: DoctorInput, config: Config): Promise<readonly Check[]> {
  const { home, suite, findDomain } = input;
  const { domain } = config;
  const { root } = await readOwnCertificates(home);
  const rootId = rootIdOf(root.publicKey, suite.sha256);
  const found = await findDomain(config);
  if (!found.ok) return refused(found.refusal, domain, rootId);
  const { level, records, proven } = found.value;
  const checks: Check[] = [];
  if (records.current.id === rootId) checks.push(ok('dns', `${recordName(domain)} names our root ${rootId}`));
  else if (records.next?.id === rootId)
    checks.push(ok('dns', `${recordName(domain)} names our root as the next`));
  else {
    const message = `${recordName(domain)} names another root, ${records.current.id}`;
    checks.push(failed('dns', message, publish(domain, rootId, records.current.sequence + 1)));
  }
  if (level !== 'dnssec' || proven === null) {
    const message = `the zone of ${domain} is not signed: partners see level dns, and most accept none below dnssec`;
    return [
      ...checks,
      warning('dnssec', message, 'sign the zone, and have its parent publish the DS record'),
    ];
  }
  const { zones, window } = proven;
  const until = new Date(window.until * 1000).toISOString();
  return [
    ...checks,
    ok('dnssec', `proven along ${zones.join(' > ')}, until ${until}`),
    ok('clock', 'the clock lies within the signatures of DNSSEC'),
  ];
}

/** A look-up that failed, told as what most likely causes it. */
function refused({ code, message }: Refusal, domain: string, rootId: string): readonly Check[] {
  switch (code) {
    case 'dns.no-record':
    case 'dns.bad-record':
      return [failed('dns', message, publish(domain, rootId, 1))];
    case 'dns.unreachable':
    case 'dns.truncated':
      return [failed('dns', message, 'check the network, and dns.servers in the configuration')];
    case 'dnssec.not-yet-valid':
      return [failed('clock', message, 'set the clock of this machine: it is behind that of the zone')];
    case 'dnssec.expired':
      return [failed('clock', message, 'set the clock of this machine; if it is right, sign the zone anew')];
    case 'dnssec.no-anchor':
      return [failed('dnssec', message, 'check dns.anchors in the configuration; empty means those of IANA')];
    default:
      return [failed('dnssec', message, `mend the zone of ${domain} as the message says`)];
  }
}

function publish(domain: string, id: string, sequence: number): string {
  return `publish ${recordName(domain)}. 3600 IN TXT "${formatRecord({ id, sequence, state: 'current' })}"`;
}
