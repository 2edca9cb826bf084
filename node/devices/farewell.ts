/**
 * What a device that was revoked may still say, as the stranger it has become: it asks for its standing, is given the
 * organisation's signed word, and reports that it is wiped. Who speaks is the key that Noise has proven.
 */
import { signRevocationNotice } from '../../protocol/device/index.ts';
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';
import type { StandingAnswer, StrangerRequest, WipedAnswer } from '../../protocol/wire/index.ts';
import type { Authority } from '../identity/index.ts';
import type { DeviceReports, Members } from '../ledger/index.ts';

export interface FarewellOptions {
  readonly domain: string;
  readonly members: Members;
  readonly reports: DeviceReports;
  readonly authority: Authority;
  readonly clock: () => number;
}

export class Farewell {
  readonly #options: FarewellOptions;

  constructor(options: FarewellOptions) {
    this.#options = options;
  }

  /** Answers the device whose key this peer id is. Refuses a report of one that was not revoked with `device.unknown`. */
  async answer(
    request: Exclude<StrangerRequest, { type: 'enrol' }>,
    peerId: string,
  ): Promise<Result<StandingAnswer | WipedAnswer>> {
    const { domain, members, reports, authority, clock } = this.#options;
    const device = members.deviceOfPeer(peerId);
    const revoked = device?.revoked ?? null;
    if (request.type === 'standing') {
      const notice =
        revoked === null
          ? null
          : await signRevocationNotice(
              { domain, device: peerId, revoked: revoked.at },
              authority.statementSigner,
            );
      return accept({ type: 'standing', notice });
    }
    if (device === undefined || revoked === null) {
      return refuse('device.unknown', 'no device with this key was revoked, so none is to be wiped');
    }
    reports.sighted(peerId, clock());
    await reports.noteWiped(peerId, device.address, clock());
    return accept({ type: 'noted' });
  }
}
