/**
 * What our officers do about requests for preservation: ask a partner, withdraw that, accept or decline a partner's.
 * Guarantees: only a compliance officer in good standing acts; each act is signed by the organisation and in the log before the
 * partner is told; who accepts places the hold in the same append.
 */
import { toString } from 'uint8arrays/to-string';
import type { Signer } from '../../protocol/crypto/index.ts';
import type { Sha256 } from '../../protocol/crypto/index.ts';
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import { preservationId, readLetter, signLetter, type Letter } from '../../protocol/statement/index.ts';
import { assertOfficer } from '../custody/index.ts';
import {
  fact,
  type Exchanges,
  type HoldScope,
  type Ledger,
  type Members,
  type Messages,
  type Partners,
  type Preservation,
  type PreservationRecord,
  type Preservations,
  type Turn,
} from '../ledger/index.ts';
import type { Holding } from '../retention/index.ts';
import { ALLOWANCE } from './limits.ts';
import { refuseScope } from './scope.ts';

export interface ActsOptions {
  readonly domain: string;
  readonly ledger: Ledger;
  readonly members: Members;
  readonly partners: Partners;
  readonly messages: Messages;
  readonly exchanges: Exchanges;
  readonly preservations: Preservations;
  readonly holding: Holding;
  readonly sha256: Sha256;
  readonly statementSigner: Signer;
  readonly turn: Turn;
}

export type Asked = Pick<
  Letter<'preservation'>,
  'matter' | 'people' | 'conversations' | 'since' | 'until' | 'officer' | 'reason'
>;

export class Acts {
  readonly #options: ActsOptions;
  #number = 0;

  constructor(options: ActsOptions) {
    this.#options = options;
  }

  /**
   * Asks a partner to preserve what was exchanged with it; resolves once the request is in the log, and it waits there until
   * the partner has it. Throws `officer.required`, `partner.unknown`, `preservation.out-of-scope`, `preservation.too-many`,
   * `request.invalid`.
   */
  request(partner: string, asked: Asked): Promise<Uint8Array> {
    return this.#options.turn.take(async () => {
      const { domain, ledger, members, partners, statementSigner, sha256 } = this.#options;
      assertOfficer(members, asked.officer);
      if (partners.agreement(partner) === undefined)
        throw new ChanceryError('partner.unknown', `no agreement with ${partner}; see chancery partner list`);
      const number = (this.#number += 1);
      const request = { ...asked, from: domain, to: partner, time: ledger.log.now, number };
      const refused = await refuseScope(this.#options, partner, request);
      if (refused !== undefined) throw ChanceryError.from(refused.refusal);
      await this.#assertFew(partner);
      const statement = await signLetter('preservation', request, statementSigner);
      const id = preservationId(statement, sha256);
      const { officer: actor, reason } = asked;
      await this.#record({
        partner,
        id,
        direction: 'sent',
        state: 'requested',
        told: false,
        statement,
        actor,
        reason,
      });
      return id;
    });
  }

  /** Withdraws a request of ours. Throws `officer.required`, `preservation.unknown`, `preservation.settled`. */
  withdraw(id: Uint8Array, actor: string, reason: string): Promise<void> {
    return this.#options.turn.take(async () => {
      const { domain, ledger, members, statementSigner } = this.#options;
      assertOfficer(members, actor);
      const { partner, state } = this.#known(id, 'sent');
      if (state === 'declined' || state === 'withdrawn') throw settled(id, state);
      const withdrawal = {
        from: domain,
        to: partner,
        time: ledger.log.now,
        request: id,
        officer: actor,
        reason,
      };
      const statement = await signLetter('preservation-withdrawal', withdrawal, statementSigner);
      await this.#record({
        partner,
        id,
        direction: 'sent',
        state: 'withdrawn',
        told: false,
        statement,
        actor,
        reason,
      });
    });
  }

  /**
   * Accepts a request of a partner: a hold for its matter, on what was exchanged with that partner, is in force once this
   * resolves. Returns the entry of the hold. Throws `officer.required`, `preservation.unknown`, `preservation.settled`,
   * `limit.exceeded`.
   */
  accept(id: Uint8Array, actor: string, reason: string): Promise<number> {
    return this.#options.turn.take(async () => {
      const record = await this.#answer(id, actor, reason, 'accepted');
      const request = await this.#requestOf(id);
      const why = `${record.partner} asks for it: ${request.reason}`;
      // the entry of the hold is the one before that of the answer
      const scope = scopeOf(record.partner, request);
      const hold = { matter: request.matter, scope, actor, reason: why };
      return this.#options.holding.place(hold, { beside: [fact('preservation', record)] });
    });
  }

  /** Declines one. Throws `officer.required`, `preservation.unknown`, `preservation.settled`. */
  decline(id: Uint8Array, actor: string, reason: string): Promise<void> {
    return this.#options.turn.take(async () => {
      await this.#options.ledger.append([
        fact('preservation', await this.#answer(id, actor, reason, 'declined')),
      ]);
    });
  }

  async #answer(
    id: Uint8Array,
    actor: string,
    reason: string,
    outcome: 'accepted' | 'declined',
  ): Promise<PreservationRecord> {
    const { domain, ledger, members, statementSigner } = this.#options;
    assertOfficer(members, actor);
    const { partner, state } = this.#known(id, 'received');
    if (state !== 'requested') throw settled(id, state);
    const answer = {
      from: domain,
      to: partner,
      time: ledger.log.now,
      request: id,
      officer: actor,
      reason,
      outcome,
    };
    const statement = await signLetter('preservation-answer', answer, statementSigner);
    const said = { direction: 'received', state: outcome, told: false } as const;
    return { partner, id, ...said, statement, chain: [], actor, reason };
  }

  async #requestOf(id: Uint8Array): Promise<Letter<'preservation'>> {
    const statement = await this.#options.preservations.request(id);
    if (statement === undefined) throw unknown(id);
    return valueOf(readLetter('preservation', statement));
  }

  #known(id: Uint8Array, direction: Preservation['direction']): Preservation {
    const known = this.#options.preservations.find(id);
    if (known?.direction !== direction) throw unknown(id);
    return known;
  }

  async #assertFew(partner: string): Promise<void> {
    const open = (await this.#options.preservations.all()).filter(
      (one) => one.partner === partner && one.direction === 'sent' && OPEN.has(one.state),
    );
    if (open.length >= ALLOWANCE.waiting)
      throw new ChanceryError(
        'preservation.too-many',
        `${partner} has not answered ${ALLOWANCE.waiting} requests; withdraw one, or wait for an answer`,
      );
  }

  async #record(record: Omit<PreservationRecord, 'chain'>): Promise<void> {
    await this.#options.ledger.append([fact('preservation', { ...record, chain: [] })]);
  }
}

const OPEN: ReadonlySet<string> = new Set(['requested', 'delivered']);

function scopeOf(
  partner: string,
  { people, conversations, since, until }: Letter<'preservation'>,
): HoldScope {
  return {
    people: [...people],
    conversations: conversations.map((id) => toString(id, 'hex')),
    organisations: [],
    words: [],
    exchangedWith: partner,
    from: since,
    until,
  };
}

function unknown(id: Uint8Array): ChanceryError {
  return new ChanceryError(
    'preservation.unknown',
    `no such request ${toString(id, 'hex').slice(0, 16)}; see chancery preservation list`,
  );
}

function settled(id: Uint8Array, state: string): ChanceryError {
  return new ChanceryError(
    'preservation.settled',
    `request ${toString(id, 'hex').slice(0, 16)} is ${state} already; see chancery preservation show`,
  );
}
