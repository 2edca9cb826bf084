/**
 * The people of the organisation, their devices, and the invitations by which devices and nodes are enrolled.
 * Guarantees: an invitation is used once; a removed member keeps no active device; every certificate of a suspended one
 * is on hold for as long as that lasts. Who did it and why is in each record.
 */
import type { Revocation } from '../../protocol/statement/index.ts';
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';
import { fact, put } from './fact.ts';
import type { Ledger } from './ledger.ts';
import { NOTHING_NEW, colleaguesOf, deviceNews, memberNews, newsFacts, type Told } from './news.ts';
import type { RecordOf } from './records.ts';
import { fromString } from 'uint8arrays/from-string';
import { toString } from 'uint8arrays/to-string';
import type { View } from './view.ts';

export type Member = RecordOf<'member'>;
export type Device = RecordOf<'device'>;
export type Invitation = RecordOf<'invitation'>;

/** Who does something to a member, why, and when (milliseconds). */
export interface Act {
  readonly actor: string;
  readonly reason: string;
  readonly at: number;
}

/** What of a member can be changed. */
export type MemberChange = Partial<Pick<Member, 'name' | 'roles' | 'hidden'>>;

/** Seconds a revocation counts: messages dated before it are refused as long as they could come late. */
const REVOCATION_KEPT = 100 * 86_400;

/** Milliseconds an invitation can be used. */
export const INVITATION_LIFE_MS = 24 * 60 * 60 * 1000;

export const memberView: View<'member'> = ({ said, bytes }, { keys }) => [
  put(keys.member(said.address), bytes),
];

export const deviceView: View<'device'> = ({ said: { serial, address, peer }, bytes }, { keys }) => [
  put(keys.device(serial), bytes),
  put(keys.memberDevice(address, serial), fromString(serial)),
  put(keys.peerDevice(peer), fromString(serial)),
];

export const invitationView: View<'invitation'> = ({ said, bytes }, { keys }) => [
  put(keys.invitation(said.codeHash), bytes),
];

