/**
 * Places legal holds and releases them. Guarantees: only a compliance officer in good standing does either; a release takes
 * two, of whom the second agrees to that very request within a quarter of an hour; releasing deletes nothing.
 */
import { ChanceryError } from '../../protocol/errors/index.ts';
import {
  APPROVED_WITHIN_MS,
  fact,
  MAX_HOLDS,
  type Fact,
  type HoldRelease,
  type Holds,
  type HoldScope,
  type Ledger,
  type Members,
  type RecordOf,
} from '../ledger/index.ts';
import { assertOfficer } from '../custody/index.ts';
import type { Disposition } from './disposition.ts';
import type { Effects } from './effects.ts';

export interface HoldingOptions {
  readonly ledger: Ledger;
  readonly members: Members;
  readonly holds: Holds;
  readonly disposition: Disposition;
  readonly effects: Effects;
}

/** An officer's act as it is to be recorded, and its SHA-256. */
export interface SignedAct {
  readonly fact: Fact;
  readonly act: Uint8Array;
}

/** A hold as an officer wants it: without `notice` nobody is told of it. */
export type NewHold = Omit<RecordOf<'hold'>, 'act'>;

/** What goes into the log with a hold: the act of the officer who signed it, and what follows from it. */
interface Placing {
  readonly signed?: SignedAct | null;
  readonly beside?: readonly Fact[];
}

/** A request to release, and until when it can be approved (milliseconds). */
export interface ReleaseRequest {
  readonly request: number;
  readonly expires: number;
  readonly holds: readonly number[];
}

export class Holding {
  readonly #options: HoldingOptions;

  constructor(options: HoldingOptions) {
    this.#options = options;
  }

  /**
   * Places a hold, and resolves once it is laid on all that is there. Returns its entry; what is recorded beside it follows in
   * the same append. Throws `officer.required`, `request.invalid` for a scope that names nothing, or a notice that
   * nobody would be told, `limit.exceeded`.
   */
  async place(hold: NewHold, { signed = null, beside = [] }: Placing = {}): Promise<number> {
    const { ledger, members, holds, disposition, effects } = this.#options;
    assertOfficer(members, hold.actor);
    if (isOnNothing(hold.scope))
      throw new ChanceryError(
        'request.invalid',
        'the hold names nothing; give a person, a conversation, an organisation, words or dates',
      );
    const isToldToSomebody = hold.scope.people.some((person) => members.find(person) !== undefined);
    if (hold.notice !== undefined && !isToldToSomebody)
      throw new ChanceryError(
        'request.invalid',
        'the hold names no member who could be told of it; name one with --person, or leave out --notify',
      );
    if (holds.active.length >= MAX_HOLDS)
      throw new ChanceryError('limit.exceeded', `there are ${MAX_HOLDS} holds in force; release one first`);
    const { first } = await disposition.inTurn(() =>
      ledger.append([...actOf(signed), fact('hold', { ...hold, ...hashOf(signed) }), ...beside]),
    );
    await effects.run();
    return first + actOf(signed).length;
  }

  /** Asks that all holds of a matter end. Throws `officer.required`, `hold.unknown`. */
  async request(matter: string, actor: string, reason: string): Promise<ReleaseRequest> {
    const { ledger, members } = this.#options;
    assertOfficer(members, actor);
    const holds = this.#holdsOf(matter);
    const expires = ledger.log.now + APPROVED_WITHIN_MS;
    const asked = { matter, state: 'requested', holds, request: null, expires, actor, reason } as const;
    const { first } = await ledger.append([fact('hold-release', asked)]);
    return { request: first, expires, holds };
  }

  /**
   * Approves the request that waits, and resolves once its holds are off. Throws `officer.required`, `approval.missing`
   * where none waits, or it is not the one that was looked at, `approval.own` for who asked, `approval.expired`.
   */
  async approve(matter: string, request: number | null, actor: string): Promise<ReleaseRequest> {
    const { ledger, members, holds, effects } = this.#options;
    assertOfficer(members, actor);
    const waiting = holds.request(matter);
    if (waiting === undefined || (request !== null && waiting.sequence !== request))
      throw new ChanceryError(
        'approval.missing',
        `no such request to release ${matter} waits; see chancery hold show ${matter}`,
      );
    const { record, sequence } = waiting;
    if (record.actor === actor)
      throw new ChanceryError('approval.own', `${actor} asked for it; another officer has to approve it`);
    assertOfficer(members, record.actor);
    if (ledger.log.now > record.expires)
      throw new ChanceryError(
        'approval.expired',
        `the request of ${record.actor} expired at ${new Date(record.expires).toISOString()}; ask for it anew`,
      );
    const approved = { ...record, state: 'approved', request: sequence, actor } as const;
    await ledger.append([fact('hold-release', approved)]);
    await effects.run();
    return { request: sequence, expires: record.expires, holds: record.holds };
  }

  /** Ends holds that two officers signed for: `request` is the entry in which the first asked. Throws `hold.unknown`. */
  async release(
    matter: string,
    {
      holds,
      request,
      actor,
      reason,
    }: Pick<HoldRelease, 'actor' | 'reason'> & {
      readonly holds: readonly number[];
      readonly request: number;
    },
    signed: SignedAct,
  ): Promise<void> {
    const { ledger, effects } = this.#options;
    const inForce = this.#holdsOf(matter);
    if (holds.some((hold) => !inForce.includes(hold)))
      throw new ChanceryError('hold.unknown', `a hold for ${matter} was released meanwhile; ask anew`);
    const { expires, act, fact: signedFact } = { expires: ledger.log.now, ...signed };
    const released = {
      matter,
      state: 'approved' as const,
      holds: [...holds],
      request,
      expires,
      actor,
      reason,
    };
    await ledger.append([signedFact, fact('hold-release', { ...released, act })]);
    await effects.run();
  }

  /** The holds of a matter that are in force. Throws `hold.unknown`. */
  #holdsOf(matter: string): number[] {
    const found = this.#options.holds.active.filter((hold) => hold.matter === matter);
    if (found.length === 0)
      throw new ChanceryError('hold.unknown', `no hold for ${matter} is in force; see chancery hold list`);
    return found.map(({ sequence }) => sequence);
  }
}

function isOnNothing(scope: HoldScope): boolean {
  const { people, conversations, organisations, words, exchangedWith, from, until } = scope;
  const named = people.length + conversations.length + organisations.length + words.length;
  return named === 0 && exchangedWith === undefined && from === null && until === null;
}

/** The act before what follows from it, in one append. */
export function actOf(signed: SignedAct | null): readonly Fact[] {
  return signed === null ? [] : [signed.fact];
}

export function hashOf(signed: SignedAct | null): { readonly act?: Uint8Array } {
  return signed === null ? {} : { act: signed.act };
}
