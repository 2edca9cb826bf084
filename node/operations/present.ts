/** How the organisation's facts look to an operator: the shapes of the contract, made from records. */
import { toString } from 'uint8arrays/to-string';
import type { Certificate } from '../../protocol/certificate/index.ts';
import type { TimeWindow } from '../../protocol/dnssec/index.ts';
import type { Person } from '../../protocol/wire/index.ts';
import type { WaitingDevice } from '../enrolment/index.ts';
import type { Device, Member } from '../ledger/index.ts';
import type { OperationOutput } from './contract.ts';

export function time(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

export function fromSeconds(seconds: number): string {
  return time(seconds * 1000);
}

export function hex(bytes: Uint8Array): string {
  return toString(bytes, 'hex');
}

/** A window in seconds, as ISO times. An open end is shown as the year 9999. */
export function showWindow(window: TimeWindow): { from: string; until: string } {
  const latest = Date.UTC(9999, 11, 31) / 1000;
  return { from: fromSeconds(window.from), until: fromSeconds(Math.min(window.until, latest)) };
}

type ShownMessage = NonNullable<OperationOutput<'archive.show'>['entry']['message']>;

export type ShownCertificate = OperationOutput<'identity.show'>['certificates'][number];

export function showCertificate(
  kind: ShownCertificate['kind'],
  certificate: Certificate,
  sha256: (data: Uint8Array) => Uint8Array,
): ShownCertificate {
  const { sans, subject, serial, der, notBefore, notAfter } = certificate;
  return {
    kind,
    subject: sans.email[0] ?? sans.uri[0] ?? subject.commonName,
    serial,
    fingerprint: hex(sha256(der)),
    window: showWindow({ from: notBefore, until: notAfter }),
  };
}

export function showPerson(person: Person): NonNullable<ShownMessage['person']> {
  return { ...person, since: person.since === 0 ? null : time(person.since) };
}

export function showMember(member: Member, devices: readonly Device[]): OperationOutput<'member.add'> {
  const { address, name, roles, hidden, state, joined, since, reason, actor } = member;
  return {
    address,
    name,
    roles,
    hidden,
    state,
    joined: time(joined),
    since: time(since),
    reason,
    actor,
    devices: devices.filter((device) => device.revoked === null).length,
  };
}

export function showWaiting(
  { request, fingerprint }: WaitingDevice,
  member: Member | undefined,
): OperationOutput<'device.reject'>['rejected'] {
  const { address, label, peer, since, until } = request;
  const name = member?.name ?? '';
  return { address, name, label, fingerprint, peer, since: time(since), until: time(until) };
}
