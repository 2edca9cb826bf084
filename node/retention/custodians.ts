/**
 * Custodians of legal holds: our members whom a hold names as a person. Guarantees: they are told of a hold only where it was
 * placed with words for them, and only while it is in force; a member is told of no hold that does not name them; that one
 * acknowledged is recorded once, on whichever of their devices.
 */
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';
import { MAX_HOLD_NOTICES, type HoldNotice } from '../../protocol/wire/index.ts';
import type { Device, HoldNotices, Holds, Members, PlacedHold } from '../ledger/index.ts';

export interface CustodiansOptions {
  readonly members: Pick<Members, 'find'>;
  readonly holds: Holds;
  readonly notices: HoldNotices;
}

/** Somebody who is told of a hold, and the entry in which they acknowledged it; null while they have not. */
export interface Custodian {
  readonly person: string;
  readonly acknowledged: number | null;
}

export class Custodians {
  readonly #options: CustodiansOptions;
  /** One after another: of two devices at once the second is answered when that of the first is durable. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: CustodiansOptions) {
    this.#options = options;
  }

  /** What a member is to be told of, oldest first: what they have not acknowledged, no more than fits one answer. */
  pending(person: string): HoldNotice[] {
    const { holds, notices } = this.#options;
    const pending: HoldNotice[] = [];
    for (const { sequence: hold, matter, scope } of holds.active) {
      if (!scope.people.includes(person) || notices.acknowledged(hold, person) !== undefined) continue;
      const text = holds.notice(hold);
      if (text !== undefined) pending.push({ hold, matter, text });
      if (pending.length === MAX_HOLD_NOTICES) break;
    }
    return pending;
  }

  /**
   * Records that a device's owner acknowledged a hold, by its entry; again is harmless. Refuses with `hold.unknown`, whatever
   * that entry is, where they are told of no such hold or it was released.
   */
  acknowledge(device: Pick<Device, 'address' | 'peer'>, hold: number): Promise<Result<undefined>> {
    const done = this.#last.then(() => this.#acknowledge(device, hold));
    this.#last = done.catch(() => undefined);
    return done;
  }

  /** Who is told of a hold, in the order in which it names them; nobody where it has no words for them. */
  of({ sequence, scope, notice }: PlacedHold): Custodian[] {
    const { members, notices } = this.#options;
    if (notice === undefined) return [];
    return [...new Set(scope.people)]
      .filter((person) => members.find(person) !== undefined)
      .map((person) => ({ person, acknowledged: notices.acknowledged(sequence, person) ?? null }));
  }

  async #acknowledge(
    { address, peer }: Pick<Device, 'address' | 'peer'>,
    hold: number,
  ): Promise<Result<undefined>> {
    const { holds, notices } = this.#options;
    const isTold = holds.active.some(
      ({ sequence, scope }) => sequence === hold && scope.people.includes(address),
    );
    if (!isTold || holds.notice(hold) === undefined)
      return refuse('hold.unknown', `there is no hold ${hold} in force that you are told of`);
    if (notices.acknowledged(hold, address) === undefined) await notices.acknowledge(hold, address, peer);
    return accept(undefined);
  }
}
