/**
 * What partners say of requests for preservation: theirs to us, answers to ours, withdrawals. Guarantees: each is verified
 * and in the log before notice of it is given; what comes again is given notice of again, and recorded once; what one partner
 * can have recorded is bounded.
 */
import { equals } from 'uint8arrays/equals';
import { toString } from 'uint8arrays/to-string';
import type { CryptoSuite, Signer } from '../../protocol/crypto/index.ts';
import { ChanceryError, accept, refuse, type Result } from '../../protocol/errors/index.ts';
import { domainOf } from '../../protocol/conversation/index.ts';
import {
  openPreservation,
  preservationId,
  readPreservation,
  signPreservation,
  type PreservationKind,
  type PreservationStatement,
} from '../../protocol/statement/index.ts';
import type { PreservationFrame } from '../../protocol/wire/index.ts';
import { statementChain } from '../identity/index.ts';
import {
  fact,
  type Exchanges,
  type Ledger,
  type Messages,
  type Preservation,
  type PreservationRecord,
  type Preservations,
  type Turn,
} from '../ledger/index.ts';
import type { Peer } from '../network/index.ts';
import { MAX_PER_DAY, MAX_WAITING } from './limits.ts';
import { canonical, refuseScope } from './scope.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

export interface InboxOptions {
  readonly domain: string;
  readonly ledger: Ledger;
  readonly messages: Messages;
  readonly exchanges: Exchanges;
  readonly preservations: Preservations;
  readonly suite: CryptoSuite;
  readonly statementSigner: Signer;
  readonly turn: Turn;
}

/** Who hands something in, and with which key it is to be signed. */
interface From {
  readonly partner: string;
  readonly publicKey: Uint8Array;
  readonly chain: Uint8Array[];
}

/** What a statement is about, and what it comes to; null where that is recorded already. */
interface Taken {
  readonly id: Uint8Array;
  readonly record: PreservationRecord | null;
}

export class Inbox {
  readonly #options: InboxOptions;

  constructor(options: InboxOptions) {
    this.#options = options;
  }

