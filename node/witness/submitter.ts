/**
 * Our log as the partners' witnesses see it: after growth the checkpoint goes to every partner with an agreement, and what
 * they cosign is kept in the log. Guarantees: rounds are coalesced and bounded in number; a partner that is away holds up
 * nobody; an entry that only says that something was cosigned is no growth, so that two idle organisations come to rest.
 */
import { toString } from 'uint8arrays/to-string';
import type { Logger } from 'pino';
import {
  openCosignatures,
  readCheckpoint,
  witnessName,
  type Checkpoint,
} from '../../protocol/checkpoint/index.ts';
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import type { WitnessAnswer } from '../../protocol/wire/index.ts';
import type { ArchiveLog } from '../archive/index.ts';
import type { Cosignatures } from '../ledger/index.ts';
import type { OwnLog } from './own-log.ts';
import { withSession, type OpenWitness, type WitnessSession } from './session.ts';
import { askWhatIsKnown, knownSize, submitCheckpoint } from './submission.ts';

/** Milliseconds from the first growth to the round that covers it: what is appended meanwhile is covered too. */
const SETTLE_MS = 1_000;

/**
 * Milliseconds between two rounds, at least: each adds an entry for every partner, here and there, which of a hundred busy
 * partners is 200 MB a day. Bundles and receipts carry checkpoints too, and are held against what is known at once.
 */
const ROUND_EVERY_MS = 30_000;

/** Milliseconds before partners that failed are asked again, where nothing else gives cause. */
const RETRY_MS = 60_000;

export interface SubmitterOptions {
  readonly domain: string;
  readonly log: ArchiveLog;
  readonly cosignatures: Cosignatures;
  readonly ownLog: OwnLog;
  /** Partners with an agreement now. */
  readonly partners: () => Promise<readonly string[]>;
  /** Those who did not say at the start what they know of the log. */
  readonly unasked: Iterable<string>;
  readonly open: OpenWitness;
  /** The signed checkpoint of the log as it is. */
  readonly checkpoint: () => Promise<string>;
  readonly suite: CryptoSuite;
  readonly clock: () => number;
  readonly logger: Logger;
}

/** What became of a partner's turn. `cosigned`: it has all that counts; `late`: not now; `refused`: it does not cosign. */
export type Outcome = 'cosigned' | 'refused' | 'late' | 'stopped';

export class Submitter {
  readonly #options: SubmitterOptions;
  #stopListening: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #due = Infinity;
  #lastRound = -Infinity;
  #round: Promise<unknown> = Promise.resolve();
  /** The newest entry that counts as growth, and the size up to which the log was looked through for it. */
  #newest = -1;
  #looked = 0;
  readonly #unasked: Set<string>;

  constructor(options: SubmitterOptions) {
    this.#options = options;
    this.#unasked = new Set(options.unasked);
  }

  /** From now on submits by itself. */
  start(): void {
    this.#stopListening = this.#options.log.onCommit(() => this.#schedule(SETTLE_MS));
    this.#schedule(SETTLE_MS);
  }

  /** A partner is back: it is asked in the next round, if it has anything to cosign. */
  returned(): void {
    this.#schedule(SETTLE_MS);
  }

