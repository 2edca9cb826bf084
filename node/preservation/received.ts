/**
 * What partners say of requests for preservation: theirs to us, answers to ours, withdrawals. Guarantees: what one partner can
 * have recorded is bounded.
 */
import { equals } from 'uint8arrays/equals';
import { toString } from 'uint8arrays/to-string';
import type { Sha256 } from '../../protocol/crypto/index.ts';
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';
import { domainOf } from '../../protocol/conversation/index.ts';
import { preservationId, readLetter, type Letter, type LetterKind } from '../../protocol/statement/index.ts';
import type { PreservationFrame } from '../../protocol/wire/index.ts';
import { refuseMore, type From, type Taken, type Taker } from '../letters/index.ts';
import {
  fact,
  type Exchanges,
  type Ledger,
  type Messages,
  type Preservation,
  type Preservations,
  type Turn,
} from '../ledger/index.ts';
import { ALLOWANCE } from './limits.ts';
import { canonical, refuseScope } from './scope.ts';

export interface ReceivedOptions {
  readonly ledger: Ledger;
  readonly messages: Messages;
  readonly exchanges: Exchanges;
  readonly preservations: Preservations;
  readonly sha256: Sha256;
  readonly turn: Turn;
}

type Act = 'preservation' | 'preservation-answer' | 'preservation-withdrawal';

export class Received implements Taker<PreservationFrame> {
  readonly turn: Turn;
  readonly #options: ReceivedOptions;

  constructor(options: ReceivedOptions) {
    this.turn = options.turn;
    this.#options = options;
  }

  /**
   * Refuses with `preservation.*`, `signature.invalid`, `certificate.*`, `request.invalid`, `name.bad-address` or `encoding.*`.
   */
  take({ what, statement }: PreservationFrame, from: From): Promise<Result<Taken>> {
    return this.#takers[what](statement, from);
  }

  readonly #takers = {
    request: (statement: Uint8Array, from: From): Promise<Result<Taken>> => this.#request(statement, from),
    answer: (statement: Uint8Array, from: From): Promise<Result<Taken>> => this.#answer(statement, from),
    withdrawal: (statement: Uint8Array, from: From): Promise<Result<Taken>> =>
      this.#withdrawal(statement, from),
  } as const satisfies Record<PreservationFrame['what'], unknown>;

  async #request(statement: Uint8Array, from: From): Promise<Result<Taken>> {
    const { preservations, sha256, ledger } = this.#options;
    const { partner, chain } = from;
    const opened = open('preservation', statement, from);
    if (!opened.ok) return opened;
    const id = preservationId(statement, sha256);
    if (preservations.find(id) !== undefined) return accept({ fact: null, request: id });
    const { officer: actor, reason } = opened.value;
    const refused =
      (await refuseScope(this.#options, partner, opened.value)) ??
      (await refuseMore(preservations, partner, ALLOWANCE, ledger.log.now));
    if (refused !== undefined) return refused;
    const state = { direction: 'received', state: 'requested', told: true } as const;
    const record = { partner, id, ...state, statement, chain, actor, reason };
    return accept({ fact: fact('preservation', record), request: id });
  }

  async #answer(statement: Uint8Array, from: From): Promise<Result<Taken>> {
    const { partner, chain } = from;
    const opened = open('preservation-answer', statement, from);
    if (!opened.ok) return opened;
    const { request: id, outcome, officer: actor, reason } = opened.value;
    const known = this.#known(id, partner, 'sent');
    if (!known.ok) return known;
    const before = await this.#statements(id, 'preservation-answer');
    if (before.some((one) => equals(one, statement))) return accept({ fact: null, request: id });
    if (before.length > 0)
      return refuse('preservation.settled', `${partner} has answered ${nameOf(id)} already`);
    // who answers has the request; what crossed our withdrawal is kept as well, and changes nothing of that
    const state = known.value.state === 'withdrawn' ? 'withdrawn' : outcome;
    const told = state !== 'withdrawn' || known.value.told;
    const record = { partner, id, direction: 'sent', state, told, statement, chain, actor, reason } as const;
    return accept({ fact: fact('preservation', record), request: id });
  }

  async #withdrawal(statement: Uint8Array, from: From): Promise<Result<Taken>> {
    const { partner, chain } = from;
    const opened = open('preservation-withdrawal', statement, from);
    if (!opened.ok) return opened;
    const { request: id, officer: actor, reason } = opened.value;
    const known = this.#known(id, partner, 'received');
    if (!known.ok) return known;
    const before = await this.#statements(id, 'preservation-withdrawal');
    if (before.some((one) => equals(one, statement))) return accept({ fact: null, request: id });
    if (before.length > 0) return refuse('preservation.settled', `${nameOf(id)} was withdrawn already`);
    const { told } = known.value;
    const state = { direction: 'received', state: 'withdrawn', told } as const;
    const record = { partner, id, ...state, statement, chain, actor, reason };
    return accept({ fact: fact('preservation', record), request: id });
  }

  #known(id: Uint8Array, partner: string, direction: Preservation['direction']): Result<Preservation> {
    const known = this.#options.preservations.find(id);
    return known?.partner === partner && known.direction === direction
      ? accept(known)
      : refuse('preservation.unknown', `${nameOf(id)} is no request between us and ${partner}`);
  }

  /** What is in the log of one kind about a request. */
  async #statements(id: Uint8Array, kind: LetterKind): Promise<Uint8Array[]> {
    const { preservations, ledger } = this.#options;
    const found = (await preservations.entries(id)).flatMap((sequence) => {
      const statement = ledger.record('preservation', sequence)?.statement;
      return statement === undefined ? [] : [statement];
    });
    return found.filter((statement) => readLetter(kind, statement).ok);
  }
}

/** Opens what a partner signed for us; it names an officer of its own. */
function open<K extends Act>(kind: K, statement: Uint8Array, from: From): Result<Letter<K>> {
  const opened = from.open(kind, statement);
  if (!opened.ok) return opened;
  const { officer } = opened.value as Letter<Act>;
  const address = canonical(officer);
  if (!address.ok) return address;
  return domainOf(officer) === from.partner
    ? opened
    : refuse('request.invalid', `${officer} is no officer of ${from.partner}`);
}

function nameOf(id: Uint8Array): string {
  return toString(id, 'hex').slice(0, 16);
}
