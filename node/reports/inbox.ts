/**
 * What partners report of messages of our members. Guarantees: each is verified, is about a message that went to that partner,
 * and is in the log before notice of it is given; what comes again is given notice of again, and recorded once; what one
 * partner can have recorded is bounded.
 */
import type { CryptoSuite, Signer } from '../../protocol/crypto/index.ts';
import { ChanceryError, accept, refuse, type Result } from '../../protocol/errors/index.ts';
import { openReport, signReport, type ReportStatement } from '../../protocol/statement/index.ts';
import { statementChain } from '../identity/index.ts';
import {
  fact,
  type Exchanges,
  type HeaderOf,
  type Ledger,
  type Messages,
  type Reports,
  type Turn,
} from '../ledger/index.ts';
import type { Peer } from '../network/index.ts';
import { MAX_PER_DAY, MAX_WAITING } from './limits.ts';

const DAY_MS = 86_400_000;

export interface InboxOptions {
  readonly domain: string;
  readonly ledger: Ledger;
  readonly messages: Messages;
  readonly exchanges: Exchanges;
  readonly reports: Reports;
  readonly suite: CryptoSuite;
  readonly statementSigner: Signer;
  readonly turn: Turn;
}

export class Inbox {
  readonly #options: InboxOptions;

  constructor(options: InboxOptions) {
    this.#options = options;
  }

  /**
   * Takes what a partner's node hands in; resolves with our signed notice. Refuses with `report.unknown`, `report.too-many`,
   * `signature.invalid`, `certificate.*`, `request.invalid`, `encoding.*` or `archive.*`.
   */
  async take(statement: Uint8Array, { identity }: Pick<Peer, 'identity'>): Promise<Result<Uint8Array>> {
    const { domain, ledger, suite, turn } = this.#options;
    const partner = identity.domain;
    const publicKey = identity.statement?.publicKey;
    if (publicKey === undefined)
      return refuse('certificate.wrong-kind', `${partner} showed no statement key`);
    const expected = { from: partner, to: domain, at: ledger.log.now };
    const opened = openReport('report', statement, expected, publicKey, suite);
    if (!opened.ok) return opened;
    try {
      return await turn.take(async () => {
        const refused = await this.#record(opened.value, statement, statementChain(identity));
        return refused ?? accept(await this.#notice(partner, statement));
      });
    } catch (error) {
      if (error instanceof ChanceryError) return refuse(error.code, error.message);
      throw error;
    }
  }

  async #record(
    { from: partner, message, reason }: ReportStatement<'report'>,
    statement: Uint8Array,
    chain: Uint8Array[],
  ): Promise<Extract<Result<never>, { ok: false }> | undefined> {
    const { ledger, reports, messages } = this.#options;
    if (reports.about(partner, message) !== undefined) return undefined;
    const position = messages.position(message);
    const header = position === undefined ? undefined : this.#sentTo(partner, position);
    if (position === undefined || header === undefined)
      return refuse('report.unknown', `no message of that id went to ${partner}`);
    const refused = await this.#refuseMore(partner);
    if (refused !== undefined) return refused;
    const { conversation, sender } = header;
    await ledger.append([
      fact('report', {
        ...{ message, actor: partner, reason },
        act: { what: 'received', conversation, position, sender, statement, chain },
      }),
    ]);
    return undefined;
  }

  /** A message of ours that went to a partner. */
  #sentTo(partner: string, position: number): HeaderOf<'message'> | undefined {
    const { exchanges, messages } = this.#options;
    if (exchanges.row(partner, position) === undefined) return undefined;
    const header = messages.headerAt(position, () => true);
    return header.from === null ? header : undefined;
  }

  async #refuseMore(partner: string): Promise<Extract<Result<never>, { ok: false }> | undefined> {
    const { reports, ledger } = this.#options;
    if ((await reports.waiting(partner, MAX_WAITING)) >= MAX_WAITING)
      return refuse('report.too-many', `${MAX_WAITING} reports of ${partner} wait here; try again later`);
    const came = await reports.received(partner, MAX_PER_DAY);
    return came === undefined || ledger.log.now - came > DAY_MS
      ? undefined
      : refuse('report.too-many', `${MAX_PER_DAY} reports of ${partner} came within a day; try again later`);
  }

  #notice(partner: string, statement: Uint8Array): Promise<Uint8Array> {
    const { domain, ledger, suite, statementSigner } = this.#options;
    const about = suite.sha256(statement);
    const notice = { from: domain, to: partner, time: ledger.log.now, about };
    return signReport('report-notice', notice, statementSigner);
  }
}
