/** What officers' devices ask about the queue, answered. Who acts is the member whose device it is, whatever the request says. */
import type { DeviceAnswer, DeviceRequest, ReviewItem } from '../../protocol/wire/index.ts';
import { assertOfficer } from '../custody/index.ts';
import type { Device, Members, Messages, Queued, ReviewQueue } from '../ledger/index.ts';
import { outcomesFor } from './outcomes.ts';
import type { Parties } from './parties.ts';
import { LISTED, shownItem, WHOLE } from './present.ts';
import type { ReviewDesk } from './review-desk.ts';

/** A request about the queue. */
export type ReviewRequest = Extract<DeviceRequest, { type: `review-${string}` }>;

export interface OfficerDeskOptions {
  readonly members: Members;
  readonly messages: Messages;
  readonly queue: ReviewQueue;
  readonly parties: Parties;
  readonly reviews: ReviewDesk;
}

export class OfficerDesk {
  readonly #options: OfficerDeskOptions;

  constructor(options: OfficerDeskOptions) {
    this.#options = options;
  }

  /** Throws `officer.required`, and what `ReviewDesk` does: the code that the request is refused with. */
  async answer(request: ReviewRequest, device: Pick<Device, 'address' | 'peer'>): Promise<DeviceAnswer> {
    const { members, queue, reviews } = this.#options;
    const { address, peer } = device;
    const { id } = request;
    assertOfficer(members, address);
    switch (request.type) {
      case 'review-list': {
        const { all, from, limit } = request;
        const found = await (all ? queue.all(from, limit) : queue.open(from, limit));
        const items = await Promise.all(found.map((item) => this.#shown(item, address, LISTED)));
        const next = found.length < limit ? null : (found.at(-1)?.sequence ?? null);
        return { type: 'review-listed', id, items, next, ...(await queue.waiting()) };
      }
      case 'review-show':
        return { type: 'review-shown', id, item: await this.#shown(reviews.at(request.entry), address) };
      case 'review-decide': {
        const { released, rejected, item } = await reviews.decide(request, { address, device: peer });
        return { type: 'review-decided', id, released, rejected, item: await this.#shown(item, address) };
      }
    }
  }

  async #shown(item: Queued, address: string, extent = WHOLE): Promise<ReviewItem> {
    const { messages, parties } = this.#options;
    const may = (await parties.may(address, item)) ? outcomesFor(item) : [];
    return { ...shownItem(item, messages, extent), may };
  }
}
