/** A member's own devices: seen, and revoked, by the member from any of them. */
import { refuse, type Result } from '../../protocol/errors/index.ts';
import type { OwnDevice } from '../../protocol/wire/index.ts';
import type { Device, DeviceReports, Members } from '../ledger/index.ts';
import type { Revocations } from './revocations.ts';

/** Devices shown: those in force, and of the others the newest. */
const MAX_SHOWN = 100;

export interface OwnDevicesOptions {
  readonly members: Members;
  readonly reports: DeviceReports;
  readonly revocations: Revocations;
  readonly clock: () => number;
}

export class OwnDevices {
  readonly #options: OwnDevicesOptions;

  constructor(options: OwnDevicesOptions) {
    this.#options = options;
  }

  /** The devices of whoever asks, the newest first. */
  async list(asking: Device): Promise<OwnDevice[]> {
    const { members, reports, clock } = this.#options;
    const devices = (await members.devicesOf(asking.address)).filter((device) => members.isCurrent(device));
    const shown = devices
      .sort((a, b) => Number(a.revoked !== null) - Number(b.revoked !== null) || b.enrolled - a.enrolled)
      .slice(0, MAX_SHOWN);
    return shown.map((device) => ({
      serial: device.serial,
      label: device.label,
      enrolled: device.enrolled,
      expires: device.expires * 1000,
      state: device.revoked !== null ? 'revoked' : device.expires * 1000 < clock() ? 'expired' : 'active',
      current: device.peer === asking.peer,
      seen: reports.seen(device.peer),
      wiped: reports.wiped(device.peer),
    }));
  }

  /** Revokes one of the devices of whoever asks. Refuses with `device.unknown` or `device.revoked`. */
  async revoke(asking: Device, serial: string, reason: string): Promise<Result<unknown>> {
    const { members, revocations } = this.#options;
    // another member's device is as unknown as one that is not there
    if (members.device(serial)?.address !== asking.address)
      return refuse('device.unknown', `you have no device ${serial}; see chancery-chat devices`);
    return revocations.revoke(serial, reason, asking.address);
  }
}
