/** Makes our rosters, one at a time, since their numbers rise by one. */
import { isDeepStrictEqual } from 'node:util';
import { equals } from 'uint8arrays/equals';
import type { RosterNode } from '../../protocol/statement/index.ts';
import type { Authority, Standing } from '../identity/index.ts';
import type { Members, Partners } from '../ledger/index.ts';
import { platform } from './platform.ts';

/** Share of a roster's or a certificate's life after which the next is made. */
export const RENEW_AT = 0.5;

export interface RosterKeeperOptions {
  readonly domain: string;
  readonly authority: Authority;
  readonly standing: Standing;
  readonly members: Members;
  readonly partners: Partners;
  /** Told of each new roster. */
  readonly onRoster: () => void;
}

export class RosterKeeper {
  readonly #options: RosterKeeperOptions;
  #nodes: readonly RosterNode[];
  #last: Promise<unknown> = Promise.resolve();

  /** Goes on from the nodes of the last roster. */
  constructor(options: RosterKeeperOptions) {
    this.#options = options;
    const { authority, partners, domain } = options;
    this.#nodes = authority.load(partners.roster(domain))?.nodes ?? [];
  }

  /** Signs and records the next roster, where a node is another than it was with that. Returns its number. */
  renew(changed?: RosterNode): Promise<number> {
    return this.#inTurn(async () => {
      this.#take(changed);
      return this.#next();
    });
  }

  /** Takes a node off, and makes the roster that says so. Returns its number. */
  remove(peer: string): Promise<number> {
    return this.#inTurn(async () => {
      this.#nodes = this.#nodes.filter((node) => node.peer !== peer);
      return this.#next();
    });
  }

  /**
   * The same where the last roster would say anything else now, or half of its life is over. A node that was set back and
   * signs the same number anew contradicts itself, and is refused by those who could tell it so.
   */
  ensure(own: RosterNode): Promise<number> {
    return this.#inTurn(async () => {
      this.#take(own);
      return (await this.#stillSays()) ? this.#options.authority.roster.number : this.#next();
    });
  }

  #take(changed: RosterNode | undefined): void {
    if (changed === undefined) return;
    const known = this.#nodes.some(({ peer }) => peer === changed.peer);
    this.#nodes = known
      ? this.#nodes.map((node) => (node.peer === changed.peer ? changed : node))
      : [...this.#nodes, changed];
  }

  async #next(): Promise<number> {
    const { authority, onRoster } = this.#options;
    const roster = await authority.renewRoster(this.#nodes, await this.#revocations());
    onRoster();
    return roster.number;
  }

  async #stillSays(): Promise<boolean> {
    const { domain, authority, standing, partners } = this.#options;
    const record = partners.roster(domain);
    if (record === undefined || record.number <= authority.rosterFloor) return false;
    const { issued, nextUpdate, nodes, revoked } = authority.roster;
    const chain = [standing.statement, standing.issuer, standing.root];
    return (
      platform.clock() / 1000 < issued + (nextUpdate - issued) * RENEW_AT &&
      chain.every(({ der }, at) => equals(der, record.chain[at] ?? new Uint8Array(0))) &&
      isDeepStrictEqual(nodes, this.#nodes) &&
      isDeepStrictEqual(revoked, [...standing.revoked, ...(await this.#revocations())])
    );
  }

  #revocations(): ReturnType<Members['revocations']> {
    return this.#options.members.revocations(Math.floor(platform.clock() / 1000));
  }

  #inTurn<T>(make: () => Promise<T>): Promise<T> {
    const next = this.#last.then(make);
    this.#last = next.catch(() => undefined);
    return next;
  }
}