  /**
   * Takes what a partner's node hands in; resolves with our signed notice. Refuses with `preservation.*`, `signature.invalid`,
   * `certificate.*`, `request.invalid`, `name.bad-address`, `encoding.*` or `archive.*`.
   */
  async take(
    { what, statement }: PreservationFrame,
    { identity }: Pick<Peer, 'identity'>,
  ): Promise<Result<Uint8Array>> {
    const publicKey = identity.statement?.publicKey;
    if (publicKey === undefined)
      return refuse('certificate.wrong-kind', `${identity.domain} showed no statement key`);
    const from = { partner: identity.domain, publicKey, chain: statementChain(identity) };
    try {
      return await this.#options.turn.take(async () => {
        const taken = await this.#takers[what](statement, from);
        if (!taken.ok) return taken;
        const { id, record } = taken.value;
        if (record !== null) await this.#options.ledger.append([fact('preservation', record)]);
        return accept(await this.#notice(from.partner, id, statement));
      });
    } catch (error) {
      if (error instanceof ChanceryError) return refuse(error.code, error.message);
      throw error;
    }
  }

  readonly #takers = {
    request: (statement: Uint8Array, from: From): Promise<Result<Taken>> => this.#request(statement, from),
    answer: (statement: Uint8Array, from: From): Promise<Result<Taken>> => this.#answer(statement, from),
    withdrawal: (statement: Uint8Array, from: From): Promise<Result<Taken>> =>
      this.#withdrawal(statement, from),
  } as const satisfies Record<PreservationFrame['what'], unknown>;

  async #request(statement: Uint8Array, from: From): Promise<Result<Taken>> {
    const { preservations, suite } = this.#options;
    const { partner, chain } = from;
    const opened = this.#open('preservation', statement, from);
    if (!opened.ok) return opened;
    const id = preservationId(statement, suite.sha256);
    if (preservations.find(id) !== undefined) return accept({ id, record: null });
    const { officer: actor, reason } = opened.value;
    const refused =
      (await refuseScope(this.#options, partner, opened.value)) ?? (await this.#refuseMore(partner));
    if (refused !== undefined) return refused;
    const state = { direction: 'received', state: 'requested', told: true } as const;
    return accept({ id, record: { partner, id, ...state, statement, chain, actor, reason } });
  }

  async #answer(statement: Uint8Array, from: From): Promise<Result<Taken>> {
    const { partner, chain } = from;
    const opened = this.#open('preservation-answer', statement, from);
    if (!opened.ok) return opened;
    const { request: id, outcome, officer: actor, reason } = opened.value;
    const known = this.#known(id, partner, 'sent');
    if (!known.ok) return known;
    const before = await this.#statements(id, 'preservation-answer');
    if (before.some((one) => equals(one, statement))) return accept({ id, record: null });
    if (before.length > 0)
      return refuse('preservation.settled', `${partner} has answered ${nameOf(id)} already`);
    // who answers has the request; what crossed our withdrawal is kept as well, and changes nothing of that
    const state = known.value.state === 'withdrawn' ? 'withdrawn' : outcome;
    const told = state !== 'withdrawn' || known.value.told;
    const record = { partner, id, direction: 'sent', state, told, statement, chain, actor, reason } as const;
    return accept({ id, record });
  }

  async #withdrawal(statement: Uint8Array, from: From): Promise<Result<Taken>> {
    const { partner, chain } = from;
    const opened = this.#open('preservation-withdrawal', statement, from);
    if (!opened.ok) return opened;
    const { request: id, officer: actor, reason } = opened.value;
    const known = this.#known(id, partner, 'received');
    if (!known.ok) return known;
    const before = await this.#statements(id, 'preservation-withdrawal');
    if (before.some((one) => equals(one, statement))) return accept({ id, record: null });
    if (before.length > 0) return refuse('preservation.settled', `${nameOf(id)} was withdrawn already`);
    const { told } = known.value;
    const state = { direction: 'received', state: 'withdrawn', told } as const;
    return accept({ id, record: { partner, id, ...state, statement, chain, actor, reason } });
  }

  /** Opens what a partner signed for us; it names an officer of its own. */
  #open<K extends Exclude<PreservationKind, 'preservation-notice'>>(
    kind: K,
    statement: Uint8Array,
    { partner, publicKey }: From,
  ): Result<PreservationStatement<K>> {
    const { domain, ledger, suite } = this.#options;
    const expected = { from: partner, to: domain, at: ledger.log.now };
    const opened = openPreservation(kind, statement, expected, publicKey, suite);
    if (!opened.ok) return opened;
    const { officer } = opened.value as PreservationStatement<
      Exclude<PreservationKind, 'preservation-notice'>
    >;
    const address = canonical(officer);
    if (!address.ok) return address;
    return domainOf(officer) === partner
      ? opened
      : refuse('request.invalid', `${officer} is no officer of ${partner}`);
  }

  #known(id: Uint8Array, partner: string, direction: Preservation['direction']): Result<Preservation> {
    const known = this.#options.preservations.find(id);
    return known?.partner === partner && known.direction === direction
      ? accept(known)
      : refuse('preservation.unknown', `${nameOf(id)} is no request between us and ${partner}`);
  }

  /** What is in the log of one kind about a request. */
  async #statements(id: Uint8Array, kind: PreservationKind): Promise<Uint8Array[]> {
    const { preservations, ledger } = this.#options;
    const found = (await preservations.entries(id)).flatMap((sequence) => {
      const statement = ledger.record('preservation', sequence)?.statement;
      return statement === undefined ? [] : [statement];
    });
    return found.filter((statement) => readPreservation(kind, statement).ok);
  }

  async #refuseMore(partner: string): Promise<ReturnType<typeof refuse> | undefined> {
    const { preservations, ledger } = this.#options;
    if ((await preservations.waiting(partner, MAX_WAITING)) >= MAX_WAITING)
      return refuse(
        'preservation.too-many',
        `${MAX_WAITING} requests of ${partner} wait for an officer here; withdraw one, or try again later`,
      );
    const entry = await preservations.received(partner, MAX_PER_DAY);
    const came = entry === undefined ? undefined : ledger.log.entry(entry)?.time;
    return came === undefined || ledger.log.now - came > DAY_MS
      ? undefined
      : refuse(
          'preservation.too-many',
          `${MAX_PER_DAY} requests of ${partner} came within a day; try again later`,
        );
  }

  #notice(partner: string, request: Uint8Array, statement: Uint8Array): Promise<Uint8Array> {
    const { domain, ledger, suite, statementSigner } = this.#options;
    const about = suite.sha256(statement);
    const notice = { from: domain, to: partner, time: ledger.log.now, request, about };
    return signPreservation('preservation-notice', notice, statementSigner);
  }
}

function nameOf(id: Uint8Array): string {
  return toString(id, 'hex').slice(0, 16);
}
