/**
 * The one way a device is revoked, by an operator or by its own member: the act is in the log before it takes effect,
 * the roster is renewed, partners are told by it, and the device is shown out.
 */
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';
import type { Device, Ledger, Members } from '../ledger/index.ts';

export interface RevocationOptions {
  readonly ledger: Ledger;
  readonly members: Members;
  readonly renewRoster: () => Promise<number>;
  /** Tells the device so, and drops its connections. */
  readonly drop: (peerId: string) => Promise<void>;
  readonly clock: () => number;
}

export class Revocations {
  readonly #options: RevocationOptions;

  constructor(options: RevocationOptions) {
    this.#options = options;
  }

  /** @param actor who revokes it, for the log. Refuses with `device.unknown` or `device.revoked`. */
  async revoke(
    serial: string,
    reason: string,
    actor: string,
  ): Promise<Result<{ readonly device: Device; readonly rosterNumber: number }>> {
    const { ledger, members, renewRoster, drop, clock } = this.#options;
    const device = members.device(serial);
    if (device === undefined)
      return refuse('device.unknown', `no device ${serial}; see which there are with device list`);
    if (device.revoked !== null) return refuse('device.revoked', `device ${serial} was revoked already`);
    await ledger.administer(actor, 'device.revoke', `${serial} of ${device.address} ${reason}`.trim());
    const revoked = await members.revokeDevice(serial, 'key-compromise', reason, clock());
    if (!revoked.ok) return revoked;
    const rosterNumber = await renewRoster();
    await drop(device.peer);
    return accept({ device: revoked.value, rosterNumber });
  }
}