export class Members {
  readonly #ledger: Ledger;
  /** Kept until a member changes: partners page through it. */
  #listed: Promise<readonly Member[]> | undefined;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
    ledger.watch((kinds) => {
      if (kinds.has('member')) this.#listed = undefined;
    });
  }

  /** A member, whatever the state. */
  find(address: string): Member | undefined {
    return this.#ledger.view('member', this.#ledger.keys.member(address));
  }

  /** An active member, or why there is none: `member.unknown`, `member.removed`, `member.suspended`. */
  active(address: string): Result<Member> {
    const member = this.#present(address);
    if (!member.ok || member.value.state === 'active') return member;
    const { reason } = member.value;
    return refuse('member.suspended', `${address} is suspended: ${reason}; ask your operator`);
  }

  /** A member who has not left: `member.unknown`, `member.removed`. */
  #present(address: string): Result<Member> {
    const member = this.find(address);
    if (member === undefined)
      return refuse('member.unknown', `${address} is not a member; see chancery member list`);
    return member.state === 'removed'
      ? refuse('member.removed', `${address} has left the organisation`)
      : accept(member);
  }

  /** All there are and were, in the order of their addresses. */
  list(): Promise<readonly Member[]> {
    this.#listed ??= this.#list().catch((error: unknown) => {
      this.#listed = undefined;
      throw error;
    });
    return this.#listed;
  }

  async #list(): Promise<Member[]> {
    const members = await this.#ledger.views('member', this.#ledger.keys.within('member'));
    return members.sort((a, b) => (a.address < b.address ? -1 : 1));
  }

  /** Those whom partners may see, in the order of their addresses, from after one. */
  async visible(after: string | null, limit: number): Promise<Member[]> {
    const shown = (await this.list()).filter(({ state, hidden }) => state === 'active' && !hidden);
    return shown.filter(({ address }) => after === null || address > after).slice(0, limit);
  }

  /** Adds a member, or brings one back. Refuses with `member.exists`. */
  async add(
    member: Pick<Member, 'address' | 'name' | 'roles'>,
    { at, actor, reason }: Act,
  ): Promise<Result<Member>> {
    if (this.#present(member.address).ok)
      return refuse('member.exists', `${member.address} is a member already`);
    const added: Member = {
      ...member,
      hidden: false,
      state: 'active',
      joined: at,
      since: at,
      reason,
      actor,
    };
    await this.#ledger.append([fact('member', added)]);
    return accept(added);
  }

  /** Ends a membership and revokes every device of it, in one batch. */
  async remove(address: string, act: Act): Promise<Result<{ member: Member; revoked: Device[] }>> {
    const found = this.#present(address);
    if (!found.ok) return found;
    const member = turned(found.value, 'removed', act);
    const active = (await this.devicesOf(address)).filter((device) => device.revoked === null);
    const revoked = active.map((device) => revoke(device, 'affiliation-changed', act.reason, act.at));
    await this.#ledger.append([fact('member', member), ...revoked.map((device) => fact('device', device))]);
    return accept({ member, revoked });
  }

  /**
   * Shuts a member out until restored: `revocations` then has every certificate of theirs on hold. Their devices stay
   * enrolled, so nothing has to be made anew. Refuses with `member.unknown`, `member.removed` or `member.suspended`.
   */
  async suspend(address: string, act: Act): Promise<Result<Member>> {
    const found = this.active(address);
    if (!found.ok) return found;
    const member = turned(found.value, 'suspended', act);
    await this.#ledger.append([fact('member', member)]);
    return accept(member);
  }

  /** Ends a suspension. Refuses with `request.invalid` where there is none. */
  async restore(address: string, act: Act): Promise<Result<Member>> {
    const found = this.#present(address);
    if (!found.ok) return found;
    if (found.value.state !== 'suspended')
      return refuse('request.invalid', `${address} is not suspended; see chancery member show ${address}`);
    const member = turned(found.value, 'active', act);
    await this.#ledger.append([fact('member', member)]);
    return accept(member);
  }

  /**
   * Changes what a member is called, may do, or shows of themselves, with the certificates made for their devices on
   * the strength of it, in one batch. Where a role is taken away, the certificates that name it are superseded at once.
   */
  async update(
    address: string,
    change: MemberChange,
    act: Act,
    certified: readonly Device[],
  ): Promise<Result<{ member: Member; superseded: Device[] }>> {
    const listed = await this.devicesOf(address);
    const audience = await colleaguesOf(this.#ledger, address);
    const found = this.#present(address);
    if (!found.ok) return found;
    const member: Member = { ...found.value, ...change, reason: act.reason, actor: act.actor };
    const taken = found.value.roles.some((role) => !member.roles.includes(role));
    // one may have been revoked while its new certificate was made
    const current = certified.filter(({ peer }) => this.deviceOfPeer(peer)?.revoked === null);
    const superseded = (taken ? listed : [])
      .filter(({ revoked }) => revoked === null)
      .map((device) => revoke(device, 'superseded', act.reason, act.at));
    // the new ones last: they are to stand for their keys
    const news = memberNews(found.value, member);
    const devices = [...superseded, ...current].map((device) => fact('device', device));
    await this.#ledger.append([fact('member', member), ...newsFacts({ news, audience }), ...devices]);
    return accept({ member, superseded });
  }

  /** Every certificate that partners are to refuse at `now` (seconds): revoked, or on hold with its member. */
  async revocations(now: number): Promise<Revocation[]> {
    const members = new Map((await this.list()).map((member) => [member.address, member] as const));
    return (await this.devices()).flatMap(({ serial, address, expires, revoked }): Revocation[] => {
      const member = members.get(address);
      if (revoked !== null) {
        const at = Math.floor(revoked.at / 1000);
        return at + REVOCATION_KEPT < now ? [] : [{ serial, at, reason: revoked.reason }];
      }
      if (member?.state !== 'suspended' || expires + REVOCATION_KEPT < now) return [];
      return [{ serial, at: Math.floor(member.since / 1000), reason: 'certificate-hold' }];
    });
  }

  device(serial: string): Device | undefined {
    return this.#ledger.view('device', this.#ledger.keys.device(serial));
  }

  /** The device whose key is this peer id. */
  deviceOfPeer(peer: string): Device | undefined {
    const serial = this.#ledger.get(this.#ledger.keys.peerDevice(peer));
    return serial === undefined ? undefined : this.device(toString(serial));
  }

  async devicesOf(address: string): Promise<Device[]> {
    const devices: Device[] = [];
    for await (const [, serial] of this.#ledger.iterate(this.#ledger.keys.within('memberDevice', address))) {
      const device = this.device(toString(serial));
      if (device !== undefined) devices.push(device);
    }
    return devices.sort(bySerial);
  }

  /** Every certificate ever given to a device. */
  async devices(): Promise<Device[]> {
    return (await this.#ledger.views('device', this.#ledger.keys.within('device'))).sort(bySerial);
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
    await this.#ledger.append(valid.map((other) => fact('device', revoke(other, reason, text, now))));
    return accept(revoke(device, reason, text, now));
  }

  /** A device whose certificate was renewed: the new record claims the key, the old one runs out by itself. */
  async renewDevice(device: Device): Promise<void> {
    await this.#ledger.append([fact('device', device)]);
  }

  async invite(invitation: Omit<Invitation, 'usedBy'>): Promise<void> {
    await this.#ledger.append([fact('invitation', { ...invitation, usedBy: null })]);
  }

  /** An invitation that can be used now. Refuses with `enrolment.bad-code`, whatever is wrong with it. */
  invitation(codeHash: Uint8Array, now: number): Result<Invitation> {
    const invitation = this.#ledger.view('invitation', this.#ledger.keys.invitation(codeHash));
    if (invitation === undefined || invitation.usedBy !== null || invitation.expires < now) {
      return refuse(
        'enrolment.bad-code',
        'the code is wrong, used or expired; ask your operator for a new one',
      );
    }
    return accept(invitation);
  }

  /** That a device is about to be a member's, and not the first: what is new, and who is to be told. */
  async arrival(member: Member, peer: string, fingerprint: string): Promise<Told> {
    const others = (await this.devicesOf(member.address)).some((device) => device.peer !== peer);
    if (!others || this.deviceOfPeer(peer) !== undefined) return NOTHING_NEW;
    const audience = await colleaguesOf(this.#ledger, member.address);
    return { news: [deviceNews(member, fingerprint)], audience };
  }

  /** Uses an invitation up, with the device it enrolled, if it is one: in one batch, so never twice. */
  async enrol(
    invitation: Invitation,
    peer: string,
    device: Device | null,
    told: Told = NOTHING_NEW,
  ): Promise<void> {
    const used = fact('invitation', { ...invitation, usedBy: peer });
    const enrolled = device === null ? [] : [fact('device', device), ...newsFacts(told)];
    await this.#ledger.append([used, ...enrolled]);
  }
}

function bySerial(a: Device, b: Device): number {
  return a.serial < b.serial ? -1 : 1;
}

function turned(member: Member, state: Member['state'], { at, actor, reason }: Act): Member {
  return { ...member, state, since: at, actor, reason };
}

function revoke(device: Device, reason: Revocation['reason'], text: string, now: number): Device {
  return { ...device, revoked: { at: now, reason, text } };
}