  async stop(): Promise<void> {
    this.#stopListening?.();
    this.#due = -Infinity; // nothing is scheduled any more
    clearTimeout(this.#timer);
    await this.#round;
  }

  /** Submits the checkpoint as it is to every partner that has not cosigned all that counts. Never throws. */
  async round(): Promise<ReadonlyMap<string, Outcome>> {
    const { log, partners, checkpoint, logger } = this.#options;
    const outcomes = new Map<string, Outcome>();
    try {
      if (log.stopped !== undefined) return outcomes;
      this.#lookForGrowth();
      const due = (await partners()).filter(
        (partner) => this.#isBehind(partner) || this.#unasked.has(partner),
      );
      if (due.length === 0) return outcomes;
      const note = await checkpoint();
      await Promise.all(due.map(async (partner) => outcomes.set(partner, await this.#try(partner, note))));
    } catch (error) {
      logger.error({ err: error }, 'the checkpoint was not submitted to the partners');
    }
    return outcomes;
  }

  #schedule(delay: number): void {
    const now = this.#options.clock();
    const rest = Math.min(this.#lastRound + ROUND_EVERY_MS - now, ROUND_EVERY_MS); // whatever the clock did meanwhile
    const wait = Math.max(delay, rest);
    if (this.#due <= now + wait) return;
    this.#due = now + wait;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#run(), wait);
    this.#timer.unref();
  }

  async #run(): Promise<void> {
    if (this.#due === -Infinity) return;
    this.#due = Infinity;
    this.#lastRound = this.#options.clock();
    const round = this.#round.then(() => this.round()); // one that is slow is waited for
    this.#round = round;
    const outcomes = [...(await round).values()];
    if (outcomes.some((outcome) => outcome === 'late' || outcome === 'refused')) this.#schedule(RETRY_MS);
  }

  /** Whether there is any entry that a partner has not cosigned, beside those that only tell of cosigning. */
  #isBehind(partner: string): boolean {
    return (this.#options.cosignatures.byPartner(partner)?.size ?? 0) <= this.#newest;
  }

  /** Looks through what is new, from the end, for an entry that counts as growth: each is looked at once at most. */
  #lookForGrowth(): void {
    const { log } = this.#options;
    const { size } = log;
    let sequence = size - 1;
    while (sequence >= this.#looked && log.entry(sequence)?.kind === 'cosignature') sequence -= 1;
    if (sequence >= this.#looked) this.#newest = sequence;
    this.#looked = size;
  }

  async #try(partner: string, note: string): Promise<Outcome> {
    const { open, logger } = this.#options;
    try {
      return await withSession(open, partner, (session) => this.#serve(session, note));
    } catch (error) {
      const { code, message } =
        error instanceof ChanceryError ? error : { code: 'internal', message: String(error) };
      // who was set back, and signed a roster's number anew, is refused before anything of the log can be shown
      if (code === 'roster.equivocation' || code === 'roster.rollback')
        logger.error(
          { partner, code, alarm: true },
          `${partner} knows another roster of ours: was this node set back?`,
        );
      else logger.info({ partner, code }, `checkpoint not cosigned: ${message}`);
      return 'late';
    }
  }

  /**
   * Whoever did not say at the start what it knows of the log is asked that first. The checkpoint is submitted even where
   * that has stopped the log: then it is evidence for the partner too.
   */
  async #serve(session: WitnessSession, note: string): Promise<Outcome> {
    const { domain, suite, ownLog, log } = this.#options;
    const partner = session.partner.domain;
    if (this.#unasked.has(partner)) {
      await askWhatIsKnown(session, domain, suite, ownLog);
      this.#unasked.delete(partner);
    }
    return log.stopped !== undefined || this.#isBehind(partner) ? this.#submit(session, note) : 'cosigned';
  }

  async #submit(session: WitnessSession, note: string): Promise<Outcome> {
    const { log, cosignatures } = this.#options;
    const from = cosignatures.byPartner(session.partner.domain)?.size ?? 0;
    const checkpoint = valueOf(readCheckpoint(note));
    const answer = await submitCheckpoint(session, log, note, from);
    if (answer.status === 200) return this.#keep(session, checkpoint, note, answer);
    const known = knownSize(answer);
    return known !== undefined && known <= checkpoint.size
      ? 'late' // it cosigned another one meanwhile
      : this.#confront(session, answer);
  }

  /** The partner knows more of our log than we do, or cannot make it follow from what it knows: it has to show what. */
  async #confront(session: WitnessSession, answer: WitnessAnswer): Promise<Outcome> {
    const { ownLog, logger, domain, suite } = this.#options;
    const partner = session.partner.domain;
    const facts = { partner, status: answer.status };
    const contradicts = answer.status === 409 || answer.status === 422;
    if (!contradicts) {
      logger.info(facts, `checkpoint not cosigned: ${toString(answer.body).slice(0, 256).trimEnd()}`);
      return 'refused';
    }
    const verdict = await askWhatIsKnown(session, domain, suite, ownLog);
    if (verdict === 'archive.rolled-back' || verdict === 'archive.forked') return 'stopped';
    logger.warn(
      { ...facts, verdict },
      `${partner} does not cosign our checkpoint, and shows none that contradicts it`,
    );
    return 'refused';
  }

  /** Keeps the partner's line, if it is one: lines of others are not looked at. */
  async #keep(
    { partner }: WitnessSession,
    { size, root }: Checkpoint,
    note: string,
    { body }: WitnessAnswer,
  ): Promise<Outcome> {
    const { domain, cosignatures, suite } = this.#options;
    const key = { name: witnessName(partner.domain), publicKey: partner.publicKey };
    const [cosignature] = valueOf(openCosignatures(note + toString(body), [key], suite));
    if (cosignature === undefined)
      throw new ChanceryError(
        'checkpoint.bad-signature',
        `${partner.domain} answered without a cosignature by its statement key`,
      );
    await cosignatures.keep({
      log: domain,
      witness: partner.domain,
      size,
      root,
      note: note + cosignature.line,
      partnerKey: partner.publicKey,
      time: cosignature.time,
    });
    return 'cosigned';
  }
}
