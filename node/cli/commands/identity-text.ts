/** How an identity is shown: the level first, then the chain from the DNS root down, each link with its window. */
import type { OperationOutput } from '../../operations/contract.ts';
import { fields, period, table, when } from '../layout.ts';
import type { Paint } from '../voice.ts';

type Identity = OperationOutput<'identity.show'>;

const MEANING: Readonly<Record<Identity['level'], string>> = {
  dnssec: 'dnssec: proven from the DNS root',
  pinned: 'pinned: the fingerprint was compared by an operator',
  dns: 'dns: looked up only, nobody signed it',
  none: 'none: not proven at all',
};

export function identityText(identity: Identity, paint: Paint): string {
  const emphasis = identity.level === 'dnssec' || identity.level === 'pinned' ? paint.green : paint.yellow;
  const { proofWindow } = identity;
  const head = fields([
    ['domain', identity.domain],
    ['level', emphasis(MEANING[identity.level])],
    ['root id', `${identity.rootId} (sequence ${identity.sequence})`],
    ['known since', identity.since === null ? 'not known here' : when(identity.since)],
    ['DNSSEC chain', identity.zones.length === 0 ? 'none' : identity.zones.join(' > ')],
    ['proof holds', proofWindow === null ? 'there is no proof' : period(proofWindow)],
    ['roster', identity.rosterNumber === null ? 'none seen' : String(identity.rosterNumber)],
  ]);
  const certificates = table(
    ['CERTIFICATE', 'SUBJECT', 'SERIAL', 'HOLDS', 'FINGERPRINT'],
    identity.certificates.map((one) => [
      one.kind,
      one.subject,
      one.serial,
      period(one.window),
      one.fingerprint,
    ]),
    'no certificates seen yet; they come with the first contact',
  );
  return `${head}\n${certificates}`;
}
