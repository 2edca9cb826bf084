/** The devices of the compliance officers, as they are wrapped for: members with that role, in good standing. */
import { ChanceryError } from '../../protocol/errors/index.ts';
import { parseCertificate } from '../../protocol/certificate/index.ts';
import type { Member, Members, OfficerDevice } from '../ledger/index.ts';

const OFFICER = 'compliance-officer';

/** Whether a member may open what is older than the delivery window. */
export function isOfficer({ state, roles }: Pick<Member, 'state' | 'roles'>): boolean {
  return state === 'active' && roles.includes(OFFICER);
}

/** Throws `officer.required` where an address is none of a compliance officer in good standing. */
export function assertOfficer(members: Members, address: string): void {
  const member = members.find(address);
  if (member !== undefined && isOfficer(member)) return;
  throw new ChanceryError(
    'officer.required',
    `${address} is no compliance officer in good standing; name one, or see chancery member update`,
  );
}

/** Every device of an officer that is enrolled and was not revoked. */
export async function officerDevices(members: Members): Promise<OfficerDevice[]> {
  const devices: OfficerDevice[] = [];
  for (const { address } of (await members.list()).filter(isOfficer)) {
    for (const device of await members.devicesOf(address)) {
      if (device.revoked !== null || !members.isCurrent(device)) continue;
      const certificate = parseCertificate(device.certificate);
      if (certificate.ok)
        devices.push({ address, peer: device.peer, publicKey: certificate.value.publicKey });
    }
  }
  return devices;
}
