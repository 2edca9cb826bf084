/**
 * Tells partners what was reported of messages of their people. Guarantees: it is told again until the partner's signed notice is
 * in our log, at the next start too; a partner that is away, slow or hostile holds up nobody else; nothing goes to a domain
 * with which there is no agreement.
 */
import { equals } from 'uint8arrays/equals';
import type { Logger } from 'pino';
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import { openReport } from '../../protocol/statement/index.ts';
import {
  MAX_FRAME_BYTES,
  federationAnswerShape,
  readFrame,
  refusalOf,
  writeFrame,
  type FrameChannel,
} from '../../protocol/wire/index.ts';
import { greet, type Greeting } from '../federation/index.ts';
import { statementChain } from '../identity/index.ts';
import { fact, type Ledger, type Partners, type ReportEntry, type Reports } from '../ledger/index.ts';
import type { Peer } from '../network/index.ts';

/** Milliseconds between two looks at what waits: for a partner that came back without being noticed. */
const LOOK_EVERY_MS = 60_000;

/** Milliseconds for which what a partner refused is not told again. */
const REFUSED_FOR_MS = 60 * 60 * 1000;

/** Milliseconds for one answer. */
const ANSWER_WITHIN_MS = 20_000;

/** Reports told on one stream, and looked through for those. */
const MAX_TOLD = 64;
const MAX_LOOKED_AT = 1_024;

/** Refusals remembered, beyond which all are tried anew. */
const MAX_REFUSED = 4_096;

export interface OutboxOptions {
  readonly domain: string;
  readonly ledger: Ledger;
  readonly partners: Partners;
  readonly reports: Reports;
  /** A federation stream to one of the partner's nodes. */
  readonly open: (partner: string) => Promise<{ channel: FrameChannel; peer: Peer }>;
  readonly agreement: (partner: string) => Uint8Array;
  readonly checkAgreement: Greeting['checkAgreement'];
  readonly suite: CryptoSuite;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly log: Logger;
}

export class Outbox {
  readonly #options: OutboxOptions;
  readonly #underWay = new Map<string, Promise<void>>();
  /** Partners that are to be looked at once more when the look under way is over. */
  readonly #again = new Set<string>();
  readonly #channels = new Set<FrameChannel>();
  /** When a partner refused a report, by its entry. */
  readonly #refused = new Map<number, number>();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Looks from now on by itself, whenever something came to wait, and every minute. */
  start(): void {
    if (this.#timer !== undefined) return;
    this.#options.ledger.watch((kinds) => {
      if (kinds.has('report')) this.look();
    });
    this.#timer = setInterval(() => this.look(), LOOK_EVERY_MS).unref();
    this.look();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    for (const channel of this.#channels)
      channel.abort(new ChanceryError('archive.closed', 'the node stops'));
    await Promise.all(this.#underWay.values());
  }

  /** Looks at once whether something waits for anybody. */
  look(): void {
    if (this.#stopped) return;
    this.#options.partners
      .agreements()
      .then((agreements) => agreements.forEach(({ domain }) => this.tell(domain)))
      .catch((error: unknown) => this.#failed('', error));
  }

  /** Tells one partner what waits for it, if anything does; one stream at a time. */
  tell(partner: string): void {
    if (this.#stopped || this.#timer === undefined) return;
    if (this.#underWay.has(partner)) {
      this.#again.add(partner);
      return;
    }
    const telling = this.#tell(partner)
      .catch((error: unknown) => this.#failed(partner, error))
      .finally(() => {
        this.#underWay.delete(partner);
        if (this.#again.delete(partner)) this.tell(partner);
      });
    this.#underWay.set(partner, telling);
  }

  #failed(partner: string, error: unknown): void {
    if (this.#stopped) return;
    const { code, message } =
      error instanceof ChanceryError ? error : { code: 'internal', message: String(error) };
    this.#options.log.info({ partner, code }, `what was reported waits: ${message}`);
  }

  async #tell(partner: string): Promise<void> {
    const waiting = await this.#waiting(partner);
    if (waiting.length === 0) return;
    const { open, agreement, checkAgreement } = this.#options;
    const { channel, peer } = await open(partner);
    this.#channels.add(channel);
    try {
      if (this.#isStopped()) return;
      await greet(channel, peer, { agreement: () => agreement(partner), checkAgreement });
      for (const report of waiting) await this.#tellOne(report, channel, peer);
      await channel.close();
    } catch (error) {
      channel.abort(error as Error);
      throw error;
    } finally {
      this.#channels.delete(channel);
      if (this.#isStopped()) channel.abort(new ChanceryError('archive.closed', 'the node stops'));
    }
  }

  /** A method, since a stop can come while another is awaited. */
  #isStopped(): boolean {
    return this.#stopped;
  }

  async #waiting(partner: string): Promise<ReportEntry[]> {
    const { reports, clock } = this.#options;
    const now = clock();
    const untold = await reports.untold(partner, MAX_LOOKED_AT);
    return untold
      .filter(({ sequence }) => now - (this.#refused.get(sequence) ?? -Infinity) > REFUSED_FOR_MS)
      .slice(0, MAX_TOLD);
  }

  async #tellOne({ sequence, message, act }: ReportEntry, channel: FrameChannel, peer: Peer): Promise<void> {
    if (act.what !== 'made' || act.partner === null) return;
    const { partner, statement } = act;
    const { domain, suite, clock, ledger, log } = this.#options;
    const notice = await this.#ask(statement, channel, partner);
    if (notice instanceof ChanceryError) {
      if (this.#refused.size >= MAX_REFUSED) this.#refused.clear();
      this.#refused.set(sequence, clock());
      log.warn(
        { partner, code: notice.code, report: sequence },
        `${partner} does not take it: ${notice.message}`,
      );
      return;
    }
    const publicKey = peer.identity.statement?.publicKey ?? new Uint8Array();
    const expected = { from: partner, to: domain, at: clock() };
    const opened = valueOf(openReport('report-notice', notice, expected, publicKey, suite));
    if (!equals(opened.about, suite.sha256(statement)))
      throw new ChanceryError('encoding.malformed', `${partner} gave notice of another statement`);
    this.#refused.delete(sequence);
    const told = { what: 'told', report: sequence, statement: notice } as const;
    await ledger.append([
      fact('report', {
        ...{ message, actor: partner, reason: '' },
        act: { ...told, chain: statementChain(peer.identity) },
      }),
    ]);
  }

  async #ask(
    statement: Uint8Array,
    channel: FrameChannel,
    partner: string,
  ): Promise<Uint8Array | ChanceryError> {
    const late = new ChanceryError('node.unreachable', `${partner} gave no notice in time`);
    const timer = setTimeout(() => channel.abort(late), ANSWER_WITHIN_MS);
    try {
      await writeFrame(channel, { type: 'report', statement });
      const answer = valueOf(await readFrame(channel, federationAnswerShape, MAX_FRAME_BYTES, 'notice'));
      if (answer.type === 'refused') return ChanceryError.from(refusalOf(answer).refusal);
      if (answer.type === 'report') return answer.notice;
      throw new ChanceryError('encoding.malformed', `${partner} answered what was not asked`);
    } finally {
      clearTimeout(timer);
    }
  }
}
