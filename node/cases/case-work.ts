/**
 * What officers do in a case. Guarantees: compliance officers in good standing alone act; while any of a case's reviewers
 * is one, only reviewers read it or add to it; a closed case takes nothing until it is opened again; what happens is an
 * entry of the log before it takes effect, and is refused where it cannot be one.
 */
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { AccessRecord, CaseAct } from '../../protocol/archive/index.ts';
import { assertOfficer, isOfficer } from '../custody/index.ts';
import {
  fact,
  MAX_EVENTS,
  MAX_REVIEWERS,
  MAX_SEARCHES,
  type Case,
  type Cases,
  type Fact,
  type Ledger,
  type Members,
} from '../ledger/index.ts';
import { assertTaggable, assertUntaggable } from './tag-rules.ts';

/** Events that are left for reviewers to come and go, and for a case to be closed and opened, once it is full. */
const LEFT_FOR_CLOSING = 256;

/** Cases looked at for one page: those that somebody else reviews are passed over. */
const MAX_LOOKED_AT = 2_048;

/** Who acts: an officer by address; the peer id of their device, null where they were named at the node. */
export interface Actor {
  readonly address: string;
  readonly device: string | null;
}

export interface CaseWorkOptions {
  readonly ledger: Ledger;
  readonly members: Members;
  readonly cases: Cases;
  /** Events of one case. */
  readonly maxEvents?: number;
}

/** A search that was run: what it found, and the look that it is. */
export interface SearchRun {
  readonly query: string;
  readonly found: number;
  readonly newest: number | null;
  readonly access: AccessRecord;
}

