/** A device as an operator sees it: what it reported and by whose word, when it was seen, which rules it breaks. */
import { FACT_NAMES, evidenceOf } from '../../protocol/device/index.ts';
import type { Organisation } from '../composition/index.ts';
import type { Device } from '../ledger/index.ts';
import type { OperationOutput } from './contract.ts';
import { fromSeconds, time } from './present.ts';

type ShownDevice = OperationOutput<'device.show'>['device'];

/** @param now milliseconds */
export async function showDevice(
  device: Device,
  {
    deviceControl,
    deviceReports,
    members,
  }: Pick<Organisation, 'deviceControl' | 'deviceReports' | 'members'>,
  now: number,
): Promise<ShownDevice> {
  const { serial, address, label, peer, enrolled, expires, revoked } = device;
  const expired = expires * 1000 < now;
  const report = deviceReports.of(peer);
  const seen = deviceReports.seen(peer);
  const wiped = deviceReports.wiped(peer);
  const attestedAt = report?.known.attestedAt ?? null;
  const breaches = revoked === null && !expired ? await deviceControl.breaches(device) : [];
  return {
    serial,
    address,
    name: members.find(address)?.name ?? '',
    label,
    peer,
    enrolled: time(enrolled),
    expires: fromSeconds(expires),
    state: revoked === null ? (expired ? 'expired' : 'active') : 'revoked',
    seen: seen === null ? null : time(seen),
    revoked: revoked === null ? null : { at: time(revoked.at), reason: revoked.text },
    wiped: wiped === null ? null : time(wiped),
    facts:
      report === undefined
        ? []
        : FACT_NAMES.map((name) => ({
            name,
            value: report.known.facts[name],
            source: evidenceOf(report.known, name),
          })),
    attested: attestedAt === null ? null : time(attestedAt),
    breaches: breaches.map(({ code, rule, reason, mend }) => ({ code, rule, reason, mend })),
  };
}
