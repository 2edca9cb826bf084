/**
 * Who of partners may write to us: accepted or declined by those they write to, or by the organisation, as policy says.
 * Guarantees: each is an entry before it takes effect; whoever is accepted, what waited for nothing but that comes, in the
 * order it was written; whoever is declined, what waited is turned down, and comes if they are accepted after all.
 */
import { domainOf } from '../../protocol/conversation/index.ts';
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import { parseAddress } from '../../protocol/names/index.ts';
import { assertOfficer } from '../custody/index.ts';
import {
  fact,
  isDeclined,
  type Decisions,
  type Fact,
  type Ledger,
  type Members,
  type Messages,
  type RecordOf,
  type Request,
  type Requests,
  type Turn,
} from '../ledger/index.ts';
import type { PolicyKeeper } from '../policy/index.ts';
import { undeliverable } from './deliverable.ts';

/** Messages that are let go or turned down in one batch. */
const MAX_AT_ONCE = 1_024;

export interface ContactDeskOptions {
  readonly domain: string;
  readonly ledger: Ledger;
  readonly members: Members;
  readonly messages: Messages;
  readonly decisions: Decisions;
  readonly requests: Requests;
  readonly policies: Pick<PolicyKeeper, 'current'>;
  readonly turn: Turn;
}

/** Who is meant, and for which of our members: null for everybody. */
export interface Meant {
  readonly person: string;
  readonly member: string | null;
}

export class ContactDesk {
  readonly #options: ContactDeskOptions;

  constructor(options: ContactDeskOptions) {
    this.#options = options;
  }

