/**
 * Tells partners what waits for them: our requests, our answers to theirs, our withdrawals. Guarantees: it is told again until
 * the partner's signed notice is in our log, at the next start too; a partner that is away, slow or hostile holds up nobody
 * else; nothing goes to a domain with which there is no agreement.
 */
import { equals } from 'uint8arrays/equals';
import { toString } from 'uint8arrays/to-string';
import type { Logger } from 'pino';
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import { openPreservation } from '../../protocol/statement/index.ts';
import {
  MAX_FRAME_BYTES,
  federationAnswerShape,
  readFrame,
  refusalOf,
  writeFrame,
  type FrameChannel,
  type PreservationFrame,
} from '../../protocol/wire/index.ts';
import { greet, type Greeting } from '../federation/index.ts';
import { statementChain } from '../identity/index.ts';
import {
  fact,
  type Ledger,
  type Partners,
  type Preservation,
  type Preservations,
  type Turn,
} from '../ledger/index.ts';
import type { Peer } from '../network/index.ts';

/** Milliseconds between two looks at what waits: for a partner that came back without being noticed. */
const LOOK_EVERY_MS = 60_000;

/** Milliseconds for which what a partner refused is not told again. */
const REFUSED_FOR_MS = 60 * 60 * 1000;

/** Milliseconds for one answer. */
const ANSWER_WITHIN_MS = 20_000;

/** Statements told on one stream. */
const MAX_TOLD = 64;

export interface OutboxOptions {
  readonly domain: string;
  readonly ledger: Ledger;
  readonly partners: Partners;
  readonly preservations: Preservations;
  /** A federation stream to one of the partner's nodes. */
  readonly open: (partner: string) => Promise<{ channel: FrameChannel; peer: Peer }>;
  readonly agreement: (partner: string) => Uint8Array;
  readonly checkAgreement: Greeting['checkAgreement'];
  readonly suite: CryptoSuite;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly turn: Turn;
  readonly log: Logger;
}

/** Why what waits was not taken the last time. */
export interface Untold {
  readonly code: string;
  readonly message: string;
}

interface Refused extends Untold {
  readonly at: number;
}

/** What we said of a request: a frame for it, and its entry's statement. */
type Said = Pick<PreservationFrame, 'what' | 'statement'>;

export class Outbox {
  readonly #options: OutboxOptions;
  readonly #underWay = new Map<string, Promise<void>>();
  /** Partners that are to be looked at once more when the look under way is over. */
  readonly #again = new Set<string>();
  readonly #channels = new Set<FrameChannel>();
  /** By the hex of the id of what waits, so no more than wait. */
  readonly #refused = new Map<string, Refused>();
  /** Why each partner was not reached, of those with an agreement. */
  readonly #unreached = new Map<string, Untold>();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Looks from now on by itself, whenever something came to wait, and every minute. */
  start(): void {
    if (this.#timer !== undefined) return;
    this.#options.ledger.watch((kinds) => {
      if (kinds.has('preservation')) this.look();
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

  /** Why a partner was not told of a request; undefined where nothing kept it. */
  problem({ partner, id, told }: Preservation): Untold | undefined {
    return told ? undefined : (this.#refused.get(toString(id, 'hex')) ?? this.#unreached.get(partner));
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
      .then(() => void this.#unreached.delete(partner))
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
    if (partner !== '') this.#unreached.set(partner, { code, message });
    this.#options.log.info({ partner, code }, `what is said of preservation waits: ${message}`);
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
      for (const preservation of waiting) await this.#tellOne(preservation, channel, peer);
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

  async #waiting(partner: string): Promise<Preservation[]> {
    const { preservations, clock } = this.#options;
    const now = clock();
    return (await preservations.untold(partner, MAX_TOLD)).filter(({ id }) => {
      const refused = this.#refused.get(toString(id, 'hex'));
      return refused === undefined || now - refused.at > REFUSED_FOR_MS;
    });
  }

  async #tellOne(preservation: Preservation, channel: FrameChannel, peer: Peer): Promise<void> {
    const { id, partner } = preservation;
    const said = await this.#said(id);
    if (said === undefined) return;
    const notice = await this.#ask(said, channel, partner);
    const name = toString(id, 'hex');
    if (notice instanceof ChanceryError) {
      // what never reached the partner need not be withdrawn there
      if (said.what === 'withdrawal' && notice.code === 'preservation.unknown')
        return this.#told(id, said, new Uint8Array(), []);
      const { code, message } = notice;
      this.#refused.set(name, { code, message, at: this.#options.clock() });
      this.#options.log.warn({ partner, code, request: name }, `${partner} does not take it: ${message}`);
      return;
    }
    const { domain, suite, clock } = this.#options;
    const expected = { from: partner, to: domain, at: clock() };
    const publicKey = peer.identity.statement?.publicKey ?? new Uint8Array();
    const opened = valueOf(openPreservation('preservation-notice', notice, expected, publicKey, suite));
    if (!equals(opened.request, id) || !equals(opened.about, suite.sha256(said.statement)))
      throw new ChanceryError('encoding.malformed', `${partner} gave notice of another statement`);
    this.#refused.delete(name);
    await this.#told(id, said, notice, statementChain(peer.identity));
  }

  async #ask(said: Said, channel: FrameChannel, partner: string): Promise<Uint8Array | ChanceryError> {
    const late = new ChanceryError('node.unreachable', `${partner} gave no notice in time`);
    const timer = setTimeout(() => channel.abort(late), ANSWER_WITHIN_MS);
    try {
      await writeFrame(channel, { type: 'preservation', ...said });
      const answer = valueOf(await readFrame(channel, federationAnswerShape, MAX_FRAME_BYTES, 'notice'));
      if (answer.type === 'refused') return ChanceryError.from(refusalOf(answer).refusal);
      if (answer.type === 'preservation') return answer.notice;
      throw new ChanceryError('encoding.malformed', `${partner} answered what was not asked`);
    } finally {
      clearTimeout(timer);
    }
  }

  /** What we said last of a request. */
  async #said(id: Uint8Array): Promise<Said | undefined> {
    const { preservations, ledger } = this.#options;
    for (const sequence of (await preservations.entries(id)).toReversed()) {
      const record = ledger.record('preservation', sequence);
      if (record === undefined || record.chain.length > 0 || record.statement.length === 0) continue;
      const { statement, direction, state } = record;
      if (direction === 'received') return { what: 'answer', statement };
      return { what: state === 'withdrawn' ? 'withdrawal' : 'request', statement };
    }
    return undefined;
  }

  /** The partner has it: what came meanwhile stands, and what we said meanwhile is still to be told. */
  #told(id: Uint8Array, said: Said, statement: Uint8Array, chain: Uint8Array[]): Promise<void> {
    const { preservations, ledger, turn } = this.#options;
    return turn.take(async () => {
      const known = preservations.find(id);
      const newest = await this.#said(id);
      if (known === undefined || known.told || newest === undefined) return;
      if (!equals(newest.statement, said.statement)) return;
      const { partner, direction, reason } = known;
      const state = known.state === 'requested' ? 'delivered' : known.state;
      const record = { partner, direction, id, state, told: true, statement, chain, actor: partner, reason };
      await ledger.append([fact('preservation', record)]);
    });
  }
}
