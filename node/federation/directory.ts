/**
 * What a partner is shown of our people. Guarantees: only what the agreement that we signed with that very partner
 * allows, looked up for each page; nobody who is suspended, has left or is hidden.
 */
import { valueOf } from '../../protocol/errors/index.ts';
import { readAgreement, type DirectoryShare } from '../../protocol/statement/index.ts';
import type { DirectoryFrame, DirectoryPage } from '../../protocol/wire/index.ts';
import type { Members, Partners } from '../ledger/index.ts';

export class Directory {
  readonly #members: Members;
  readonly #partners: Partners;

  constructor(members: Members, partners: Partners) {
    this.#members = members;
    this.#partners = partners;
  }

  async page(partner: string, { after, limit }: DirectoryFrame): Promise<DirectoryPage> {
    const shared = this.#sharedWith(partner);
    if (shared === 'none') return { type: 'directory', shared, people: [], after: null };
    const found = await this.#members.visible(after, limit);
    const people = found.map(({ address, name, roles }) => ({
      address,
      name,
      roles: shared === 'roles' ? roles : [],
    }));
    const last = people.at(-1)?.address ?? null;
    return { type: 'directory', shared, people, after: people.length === limit ? last : null };
  }

  #sharedWith(partner: string): DirectoryShare {
    const agreement = this.#partners.agreement(partner);
    return agreement === undefined ? 'none' : valueOf(readAgreement(agreement.statement)).terms.directory;
  }
}
