/**
 * The people of the organisation, their devices, and the invitations by which devices and nodes are enrolled.
 * Guarantees: an invitation is used once; a removed member keeps no active device.
 */
import type { Revocation } from '../../protocol/statement/index.ts';
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';
import type { NewRecord } from '../archive/index.ts';
import { KEYS, within } from './keys.ts';
import { PRESENT, fact, put, type Ledger } from './ledger.ts';
import type { RecordOf } from './records.ts';
import { fromString } from 'uint8arrays/from-string';
import { toString } from 'uint8arrays/to-string';

export type Member = RecordOf<'member'>;
export type Device = RecordOf<'device'>;
export type Invitation = RecordOf<'invitation'>;

/** Milliseconds an invitation can be used. */
export const INVITATION_LIFE_MS = 24 * 60 * 60 * 1000;

function memberFact(member: Member): NewRecord {
  return fact('member', member, (_sequence, _time, content) => [put(KEYS.member(member.address), content)]);
}

function deviceFact(device: Device): NewRecord {
  return fact('device', device, (_sequence, _time, content) => [
    put(KEYS.device(device.serial), content),
    put(KEYS.memberDevice(device.address, device.serial), PRESENT),
    put(KEYS.peerDevice(device.peer), fromString(device.serial)),
  ]);
}

function invitationFact(invitation: Invitation): NewRecord {
  return fact('invitation', invitation, (_sequence, _time, content) => [
    put(KEYS.invitation(invitation.codeHash), content),
  ]);
}

export class Members {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** A member, whatever the state. */
  find(address: string): Member | undefined {
    return this.#ledger.view('member', KEYS.member(address));
  }

  /** An active member, or why there is none: `member.unknown`, `member.removed`. */
  active(address: string): Result<Member> {
    const member = this.find(address);
    if (member === undefined)
      return refuse('member.unknown', `${address} is not a member; see chancery member list`);
    return member.state === 'active'
      ? accept(member)
      : refuse('member.removed', `${address} has left the organisation`);
  }

  list(): Promise<Member[]> {
    return this.#ledger.views('member', within('member'));
  }

  /** Adds a member, or brings one back. Refuses with `member.exists`. */
  async add(member: Omit<Member, 'state' | 'since' | 'reason'>, now: number): Promise<Result<Member>> {
    if (this.find(member.address)?.state === 'active') {
      return refuse('member.exists', `${member.address} is a member already`);
    }
    const added: Member = { ...member, state: 'active', since: now, reason: '' };
    await this.#ledger.append([memberFact(added)]);
    return accept(added);
  }

  /** Ends a membership and revokes every device of it, in one batch. */
  async remove(
    address: string,
    reason: string,
    now: number,
  ): Promise<Result<{ member: Member; revoked: Device[] }>> {
    const found = this.active(address);
    if (!found.ok) return found;
    const member: Member = { ...found.value, state: 'removed', since: now, reason };
    const active = (await this.devicesOf(address)).filter((device) => device.revoked === null);
    const revoked = active.map((device) => revoke(device, 'affiliation-changed', reason, now));
    await this.#ledger.append([memberFact(member), ...revoked.map(deviceFact)]);
    return accept({ member, revoked });
  }

  device(serial: string): Device | undefined {
    return this.#ledger.view('device', KEYS.device(serial));
  }

  /** The device whose key is this peer id. */
  deviceOfPeer(peer: string): Device | undefined {
    const serial = this.#ledger.log.get(KEYS.peerDevice(peer));
    return serial === undefined ? undefined : this.device(toString(serial));
  }

  async devicesOf(address: string): Promise<Device[]> {
    const devices: Device[] = [];
    for await (const [key] of this.#ledger.log.iterate(within('memberDevice', address))) {
      const serial = toString(key.slice(key.lastIndexOf(0, key.length - 2) + 1, -1));
      const device = this.device(serial);
      if (device !== undefined) devices.push(device);
    }
    return devices;
  }

  /** Every certificate ever given to a device. */
  devices(): Promise<Device[]> {
    return this.#ledger.views('device', within('device'));
  }

  /** Whether it is the device's newest certificate. */
  isCurrent(device: Device): boolean {
    return this.deviceOfPeer(device.peer)?.serial === device.serial;
  }

  /**
   * Revokes a device: this certificate and every other one of the same key, since a renewal leaves the old one valid.
   * Refuses with `device.unknown` or `device.revoked`.
   */
  async revokeDevice(
    serial: string,
    reason: Revocation['reason'],
    text: string,
    now: number,
  ): Promise<Result<Device>> {
    const device = this.device(serial);
    if (device === undefined)
      return refuse('device.unknown', `no device ${serial}; see chancery device list`);
    if (device.revoked !== null) return refuse('device.revoked', `device ${serial} was revoked already`);
    const listed = await this.devicesOf(device.address);
    // the newest may have come a moment ago, and stays the last to claim the key
    const current = this.deviceOfPeer(device.peer) ?? device;
    const earlier = listed.filter((other) => other.peer === device.peer && other.serial !== current.serial);
    const valid = [...earlier, current].filter((other) => other.revoked === null);
    await this.#ledger.append(valid.map((other) => deviceFact(revoke(other, reason, text, now))));
    return accept(revoke(device, reason, text, now));
  }

  /** A device whose certificate was renewed: the new record claims the key, the old one runs out by itself. */
  async renewDevice(device: Device): Promise<void> {
    await this.#ledger.append([deviceFact(device)]);
  }

  async invite(invitation: Omit<Invitation, 'usedBy'>): Promise<void> {
    await this.#ledger.append([invitationFact({ ...invitation, usedBy: null })]);
  }

  /** An invitation that can be used now. Refuses with `enrolment.bad-code`, whatever is wrong with it. */
  invitation(codeHash: Uint8Array, now: number): Result<Invitation> {
    const invitation = this.#ledger.view('invitation', KEYS.invitation(codeHash));
    if (invitation === undefined || invitation.usedBy !== null || invitation.expires < now) {
      return refuse(
        'enrolment.bad-code',
        'the code is wrong, used or expired; ask your operator for a new one',
      );
    }
    return accept(invitation);
  }

  /** Uses an invitation up, with the device it enrolled, if it is one: in one batch, so never twice. */
  async enrol(invitation: Invitation, peer: string, device: Device | null): Promise<void> {
    const used = invitationFact({ ...invitation, usedBy: peer });
    await this.#ledger.append(device === null ? [used] : [used, deviceFact(device)]);
  }
}

function revoke(device: Device, reason: Revocation['reason'], text: string, now: number): Device {
  return { ...device, revoked: { at: now, reason, text } };
}
