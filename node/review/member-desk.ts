/** What members' devices ask about people who write for the first time, and what they report. Who acts is the device's member. */
import type { DeviceAnswer, DeviceRequest } from '../../protocol/wire/index.ts';
import type { Device } from '../ledger/index.ts';
import type { ReportDesk } from '../reports/index.ts';
import type { ContactDesk } from './contact-desk.ts';
import type { RequestList } from './request-list.ts';

export type MemberRequest = Extract<
  DeviceRequest,
  { type: 'message-requests' | 'accept-person' | 'decline-person' | 'report-message' }
>;

export interface MemberDeskOptions {
  readonly contacts: ContactDesk;
  readonly list: RequestList;
  readonly reporting: ReportDesk;
}

export class MemberDesk {
  readonly #options: MemberDeskOptions;

  constructor(options: MemberDeskOptions) {
    this.#options = options;
  }

  /** Throws what `ContactDesk` and `ReportDesk` do: the code that the request is refused with. */
  async answer(request: MemberRequest, device: Pick<Device, 'address' | 'peer'>): Promise<DeviceAnswer> {
    const { contacts, list, reporting } = this.#options;
    const { address } = device;
    const { id } = request;
    switch (request.type) {
      case 'message-requests':
        return { type: 'message-requests', id, ...(await list.forMember(address)) };
      case 'accept-person':
        return {
          type: 'person-accepted',
          id,
          released: await contacts.acceptAs(address, request.address),
        };
      case 'decline-person':
        return {
          type: 'person-declined',
          id,
          rejected: await contacts.declineAs(address, request.address),
        };
      case 'report-message': {
        const { report, told } = await reporting.report(device, request.message, request.reason);
        return { type: 'message-reported', id, report, told };
      }
    }
  }
}