export class CaseWork {
  readonly #options: CaseWorkOptions;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: CaseWorkOptions) {
    this.#options = options;
  }

  /** Opens a case; who does is its first reviewer. Throws `officer.required`, `case.exists`. */
  open(by: Actor, name: string, title: string): Promise<Case> {
    return this.#inTurn(async () => {
      const { members, cases } = this.#options;
      assertOfficer(members, by.address);
      if (cases.named(name)?.state === 'open')
        throw new ChanceryError(
          'case.exists',
          `a case ${name} is open; close it first, or take another name`,
        );
      return this.#append(by, { sequence: null, name, events: 0 }, [{ event: 'opened', title }]);
    });
  }

  /** Throws like `read`, `case.closed`, `officer.required` for a reviewer who is none, `limit.exceeded`. */
  addReviewer(by: Actor, name: string, reviewer: string): Promise<Case> {
    return this.#work(by, name, ({ reviewers }) => {
      assertOfficer(this.#options.members, reviewer);
      if (reviewers.includes(reviewer)) return [];
      if (reviewers.length >= MAX_REVIEWERS)
        throw new ChanceryError('limit.exceeded', `a case has at most ${MAX_REVIEWERS} reviewers`);
      return [{ event: 'reviewer-added', reviewer }];
    });
  }

  /** Throws like `read`, `case.closed`, `request.invalid` for who is no reviewer, `case.last-reviewer`. */
  removeReviewer(by: Actor, name: string, reviewer: string): Promise<Case> {
    return this.#work(by, name, (found) => {
      if (!found.reviewers.includes(reviewer))
        throw new ChanceryError('request.invalid', `${reviewer} is no reviewer of case ${name}`);
      if (this.#reviewing(found).every((one) => one === reviewer))
        throw new ChanceryError(
          'case.last-reviewer',
          `${reviewer} is the last reviewer of case ${name}; add another officer first`,
        );
      return [{ event: 'reviewer-removed', reviewer }];
    });
  }

  /**
   * Puts a tag on messages, all or none; those that have it already are passed over. Throws like `read`, `case.closed`,
   * `request.invalid` for an entry that is no message, `archive.disposed`, `limit.exceeded`.
   */
  tag(by: Actor, name: string, tag: string, entries: readonly number[]): Promise<Case> {
    return this.#work(by, name, (found) => {
      const { ledger, cases } = this.#options;
      const left = [...new Set(entries)].filter((entry) => !cases.hasTag(found.sequence, tag, entry));
      assertTaggable({ ledger, cases }, found, tag, left);
      return left.length === 0 ? [] : [{ event: 'tagged', tag, entries: left }];
    });
  }

  /** Takes a tag off messages, all or none. Throws like `read`, `case.closed`, `request.invalid` for one that has it not. */
  untag(by: Actor, name: string, tag: string, entries: readonly number[]): Promise<Case> {
    return this.#work(by, name, (found) => {
      const all = [...new Set(entries)];
      assertUntaggable(this.#options.cases, found, tag, all);
      return [{ event: 'untagged', tag, entries: all }];
    });
  }

  /**
   * Notes something on a case, or on one message in it. Throws like `read`, `case.closed`, `request.invalid` where the
   * entry is no message.
   */
  note(by: Actor, name: string, text: string, about: number | null): Promise<Case> {
    return this.#work(by, name, () => {
      if (about !== null && this.#options.ledger.log.entry(about)?.kind !== 'message')
        throw new ChanceryError('request.invalid', `entry ${about} is no message; name one that is`);
      return [{ event: 'noted', text, about }];
    });
  }

  /** Throws like `read`, `case.closed`. */
  close(by: Actor, name: string, reason: string): Promise<Case> {
    return this.#work(by, name, () => [{ event: 'closed', reason }]);
  }

  /** Throws like `read`, `request.invalid` for a case that is open. */
  reopen(by: Actor, name: string, reason: string): Promise<Case> {
    return this.#inTurn(async () => {
      const found = this.read(by, name);
      if (found.state === 'open') throw new ChanceryError('request.invalid', `case ${name} is open`);
      this.#assertRoom(found, 1);
      return this.#append(by, found, [{ event: 'reopened', reason }]);
    });
  }

  /**
   * Records that a search was run, and the look that it is, both or none; before that nothing of it may be told. Returns
   * the number of the search, which is saved where none has its words. Throws like `read`, `case.closed`, `limit.exceeded`.
   */
  async ran(by: Actor, name: string, { query, found, newest, access }: SearchRun): Promise<number> {
    let number = 0;
    const acts = (one: Case): CaseAct[] => {
      const known = this.#options.cases.searches(one).find(({ saved: { act } }) => isOf(act, query));
      number = known?.number ?? one.searches + 1;
      if (number > MAX_SEARCHES)
        throw new ChanceryError(
          'limit.exceeded',
          `a case has at most ${MAX_SEARCHES} searches; open another`,
        );
      const run: CaseAct = { event: 'search-run', search: number, found, newest };
      return known === undefined ? [{ event: 'search-saved', search: number, query }, run] : [run];
    };
    await this.#work(by, name, acts, [fact('access', access)]);
    return number;
  }

  /**
   * The newest case of a name, or the one that an entry opened, for who may read it. Throws `officer.required`,
   * `case.unknown`, `case.not-reviewer`.
   */
  read(by: Actor, name: string, opened: number | null = null): Case {
    const { members, cases } = this.#options;
    assertOfficer(members, by.address);
    const found = opened === null ? cases.named(name) : cases.at(opened);
    if (found?.name !== name)
      throw new ChanceryError('case.unknown', `there is no case ${name}; see chancery case list`);
    if (!this.mayRead(by, found))
      throw new ChanceryError(
        'case.not-reviewer',
        `${by.address} does not review case ${name}; have a reviewer of it add them`,
      );
    return found;
  }

  /** The same for who is about to add to it. Throws `case.closed` as well. */
  readOpen(by: Actor, name: string): Case {
    const found = this.read(by, name);
    if (found.state === 'open') return found;
    throw new ChanceryError('case.closed', `case ${name} is closed; open it again with chancery case reopen`);
  }

  /** Whether an officer may read a case and add to it: one whose reviewers have all gone is everybody's. */
  mayRead({ address }: Actor, found: Case): boolean {
    const reviewing = this.#reviewing(found);
    return reviewing.length === 0 || reviewing.includes(address);
  }

  /** The cases that an officer may read, newest first, from before an entry on. Throws `officer.required`. */
  async list(
    by: Actor,
    { all, before, limit }: { readonly all: boolean; readonly before: number | null; readonly limit: number },
  ): Promise<{ readonly cases: readonly Case[]; readonly next: number | null }> {
    const { members, cases } = this.#options;
    assertOfficer(members, by.address);
    const found: Case[] = [];
    let last: number | null = null;
    let looked = 0;
    for await (const one of cases.newestFirst(before)) {
      if (found.length === limit || looked === MAX_LOOKED_AT) return { cases: found, next: last };
      looked += 1;
      last = one.sequence;
      if ((all || one.state === 'open') && this.mayRead(by, one)) found.push(one);
    }
    return { cases: found, next: null };
  }

  /** Reviewers who are officers in good standing. */
  #reviewing({ reviewers }: Case): string[] {
    return reviewers.filter((address) => {
      const member = this.#options.members.find(address);
      return member !== undefined && isOfficer(member);
    });
  }

  /** Does something in an open case, one after the other: what is decided by how a case stands is so when it is recorded. */
  #work(
    by: Actor,
    name: string,
    decide: (found: Case) => readonly CaseAct[],
    beside: readonly Fact[] = [],
  ): Promise<Case> {
    return this.#inTurn(async () => {
      const found = this.readOpen(by, name);
      const acts = decide(found);
      if (acts.length === 0 && beside.length === 0) return found;
      this.#assertRoom(
        found,
        acts.length,
        acts.every(({ event }) => isClosing(event)) ? 0 : LEFT_FOR_CLOSING,
      );
      return this.#append(by, found, acts, beside);
    });
  }

  #assertRoom({ name, events }: Case, more: number, left = 0): void {
    const { maxEvents = MAX_EVENTS } = this.#options;
    if (events + more > maxEvents - left)
      throw new ChanceryError('limit.exceeded', `case ${name} is full; close it, and open another one`);
  }

  async #append(
    { address: actor, device }: Actor,
    {
      sequence,
      name,
      events: place,
    }: { readonly sequence: number | null; readonly name: string; readonly events: number },
    acts: readonly CaseAct[],
    beside: readonly Fact[] = [],
  ): Promise<Case> {
    const { ledger, cases } = this.#options;
    const events = acts.map((act, at) =>
      fact('case', { case: sequence, place: place + at, name, actor, device, act }),
    );
    const { first } = await ledger.append([...beside, ...events]);
    const found = cases.at(sequence ?? first);
    if (found === undefined) throw new Error('a case that was recorded is not there');
    return found;
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(act);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

function isClosing(event: CaseAct['event']): boolean {
  return event === 'closed' || event === 'reviewer-added' || event === 'reviewer-removed';
}

function isOf(act: CaseAct, query: string): boolean {
  return act.event === 'search-saved' && act.query === query;
}
