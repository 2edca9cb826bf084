/** People of partners whose first messages wait, as members, officers and operators are told of them: who wrote, never what. */
import type { Person, Requesting } from '../../protocol/wire/index.ts';
import { MAX_REQUESTING } from '../../protocol/wire/index.ts';
import { isDeclined, type Decisions, type Ledger, type Request, type Requests } from '../ledger/index.ts';
import { rulesOf, type ContactDesk } from './contact-desk.ts';

/** Messages looked at for one list. */
const MAX_LOOKED_AT = 4_096;

export interface RequestListOptions {
  readonly ledger: Ledger;
  readonly decisions: Decisions;
  readonly requests: Requests;
  readonly contacts: Pick<ContactDesk, 'mayMemberAccept'>;
  /** Who signed with a device, as members are shown it. */
  readonly personOf: (device: Uint8Array) => Person | undefined;
  /** Whom somebody imitates: a domain or an address. */
  readonly imitated: (person: Pick<Person, 'address' | 'name' | 'domain'>) => Promise<string | null>;
}

/** Somebody who waits, and the members for whom. */
export interface Waiting extends Requesting {
  readonly members: readonly string[];
}

interface Gathered {
  readonly person: Person;
  readonly since: number;
  messages: number;
  readonly rules: Set<string>;
  readonly members: Set<string>;
}

export class RequestList {
  readonly #options: RequestListOptions;

  constructor(options: RequestListOptions) {
    this.#options = options;
  }

  /** Who waits for a member, those who wait longest first; those whom they declined do not. */
  async forMember(member: string): Promise<{ people: Requesting[]; more: boolean }> {
    const { requests, ledger } = this.#options;
    const rows = await requests.forMember(member, MAX_LOOKED_AT);
    const found = (await this.#gather(rows)).filter(
      ({ person }) => !isDeclined(ledger, person.address, [member]),
    );
    const people = found.slice(0, MAX_REQUESTING).map(({ members: _members, ...one }) => one);
    return { people, more: found.length > people.length || rows.length === MAX_LOOKED_AT };
  }

  /** Who waits for anybody. */
  async all(): Promise<{ people: Waiting[]; more: boolean }> {
    const rows = await this.#options.requests.all(MAX_LOOKED_AT);
    return { people: await this.#gather(rows), more: rows.length === MAX_LOOKED_AT };
  }

  async #gather(rows: readonly Request[]): Promise<Waiting[]> {
    const { decisions, contacts, personOf, imitated } = this.#options;
    const people = new Map<string, Gathered>();
    for (const { decision, message } of rows.toSorted((one, other) => one.decision - other.decision)) {
      const entry = decisions.at(decision);
      const isWaiting = entry?.review === null || entry?.review.outcome === 'escalated';
      // of what is kept back it is known who wrote it and for whom, also when it was disposed of
      const kept = isWaiting ? decisions.quarantined(message) : undefined;
      const person = kept && personOf(kept.device);
      if (entry === undefined || person === undefined) continue;
      const known = people.get(person.address);
      const one = known ?? { person, since: entry.time, messages: 0, rules: new Set(), members: new Set() };
      one.messages += 1;
      for (const rule of rulesOf(entry.decision)) one.rules.add(rule);
      for (const member of kept?.members ?? []) one.members.add(member);
      people.set(person.address, one);
    }
    return Promise.all(
      [...people.values()].map(async ({ person, since, messages, rules, members }) => ({
        ...{ person, since, messages, members: [...members] },
        imitates: await imitated(person),
        mayAccept: contacts.mayMemberAccept([...rules]),
      })),
    );
  }
}
