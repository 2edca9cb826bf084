/** How devices are shown. */
import type { OperationOutput } from '../../operations/contract.ts';
import { fields, table, when } from '../layout.ts';

type Device = OperationOutput<'device.show'>['device'];

const FACTS: Readonly<Record<string, string>> = {
  clientVersion: 'client',
  platform: 'platform',
  osVersion: 'OS version',
  diskEncryption: 'disk encryption',
  managedId: 'managed id',
};

export function waitingTable(waiting: OperationOutput<'device.pending'>['pending']): string {
  return table(
    ['FINGERPRINT', 'MEMBER', 'NAME', 'DEVICE', 'SINCE', 'UNTIL'],
    waiting.map(({ fingerprint, address, name, label, since, until }) => [
      fingerprint,
      address,
      name,
      label,
      when(since),
      when(until),
    ]),
    'no device waits for approval',
  );
}

export function deviceTable(devices: readonly Device[]): string {
  return table(
    ['SERIAL', 'MEMBER', 'DEVICE', 'STATE', 'SEEN', 'EXPIRES', 'RULES'],
    devices.map((device) => [
      device.serial,
      device.address,
      device.label,
      device.state,
      when(device.seen),
      when(device.expires),
      device.state === 'revoked' ? wipeText(device) : rulesText(device),
    ]),
    'no devices yet; invite one with chancery member invite',
  );
}

/** One device with everything that is known of it. */
export function deviceText(device: Device): string {
  const facts = device.facts.map(
    ({ name, value, source }) => [FACTS[name] ?? name, `${value ?? 'unknown'} (${source})`] as const,
  );
  return fields([
    ['device', device.label],
    ['member', `${device.name} <${device.address}>`],
    ['serial', device.serial],
    ['peer', device.peer],
    ['state', device.state],
    ['enrolled', when(device.enrolled)],
    ['expires', when(device.expires)],
    ['last seen', when(device.seen)],
    ...facts,
    ...(device.attested === null ? [] : [['attested', when(device.attested)] as const]),
    ...(device.facts.length === 0 ? [['facts', 'none reported yet'] as const] : []),
    ...(device.revoked === null
      ? device.breaches.map(({ reason, mend }) => ['breaks a rule', `${reason}; ${mend}`] as const)
      : [
          ['revoked', `${when(device.revoked.at)} ${device.revoked.reason}`.trimEnd()] as const,
          ['wiped', wipeText(device)] as const,
        ]),
  ]);
}

function rulesText({ breaches }: Device): string {
  return breaches.length === 0 ? 'met' : `breaks ${breaches.map(({ rule }) => rule).join(', ')}`;
}

/** A device that said nothing may be off, lost or in a thief's hands: what is not known is said as such. */
function wipeText({ wiped, seen }: Device): string {
  return wiped === null
    ? `wipe not confirmed: last seen ${when(seen)}, may still hold what it had`
    : `wiped at ${when(wiped)}`;
}
