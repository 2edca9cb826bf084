/** Whether a device may ask as things stand now: a revocation counts from the next request on, not from the next session. */
import { refuse, type Result } from '../../protocol/errors/index.ts';
import type { DeviceRequest } from '../../protocol/wire/index.ts';
import type { Authority } from '../identity/index.ts';
import type { Device, Member, Members } from '../ledger/index.ts';
import type { Peer } from '../network/index.ts';

export interface DeviceStandingOptions {
  readonly members: Members;
  readonly authority: Authority;
}

export class DeviceStanding {
  readonly #options: DeviceStandingOptions;

  constructor(options: DeviceStandingOptions) {
    this.#options = options;
  }

  /** Refuses with `device.*`, `member.*` or `certificate.superseded`. */
  of(peer: Peer, request: DeviceRequest['type']): Result<Device> {
    const standing = this.ofKey(peer.id);
    if (!standing.ok || request === 'renew' || request === 'begin') return standing;
    const member = this.#options.members.find(standing.value.address);
    return member !== undefined && this.#isOutdated(peer, request, member)
      ? refuse('certificate.superseded', 'the certificate shown was replaced; fetch the new one')
      : standing;
  }

  /** The device with a key, in good standing. */
  ofKey(peerId: string): Result<Device> {
    const device = this.#options.members.deviceOfPeer(peerId);
    if (device === undefined) return refuse('device.unknown', 'this device is not enrolled; enrol it again');
    if (device.revoked !== null)
      return refuse('device.revoked', 'this device was revoked; ask your operator');
    const member = this.#options.members.active(device.address);
    return member.ok ? { ok: true, value: device } : member;
  }

  /**
   * Whether the certificate that the session showed says what is no longer so: one that was superseded serves for
   * nothing; one with an earlier name or fewer roles still hands in what was signed under it.
   */
  #isOutdated(peer: Peer, request: DeviceRequest['type'], { name, roles }: Member): boolean {
    const { serial, subject } = peer.identity.leaf;
    if (this.#options.members.device(serial)?.revoked?.reason === 'superseded') return true;
    if (!this.#options.authority.stands(peer.identity.bundle.chain)) return true;
    if (request !== 'read' || subject.kind !== 'device') return false;
    return subject.name !== name || subject.roles.join() !== roles.join();
  }
}