  /**
   * A member accepts somebody who waits for them, or whom they declined. Returns how many messages came with it. Throws
   * `name.bad-address`, `request.invalid`, `contact.unknown` or `contact.organisation`.
   */
  acceptAs(member: string, who: string): Promise<number> {
    const person = this.#stranger(who);
    return this.#options.turn.take(async () => {
      const { ledger } = this.#options;
      if (isDeclined(ledger, person, []))
        throw new ChanceryError(
          'contact.organisation',
          `your organisation declined ${person}; ask a compliance officer`,
        );
      const rules = await this.#holding(person, member);
      if (rules === null && !isDeclined(ledger, person, [member]))
        throw new ChanceryError(
          'contact.unknown',
          `nothing of ${person} waits for you; see chancery-chat requests`,
        );
      if (!this.mayMemberAccept(rules))
        throw new ChanceryError(
          'contact.organisation',
          `your organisation decides whether ${person} may write; ask a compliance officer`,
        );
      return this.#accept({ person, member }, member, '');
    });
  }

  /** A member declines somebody. Returns how many messages were turned down. Throws `name.bad-address`, `request.invalid`. */
  declineAs(member: string, who: string): Promise<number> {
    const person = this.#stranger(who);
    return this.#options.turn.take(() => this.#decline({ person, member }, member, ''));
  }

  /**
   * An officer, or the operator, accepts somebody for one member or for everybody. Throws `name.bad-address`,
   * `request.invalid`, `member.unknown`, `officer.required`, or `contact.organisation` for one member where they were declined
   * for everybody.
   */
  accept(meant: Meant, actor: string, reason: string): Promise<number> {
    const checked = this.#checked(meant, actor);
    const { person, member } = checked;
    return this.#options.turn.take(() => {
      if (member === null || !isDeclined(this.#options.ledger, person, []))
        return this.#accept(checked, actor, reason);
      throw new ChanceryError(
        'contact.organisation',
        `${person} was declined for everybody, and so comes to nobody; accept them for everybody`,
      );
    });
  }

  /** The same the other way. */
  decline(meant: Meant, actor: string, reason: string): Promise<number> {
    const checked = this.#checked(meant, actor);
    return this.#options.turn.take(() => this.#decline(checked, actor, reason));
  }

  /**
   * Whether those it was written to may accept, by the rules of the policy in force that hold it; where nothing is held, or a
   * rule that held it is gone since, by all rules about first contact.
   */
  mayMemberAccept(rules: readonly string[] | null): boolean {
    const inForce = this.#options.policies.current?.document.rules ?? [];
    const known = rules?.every((rule) => inForce.some(({ id }) => id === rule)) === true ? rules : null;
    return !inForce.some(
      ({ id, on, when, accept }) =>
        accept === 'organisation' && (known?.includes(id) ?? (on && when.firstContact === true)),
    );
  }

  /** The rules that hold what of a person waits for a member, or was turned down with them; null where there is nothing. */
  async #holding(person: string, member: string): Promise<readonly string[] | null> {
    const { requests, decisions } = this.#options;
    const rules = new Set<string>();
    let isAny = false;
    let page: readonly Request[];
    let after: number | null = null;
    do {
      page = await requests.of(person, after, MAX_AT_ONCE);
      for (const request of page) {
        if (!this.#isFor(request, member)) continue;
        isAny = true;
        for (const rule of rulesOf(decisions.at(request.decision)?.decision)) rules.add(rule);
      }
      after = page.at(-1)?.decision ?? null;
    } while (page.length === MAX_AT_ONCE);
    return isAny ? [...rules] : null;
  }

  async #accept({ person, member }: Meant, actor: string, reason: string): Promise<number> {
    const contact = fact('contact', { person, member, accepted: true, actor, reason });
    return this.#settle(person, contact, (request) => {
      const { decisions, ledger, messages } = this.#options;
      const entry = decisions.at(request.decision);
      if (entry === undefined || !this.#isFor(request, member)) return undefined;
      if (undeliverable(ledger, messages, request.message) !== undefined) return undefined;
      const { review } = entry;
      const isWaiting = review === null || review.outcome === 'escalated' || review.declined === true;
      return isWaiting ? { ...reviewOf(request), outcome: 'release', actor, reason } : undefined;
    });
  }

  async #decline({ person, member }: Meant, actor: string, reason: string): Promise<number> {
    const contact = fact('contact', { person, member, accepted: false, actor, reason });
    return this.#settle(person, contact, (request) => {
      const { decisions, ledger } = this.#options;
      const entry = decisions.at(request.decision);
      if (entry === undefined || (entry.review !== null && entry.review.outcome !== 'escalated'))
        return undefined;
      const others = (decisions.quarantined(request.message)?.members ?? []).filter((one) => one !== member);
      const isForOthers = member !== null && others.length > 0 && !isDeclined(ledger, person, others);
      if (isForOthers || !this.#isFor(request, member)) return undefined;
      return { ...reviewOf(request), outcome: 'reject', actor, reason, declined: true };
    });
  }

  /** Records who was accepted or declined, and what follows for all that waits, also for what came while that was recorded. */
  async #settle(
    person: string,
    contact: Fact,
    follow: (request: Request) => RecordOf<'review'> | undefined,
  ): Promise<number> {
    const { ledger, requests } = this.#options;
    let after: number | null = null;
    let settled = 0;
    for (let batch = [contact], recorded = false; ; batch = [], recorded = true) {
      const page: readonly Request[] = await requests.of(person, after, MAX_AT_ONCE);
      const reviews = page.flatMap((request) => follow(request) ?? []);
      settled += reviews.length;
      batch.push(...reviews.map((review) => fact('review', review)));
      if (batch.length > 0) await ledger.append(batch);
      // whoever goes on writing to others of us keeps nobody here
      if (recorded && page.length < MAX_AT_ONCE) return settled;
      after = page.at(-1)?.decision ?? after;
    }
  }

  #isFor({ message }: Request, member: string | null): boolean {
    const members = this.#options.decisions.quarantined(message)?.members ?? [];
    return member === null || members.includes(member);
  }

  #checked({ person, member }: Meant, actor: string): Meant {
    const { members } = this.#options;
    if (actor !== 'operator') assertOfficer(members, actor);
    if (member === null) return { person: this.#stranger(person), member };
    const { text } = valueOf(parseAddress(member));
    valueOf(members.active(text));
    return { person: this.#stranger(person), member: text };
  }

  /** Somebody of another organisation, by the canonical address. */
  #stranger(text: string): string {
    const { text: person } = valueOf(parseAddress(text));
    if (domainOf(person) !== this.#options.domain) return person;
    throw new ChanceryError(
      'request.invalid',
      `${person} is of ${this.#options.domain}: nobody has to accept a colleague`,
    );
  }
}

function reviewOf({
  decision,
  message,
}: Request): Pick<RecordOf<'review'>, 'decision' | 'message' | 'device'> {
  return { decision, message, device: null };
}

/** The rules by which a decision holds a message. */
export function rulesOf(decision: RecordOf<'decision'> | undefined): string[] {
  return (decision?.reasons ?? []).filter(({ outcome }) => outcome === 'hold').map(({ rule }) => rule);
}
