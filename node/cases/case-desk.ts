/** What officers' devices ask about cases, answered. Who acts is the member whose device it is, whatever the request says. */
import { joinSalted } from '../../protocol/archive/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { CaseInfo, DeviceAnswer, DeviceRequest, OpenEntry } from '../../protocol/wire/index.ts';
import type { Case, Cases, Device, Ledger } from '../ledger/index.ts';
import type { Actor, CaseWork } from './case-work.ts';

/** A request about cases. */
export type CaseRequest = Extract<DeviceRequest, { type: `case-${string}` }>;

/** Bytes of events in one answer: leaves room in a frame. */
const MAX_EVENT_BYTES = 524_288;

export interface CaseDeskOptions {
  readonly ledger: Ledger;
  readonly cases: Cases;
  readonly work: CaseWork;
}

export class CaseDesk {
  readonly #options: CaseDeskOptions;

  constructor(options: CaseDeskOptions) {
    this.#options = options;
  }

  /** Throws what `CaseWork` does: the code that the request is refused with. */
  async answer(request: CaseRequest, device: Pick<Device, 'address' | 'peer'>): Promise<DeviceAnswer> {
    const { work } = this.#options;
    const by: Actor = { address: device.address, device: device.peer };
    const { id } = request;
    switch (request.type) {
      case 'case-list': {
        const { cases, next } = await work.list(by, request);
        return { type: 'case-listed', id, cases: cases.map(infoOf), next };
      }
      case 'case-show':
        return shown(id, work.read(by, request.name, request.opened));
      case 'case-events': {
        const { sequence } = work.read(by, request.name, request.opened);
        return { type: 'case-events', id, ...(await this.#events(sequence, request.after, request.limit)) };
      }
      case 'case-tag': {
        const { name, tag, entries, off } = request;
        return shown(id, await (off ? work.untag(by, name, tag, entries) : work.tag(by, name, tag, entries)));
      }
      case 'case-note':
        return shown(id, await work.note(by, request.name, request.text, request.about));
    }
  }

  async #events(
    opened: number,
    from: number | null,
    limit: number,
  ): Promise<{ events: OpenEntry[]; after: number | null }> {
    const found = await this.#options.cases.events('timeline', opened, from, limit);
    const events: OpenEntry[] = [];
    let bytes = 0;
    for (const { sequence } of found) {
      const event = this.#entry(sequence);
      bytes += event.salted.length;
      if (bytes > MAX_EVENT_BYTES && events.length > 0) break;
      events.push(event);
    }
    const isAll = events.length === found.length && found.length < limit;
    return { events, after: isAll ? null : (events.at(-1)?.sequence ?? null) };
  }

  #entry(sequence: number): OpenEntry {
    const { log } = this.#options.ledger;
    const [entry, salt, content] = [log.entryBytes(sequence), log.salt(sequence), log.content(sequence)];
    if (entry === undefined || salt === undefined || content === undefined)
      throw new ChanceryError('archive.damaged', `entry ${sequence} is missing; run chancery archive verify`);
    return { sequence, entry, salted: joinSalted({ salt, content }) };
  }
}

function shown(id: number, found: Case): DeviceAnswer {
  return { type: 'case-shown', id, case: infoOf(found) };
}

function infoOf({ reviewers, tags, ...found }: Case): CaseInfo {
  return { ...found, reviewers: [...reviewers], tags: tags.map((one) => ({ ...one })) };
}
