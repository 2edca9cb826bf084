/**
 * Looks again and again for what must go, at a bounded rate, and sees to keys that open nothing any more. Guarantees: no more
 * goes in an hour than policy allows; a look that finds nothing to do records nothing.
 */
import type { Logger } from 'pino';
import { DISPOSED_MAX } from '../../protocol/archive/index.ts';
import type { ChanceryError } from '../../protocol/errors/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { DateFinding, Dates } from './dates.ts';
import type { Disposition, Candidate } from './disposition.ts';
import type { Effects } from './effects.ts';
import type { RetentionPolicy } from './policy.ts';

/** Milliseconds between two looks. */
const LOOK_EVERY_MS = 60_000;

const LOOKS_PER_HOUR = 60;

/** Messages that one look looks at: of those whose floor is to come it reads a date and no more. */
const LOOKED_AT = 20_000;

/** Data keys that one look looks at, beside those of what just went. */
const KEYS_LOOKED_AT = 256;

export interface RetentionOptions {
  readonly ledger: Ledger;
  readonly policy: RetentionPolicy;
  readonly disposition: Disposition;
  readonly effects: Effects;
  readonly dates: Dates;
  readonly log: Logger;
}

/** Entries whose dates and holds one look holds against the log: a million in a day. */
const DATES_LOOKED_AT = 1_024;

/** Findings that are shown as alarms. */
const MAX_TAMPERED = 64;

/** What one look did. */
export interface Looked {
  readonly disposed: number;
  readonly keysDestroyed: number;
  /** Messages that must go and were kept. */
  readonly kept: readonly ChanceryError[];
  /** Dates and holds that were not as the log says, and are again. */
  readonly tampered: readonly DateFinding[];
}

export class Retention {
  readonly #options: RetentionOptions;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<unknown> = Promise.resolve();
  #next = 0;
  #nextDate = 0;
  #tampered: readonly DateFinding[] = [];
  #nextKey: Uint8Array | undefined;
  #stopped = false;
  /** The next look by itself was had ahead of its time. */
  #isAhead = false;

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  /** Looks from now on, every minute, and after that at what else waits for its time. */
  start(after: () => Promise<void>): void {
    const { log } = this.#options;
    this.#timer ??= setInterval(() => {
      this.#lookAnd(after).catch((error: unknown) => {
        log.error({ err: error, alarm: true }, 'the archive could not be looked through for what must go');
      });
    }, LOOK_EVERY_MS).unref();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#looking;
  }

  /**
   * The next look ahead of its time, in its place: so no more goes in an hour than without it. Null where that was done
   * already, and the next is not due yet. Throws `archive.*`.
   */
  async lookAhead(): Promise<Looked | null> {
    if (this.#isAhead) return null;
    this.#isAhead = true;
    return this.look();
  }

  async #lookAnd(after: () => Promise<void>): Promise<void> {
    if (this.#isAhead) this.#isAhead = false;
    else await this.look();
    if (!this.#isStopped()) await after();
  }

  /** What was found changed in the database since the start, the latest: it is put right, and somebody did it. */
  get tampered(): readonly DateFinding[] {
    return this.#tampered;
  }

  /** One look. Throws `archive.*`. */
  look(): Promise<Looked> {
    const done = this.#looking.then(() => this.#look());
    this.#looking = done.catch(() => undefined);
    return done;
  }

  async #look(): Promise<Looked> {
    const { ledger, disposition, policy, effects } = this.#options;
    if (this.#isStopped() || ledger.log.stopped !== undefined)
      return { disposed: 0, keysDestroyed: 0, kept: [], tampered: [] };
    await effects.run();
    const tampered = await this.#checkDates();
    const { due, next } = await disposition.due(this.#next, LOOKED_AT);
    const most = Math.max(1, Math.floor(policy.disposalsPerHour / LOOKS_PER_HOUR));
    const bySchedule = Map.groupBy(due.slice(0, most), ({ schedule }) => schedule);
    const gone: Candidate[] = [];
    const kept: ChanceryError[] = [];
    for (const [schedule, messages] of bySchedule) {
      for (let at = 0; at < messages.length && !this.#isStopped(); at += DISPOSED_MAX) {
        const part = messages.slice(at, at + DISPOSED_MAX);
        const done = await disposition.inTurn(() => disposition.dispose(part, 'schedule', schedule));
        gone.push(...done.disposed);
        kept.push(...done.kept);
      }
    }
    // those that are over the rate come first the next time
    this.#next = due[most]?.sequence ?? next ?? 0;
    const keysDestroyed = await this.seeToKeys(gone);
    return { disposed: gone.length, keysDestroyed, kept, tampered };
  }

  /** Some dates and holds, each time those after the ones before: what is wrong is an alarm. */
  async #checkDates(): Promise<readonly DateFinding[]> {
    const { ledger, dates, log } = this.#options;
    const { size } = ledger.log;
    const from = this.#nextDate < size ? this.#nextDate : 0;
    const to = Math.min(size, from + DATES_LOOKED_AT);
    const tampered = await dates.check(from, to);
    this.#nextDate = to;
    this.#tampered = [...this.#tampered, ...tampered].slice(-MAX_TAMPERED);
    for (const { sequence, problem } of tampered)
      log.error(
        { alarm: true, sequence },
        `somebody went round this program at entry ${sequence}: ${problem}`,
      );
    return tampered;
  }

  /** A method, since a stop can come while another is awaited. */
  #isStopped(): boolean {
    return this.#stopped;
  }

  /** Destroys keys that open nothing any more: of what just went, and of some others. */
  async seeToKeys(gone: readonly Candidate[]): Promise<number> {
    const { disposition } = this.#options;
    const ids = [...(await this.#keysOf(gone)), ...(await this.#nextKeys())];
    return disposition.inTurn(() => disposition.destroySpent(ids));
  }

  async #keysOf(gone: readonly Candidate[]): Promise<Uint8Array[]> {
    const { ledger } = this.#options;
    const conversations = new Map(
      gone.map(({ header }) => [Buffer.from(header.conversation).toString('hex'), header.conversation]),
    );
    const ids: Uint8Array[] = [];
    for (const conversation of conversations.values())
      for await (const [, id] of ledger.iterate(ledger.keys.within('dataKeyOf', conversation))) ids.push(id);
    return ids;
  }

  /** Some data keys, each time those after the ones before. */
  async #nextKeys(): Promise<Uint8Array[]> {
    const { ledger } = this.#options;
    const { gte, lt } = ledger.keys.within('dataKey');
    const from = this.#nextKey === undefined ? { gte } : { gt: this.#nextKey };
    const ids: Uint8Array[] = [];
    let last: Uint8Array | undefined;
    for await (const [key] of ledger.log.iterate({ ...from, lt, limit: KEYS_LOOKED_AT })) {
      ids.push(key.slice(1));
      last = key;
    }
    this.#nextKey = ids.length < KEYS_LOOKED_AT ? undefined : last;
    return ids;
  }
}
