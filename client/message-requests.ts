/** People of partners who write to this member for the first time, and what this member reports: as the organisation has it. */
import { canonicalAddress } from './address-list.ts';
import { idBytes } from './conversation-book.ts';
import type { Requesting } from '../protocol/wire/index.ts';
import type { Requests } from './session/index.ts';

/** What a report is: its entry in the archive, and the partner organisation that is told; null where none is. */
export interface ReportMade {
  readonly report: number;
  readonly told: string | null;
}

export class MessageRequests {
  readonly #requests: () => Requests;

  /** @param requests throws why there is no connection */
  constructor(requests: () => Requests) {
    this.#requests = requests;
  }

  /** Those who wait, the longest first, and whether there are more. Throws `node.unreachable`. */
  async list(): Promise<{ readonly people: readonly Requesting[]; readonly more: boolean }> {
    const { people, more } = await this.#requests().ask('message-requests', {});
    return { people, more };
  }

  /** Accepts one of them: what they wrote comes now. Returns how many messages. Throws `name.*`, `contact.*`, `node.unreachable`. */
  async accept(address: string): Promise<number> {
    return (await this.#requests().ask('accept-person', { address: canonicalAddress(address) })).released;
  }

  /** Declines somebody: nothing of them comes until they are accepted. Returns how many messages were turned down. Throws like `accept`. */
  async decline(address: string): Promise<number> {
    return (await this.#requests().ask('decline-person', { address: canonicalAddress(address) })).rejected;
  }

  /**
   * Reports a message as phishing, by its id: it is hidden from everybody of the organisation, and what goes with it is held,
   * until an officer has decided. Throws `message.unknown-target`, `report.*`, `request.invalid`, `node.unreachable`.
   */
  async report(message: string, reason = ''): Promise<ReportMade> {
    const { report, told } = await this.#requests().ask('report-message', {
      message: idBytes(message),
      reason,
    });
    return { report, told };
  }
}
