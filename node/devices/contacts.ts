/**
 * Whom a member may write to: colleagues, the people that partners show, and those of partners who wrote to us and do not
 * wait to be let in. Each once, in the order of their addresses, a page at a time.
 */
import type { DeviceAnswer, DeviceRequest, Person } from '../../protocol/wire/index.ts';
import { MAX_PAGE } from '../../protocol/wire/index.ts';
import type { PartnerDirectories } from '../federation/index.ts';
import type { Members, Messages, OrganisationRecord, Partners, Signers } from '../ledger/index.ts';
import type { Feed } from './feed.ts';

/** People of partners who wrote to us, as contacts. */
const MAX_SEEN = 1_000;

type Request = Pick<Extract<DeviceRequest, { type: 'contacts' }>, 'search' | 'after' | 'limit'>;
type Answer = Omit<Extract<DeviceAnswer, { type: 'contacts' }>, 'type' | 'id'>;

export interface ContactsOptions {
  readonly domain: string;
  readonly members: Members;
  readonly messages: Messages;
  readonly partners: Partners;
  readonly signers: Signers;
  readonly directories: Pick<PartnerDirectories, 'of' | 'refresh'>;
  readonly feed: Feed;
}

export class Contacts {
  readonly #options: ContactsOptions;

  constructor(options: ContactsOptions) {
    this.#options = options;
  }

  /** People whose address or name has the word in it, from after an address; the partners with the first page. */
  async page({ search = '', after = null, limit = MAX_PAGE }: Request): Promise<Answer> {
    const agreements = await this.#options.partners.agreements();
    const domains = agreements.map(({ domain }) => domain);
    if (after === null) await this.#options.directories.refresh(domains);
    const wanted = search.toLowerCase();
    const found = [...(await this.#people(domains)).values()]
      .filter(({ address, name }) => `${address}\n${name}`.toLowerCase().includes(wanted))
      .filter(({ address }) => after === null || address > after)
      .sort((a, b) => (a.address < b.address ? -1 : 1));
    const people = found.slice(0, limit);
    return {
      people,
      partners: after === null ? agreements.map(({ domain, since }) => this.#partner(domain, since)) : [],
      after: found.length > limit ? (people.at(-1)?.address ?? null) : null,
    };
  }

  /** What a certificate said of a person counts more than what their directory says. */
  async #people(partners: readonly string[]): Promise<Map<string, Person>> {
    const { domain, members, messages, signers, feed } = this.#options;
    const people = new Map<string, Person>();
    for (const partner of partners)
      for (const person of this.#shown(partner)) people.set(person.address, person);
    for (const device of await messages.people(MAX_SEEN)) {
      const signer = signers.find(device);
      if (signer !== undefined) people.set(signer.address, feed.person(signer));
    }
    for (const { address, name, roles, state, joined } of await members.list()) {
      if (state === 'active')
        people.set(address, { address, name, roles, domain, level: 'own', since: joined });
    }
    return people;
  }

  #shown(domain: string): Person[] {
    const { level, since } = this.#standingOf(domain);
    return (this.#options.directories.of(domain)?.people ?? []).map((person) => ({
      ...person,
      domain,
      level,
      since,
    }));
  }

  #partner(domain: string, agreed: number): Answer['partners'][number] {
    const { level, since } = this.#standingOf(domain);
    const directory = this.#options.directories.of(domain);
    return {
      domain,
      level,
      since: since === 0 ? agreed : since,
      directory: directory === undefined ? null : { shared: directory.shared, at: directory.at },
    };
  }

  #standingOf(domain: string): { level: OrganisationRecord['level'] | 'none'; since: number } {
    const { level, since } = this.#options.partners.organisation(domain) ?? {};
    return { level: level ?? 'none', since: since ?? 0 };
  }
}
