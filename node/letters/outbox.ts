/**
 * Tells partners what waits for them, by signed statements. Guarantees: it is told again until the partner's signed notice is in
 * our log, at the next start too; a partner that is away, slow or hostile holds up nobody else; nothing goes to a domain with
 * which there is no agreement.
 */
import { equals } from 'uint8arrays/equals';
import type { Logger } from 'pino';
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import { ChanceryError, valueOf, type Code } from '../../protocol/errors/index.ts';
import { openLetter } from '../../protocol/statement/index.ts';
import {
  MAX_FRAME_BYTES,
  federationAnswerShape,
  readFrame,
  refusalOf,
  writeFrame,
  type FrameChannel,
  type LetterFrame,
} from '../../protocol/wire/index.ts';
import { greet, type Greeting } from '../federation/index.ts';
import { statementChain } from '../identity/index.ts';
import type { Ledger, Partners, RecordKind } from '../ledger/index.ts';
import type { Peer } from '../network/index.ts';

/** Milliseconds between two looks at what waits: for a partner that came back without being noticed. */
const LOOK_EVERY_MS = 60_000;

/** Milliseconds for which what a partner refused is not told again. */
const REFUSED_FOR_MS = 60 * 60 * 1000;

/** Milliseconds for one answer. */
const ANSWER_WITHIN_MS = 20_000;

/** Statements of one matter that are told on one stream. */
const MAX_TOLD = 64;

/** And looked through for those. */
const MAX_LOOKED_AT = 1_024;

/** Refusals remembered, beyond which all are tried anew. */
const MAX_REFUSED = 4_096;

/** A statement of ours that its partner has yet to give notice of. */
export interface Waiting {
  /** What it is by itself, for people and among all that wait. */
  readonly name: string;
  readonly frame: LetterFrame;
  /** What the notice has to name beside the statement: a request for preservation, by its id. */
  readonly request?: Uint8Array;
  /** The refusal that says that there is nothing to tell: it is told by that, without a notice. */
  readonly needless?: Code;
  /** Records that the partner has it: its notice, and the certificates that verify that. */
  told(notice: Uint8Array, chain: Uint8Array[]): Promise<void>;
}

/** What partners are told of one matter. */
export interface Matter {
  /** The kind of the entries with which something comes to wait. */
  readonly kind: RecordKind;
  /** What waits for a partner, the oldest first. */
  waiting(partner: string, limit: number): Promise<readonly Waiting[]>;
}

export interface OutboxOptions {
  readonly domain: string;
  readonly ledger: Ledger;
  readonly partners: Partners;
  /** In the order in which they are told. */
  readonly matters: readonly Matter[];
  /** A federation stream to one of the partner's nodes. */
  readonly open: (partner: string) => Promise<{ channel: FrameChannel; peer: Peer }>;
  readonly agreement: (partner: string) => Uint8Array;
  readonly checkAgreement: Greeting['checkAgreement'];
  readonly suite: CryptoSuite;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly log: Logger;
}

/** Why what waits was not taken the last time. */
export interface Problem {
  readonly code: string;
  readonly message: string;
}

interface Refused extends Problem {
  readonly at: number;
}

export class Outbox {
  readonly #options: OutboxOptions;
  readonly #underWay = new Map<string, Promise<void>>();
  /** Partners that are to be looked at once more when the look under way is over. */
  readonly #again = new Set<string>();
  readonly #channels = new Set<FrameChannel>();
  /** By the name of what waits. */
  readonly #refused = new Map<string, Refused>();
  /** Why each partner was not reached, of those with an agreement. */
  readonly #unreached = new Map<string, Problem>();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Looks from now on by itself, whenever something came to wait, and every minute. */
  start(): void {
    if (this.#timer !== undefined) return;
    this.#options.ledger.watch((kinds) => {
      if (this.#options.matters.some(({ kind }) => kinds.has(kind))) this.look();
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

  /** Why a partner was not told of what waits; undefined where nothing kept it. */
  problem(partner: string, name: string): Problem | undefined {
    return this.#refused.get(name) ?? this.#unreached.get(partner);
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
    this.#options.log.info({ partner, code }, `what is to be told waits: ${message}`);
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
      for (const one of waiting) await this.#tellOne(one, partner, channel, peer);
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

  async #waiting(partner: string): Promise<Waiting[]> {
    const { matters, clock } = this.#options;
    const now = clock();
    const found: Waiting[] = [];
    for (const matter of matters) {
      const waiting = (await matter.waiting(partner, MAX_LOOKED_AT)).filter(
        ({ name }) => now - (this.#refused.get(name)?.at ?? -Infinity) > REFUSED_FOR_MS,
      );
      found.push(...waiting.slice(0, MAX_TOLD));
    }
    return found;
  }

  async #tellOne(waiting: Waiting, partner: string, channel: FrameChannel, peer: Peer): Promise<void> {
    const { domain, suite, clock, log } = this.#options;
    const { name, frame } = waiting;
    const notice = await this.#ask(frame, channel, partner);
    if (notice instanceof ChanceryError) {
      const { code, message } = notice;
      if (code === waiting.needless) return waiting.told(new Uint8Array(), []);
      if (this.#refused.size >= MAX_REFUSED) this.#refused.clear();
      this.#refused.set(name, { code, message, at: clock() });
      log.warn({ partner, code, letter: name }, `${partner} does not take it: ${message}`);
      return;
    }
    const expected = { from: partner, to: domain, at: clock() };
    const publicKey = peer.identity.statement?.publicKey ?? new Uint8Array();
    const opened = valueOf(openLetter(`${frame.type}-notice`, notice, expected, publicKey, suite));
    const request = 'request' in opened ? opened.request : undefined;
    const isAboutIt = equals(opened.about, suite.sha256(frame.statement)) && isSame(request, waiting.request);
    if (!isAboutIt)
      throw new ChanceryError('encoding.malformed', `${partner} gave notice of another statement`);
    this.#refused.delete(name);
    await waiting.told(notice, statementChain(peer.identity));
  }

  async #ask(
    frame: LetterFrame,
    channel: FrameChannel,
    partner: string,
  ): Promise<Uint8Array | ChanceryError> {
    const late = new ChanceryError('node.unreachable', `${partner} gave no notice in time`);
    const timer = setTimeout(() => channel.abort(late), ANSWER_WITHIN_MS);
    try {
      await writeFrame(channel, frame);
      const answer = valueOf(await readFrame(channel, federationAnswerShape, MAX_FRAME_BYTES, 'notice'));
      if (answer.type === 'refused') return ChanceryError.from(refusalOf(answer).refusal);
      if (answer.type === frame.type) return answer.notice;
      throw new ChanceryError('encoding.malformed', `${partner} answered what was not asked`);
    } finally {
      clearTimeout(timer);
    }
  }
}

function isSame(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  return one === undefined || other === undefined ? one === other : equals(one, other);
}
