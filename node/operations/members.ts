/** Members, their devices and invitations, as an operator manages them. Each act is in the log before it takes effect. */
import { canStandInCertificate } from '../../protocol/certificate/index.ts';
import { parseAddress } from '../../protocol/names/index.ts';
import { ChanceryError, valueOf as value } from '../../protocol/errors/index.ts';
import { platform, type ArchiveNode } from '../composition/index.ts';
import { gatewayAddresses } from '../identity/index.ts';
import type { Act, Device, MemberChange } from '../ledger/index.ts';
import type { OperationOutput, Operations } from './contract.ts';
import { showDevice } from './device-view.ts';
import { showMember, showWaiting, time } from './present.ts';

/** Who acts: whoever may open the admin socket. */
const ACTOR = 'operator';

type MemberOperations = Pick<
  Operations,
  | 'member.add'
  | 'member.list'
  | 'member.show'
  | 'member.invite'
  | 'member.remove'
  | 'member.suspend'
  | 'member.restore'
  | 'member.update'
  | 'device.list'
  | 'device.show'
  | 'device.pending'
  | 'device.approve'
  | 'device.reject'
  | 'device.revoke'
>;

export function memberOperations(node: ArchiveNode): MemberOperations {
  const { members, enrolment, authority, renewRoster, revocations, domain } = node.organisation;
  const { clock } = platform;

  const ownAddress = (text: string): string => {
    const address = value(parseAddress(text));
    if (!canStandInCertificate(address)) {
      throw new ChanceryError(
        'name.bad-address',
        `${address.text} cannot be certified; use an address in ASCII`,
      );
    }
    if (address.domain !== domain) {
      throw new ChanceryError('member.unknown', `${address.text} is not an address of ${domain}`);
    }
    return address.text;
  };
  const currentDevices = async (address: string): Promise<Device[]> =>
    (await members.devicesOf(address)).filter((device) => members.isCurrent(device));

  const shown = (devices: readonly Device[]): Promise<Awaited<ReturnType<typeof showDevice>>[]> =>
    Promise.all(devices.map((device) => showDevice(device, node.organisation, clock())));
  const act = (reason: string): Act => ({ actor: ACTOR, reason, at: clock() });

  return {
    'member.add': async ({ address, name, roles }) => {
      const added = value(await members.add({ address: ownAddress(address), name, roles }, act('')));
      return showMember(added, await currentDevices(added.address));
    },
    'member.list': async () => {
      const list = await members.list();
      return {
        members: await Promise.all(
          list.map(async (member) => showMember(member, await currentDevices(member.address))),
        ),
      };
    },
    'member.show': async ({ address }) => {
      const member = members.find(ownAddress(address));
      if (member === undefined) {
        throw new ChanceryError('member.unknown', `${address} is not a member; see chancery member list`);
      }
      const devices = await currentDevices(member.address);
      return {
        member: showMember(member, devices),
        devices: await shown(devices),
      };
    },
    'member.invite': async ({ address }) => {
      const member = value(members.active(ownAddress(address)));
      const { code, invitation, expires } = await enrolment.invite(
        member.address,
        [],
        gatewayAddresses(authority.roster),
      );
      return { address: member.address, code, invitation, expires: time(expires) };
    },
    'member.remove': async ({ address, reason }) => {
      const removed = value(await members.remove(ownAddress(address), act(reason)));
      const rosterNumber = await renewRoster();
      await Promise.all(removed.revoked.map((device) => node.drop(device.peer)));
      return {
        member: showMember(removed.member, []),
        revoked: removed.revoked.map((device) => device.serial),
        rosterNumber,
      };
    },
    'member.suspend': async ({ address, reason }) => {
      const member = value(await members.suspend(ownAddress(address), act(reason)));
      const devices = await currentDevices(member.address);
      await Promise.all(devices.map((device) => node.drop(device.peer)));
      return { member: showMember(member, devices), rosterNumber: await renewRoster() };
    },
    'member.restore': async ({ address, reason }) => {
      const member = value(await members.restore(ownAddress(address), act(reason)));
      const rosterNumber = await renewRoster();
      return { member: showMember(member, await currentDevices(member.address)), rosterNumber };
    },
    'member.update': async (input) => updateMember(node, ownAddress(input.address), input),
    'device.pending': async () => {
      const pending = await node.organisation.approvals.pending();
      return { pending: pending.map((each) => showWaiting(each, members.find(each.request.address))) };
    },
    'device.approve': async ({ fingerprint, reason }) => {
      const approved = value(await node.organisation.approvals.approve(fingerprint, act(reason)));
      return {
        device: await showDevice(approved.device, node.organisation, clock()),
        fingerprint: approved.waiting.fingerprint,
      };
    },
    'device.reject': async ({ fingerprint, reason }) => {
      const rejected = value(await node.organisation.approvals.reject(fingerprint, act(reason)));
      return { rejected: showWaiting(rejected, members.find(rejected.request.address)) };
    },
    'device.list': async ({ address }) => {
      const devices =
        address === undefined ? await members.devices() : await members.devicesOf(ownAddress(address));
      const current = devices.filter((device) => members.isCurrent(device));
      return { devices: await shown(current) };
    },
    'device.show': async ({ serial }) => {
      const device = members.device(serial);
      if (device === undefined)
        throw new ChanceryError('device.unknown', `no device ${serial}; see chancery device list`);
      return { device: await showDevice(device, node.organisation, clock()) };
    },
    'device.revoke': async ({ serial, reason }) => {
      const { device, rosterNumber } = value(await revocations.revoke(serial, reason, ACTOR));
      return { device: await showDevice(device, node.organisation, clock()), rosterNumber };
    },
  };
}

/** Makes the certificates that say what is new before anything changes, so that nobody is left without one. */
async function updateMember(
  node: ArchiveNode,
  address: string,
  { name, roles, hidden, reason }: Parameters<Operations['member.update']>[0],
): Promise<OperationOutput<'member.update'>> {
  const { members, authority, renewRoster } = node.organisation;
  const { clock } = platform;
  const change: MemberChange = {
    ...(name === undefined ? {} : { name }),
    ...(roles === undefined ? {} : { roles }),
    ...(hidden === undefined ? {} : { hidden }),
  };
  const before = members.find(address);
  if (Object.keys(change).length === 0 || before === undefined) {
    throw before === undefined
      ? new ChanceryError('member.unknown', `${address} is not a member; see chancery member list`)
      : new ChanceryError('request.invalid', 'nothing to change; give --name, --role or --hidden');
  }
  const after = { ...before, ...change };
  const certified: Device[] = [];
  if (after.name !== before.name || after.roles.join() !== before.roles.join()) {
    for (const device of await members.devicesOf(address)) {
      const holds = device.revoked === null && device.expires * 1000 > clock();
      if (!holds || !members.isCurrent(device)) continue;
      const { device: renewed } = value(await authority.certifyDevice(after, device.peer, device.label));
      certified.push({ ...renewed, enrolled: device.enrolled });
    }
  }
  const act = { actor: ACTOR, reason, at: clock() };
  const updated = value(await members.update(address, change, act, certified));
  return {
    member: showMember(updated.member, certified),
    certified: certified.length,
    superseded: updated.superseded.map(({ serial }) => serial),
    rosterNumber: updated.superseded.length > 0 ? await renewRoster() : authority.roster.number,
  };
}
