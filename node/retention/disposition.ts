/**
 * Decides what goes, records it, and has it taken away. Guarantees: nothing is named in a certificate that a date or a hold
 * keeps, that waits for a partner, or whose time has not passed for certain; a certificate is durable before anything goes.
 */
import type { Logger } from 'pino';
import {
  decodeSealed,
  DISPOSED_MAX,
  headerAlone,
  monthOf,
  type Ground,
} from '../../protocol/archive/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import {
  fact,
  floorOf,
  scheduledBy,
  type DataKeys,
  type HeaderOf,
  type Ledger,
  type Partners,
  type RecordOf,
} from '../ledger/index.ts';
import type { Effects } from './effects.ts';
import type { PassedTime } from './passed-time.ts';
import { ceilingOf, type RetentionPolicy } from './policy.ts';

/** Messages looked at before others go first. */
const STEP = 64;

const DAY_MS = 24 * 60 * 60 * 1000;

export interface DispositionOptions {
  readonly ledger: Ledger;
  readonly partners: Partners;
  readonly dataKeys: DataKeys;
  readonly policy: RetentionPolicy;
  readonly passed: PassedTime;
  /** Up to when what had to go may go; Infinity where nobody has to approve that. */
  readonly mayGoUntil: () => number;
  readonly effects: Effects;
  readonly log: Logger;
}

/** A message with what decides when it may go, and when it must. Times in milliseconds since 1970. */
export interface Candidate {
  readonly sequence: number;
  readonly header: HeaderOf<'message'>;
  readonly received: number;
  readonly schedule: string;
  /** Until when it is kept. */
  readonly floor: number;
  /** When it must go; null for never. */
  readonly ceiling: number | null;
}

export class Disposition {
  readonly #options: DispositionOptions;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: DispositionOptions) {
    this.#options = options;
  }

  /** One decision after the other: a hold is placed before one or after it, never within. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }

  /** A message that is there; undefined for what is no message, or is gone. */
  candidate(sequence: number): Candidate | undefined {
    const { ledger, policy } = this.#options;
    const entry = ledger.log.entry(sequence);
    if (entry?.kind !== 'message' || ledger.isDisposed(sequence)) return undefined;
    const header = ledger.header('message', sequence);
    if (header === undefined) return undefined;
    const { schedule } = scheduledBy(header);
    const floor = floorOf(header, entry.time);
    const days = ceilingOf(policy, schedule);
    const ceiling = days === null ? null : Math.max(floor, entry.time + days * DAY_MS);
    return { sequence, header, received: entry.time, schedule, floor, ceiling };
  }

  /** Messages that must go by now, from one on, of at most so many that are looked at; and where to go on. */
  async due(from: number, looked: number): Promise<{ due: Candidate[]; next: number | null }> {
    const { ledger, passed, policy, mayGoUntil } = this.#options;
    const due: Candidate[] = [];
    if (policy.schedules.every(({ ceilingDays }) => ceilingDays === null)) return { due, next: null };
    await passed.look();
    let left = looked;
    for await (const { sequence, until } of ledger.log.keptUntil(from)) {
      if (left === 0) return { due, next: sequence };
      left -= 1;
      if (left % STEP === 0) await new Promise((resolve) => setImmediate(resolve));
      if (until > passed.since(Infinity)) continue;
      const found = this.candidate(sequence);
      if (found === undefined || found.ceiling === null) continue;
      const last = Math.max(found.ceiling, until);
      if (last <= passed.since(found.received) && last <= mayGoUntil()) due.push(found);
    }
    return { due, next: null };
  }

  /** Why a message has to stay, by the store's own dates and holds, or because it is on its way; undefined where it may go. */
  async keptBy(message: Candidate, agreed: readonly string[]): Promise<ChanceryError | undefined> {
    const { ledger, passed } = this.#options;
    const { sequence, received } = message;
    const time = passed.since(received);
    try {
      await ledger.log.assertDisposable([sequence], Number.MAX_SAFE_INTEGER); // a hold comes before every date
      if (message.floor > time) throw retained(message);
      await ledger.log.assertDisposable([sequence], time);
    } catch (error) {
      if (error instanceof ChanceryError && REASONS.has(error.code)) return error;
      throw error;
    }
    return this.#isWaiting(message, agreed) ? waiting(message) : undefined;
  }

  /**
   * Disposes of those of some messages that may go: at most as many as one certificate names. Returns how many it were, and
   * what kept the others. To be called in turn.
   */
  async dispose(
    messages: readonly Candidate[],
    ground: Ground,
    schedule: string,
  ): Promise<{ disposed: readonly Candidate[]; kept: readonly ChanceryError[] }> {
    const { effects, passed, partners } = this.#options;
    await effects.run(); // a hold that is being laid counts
    await passed.look();
    const agreed = (await partners.agreements()).map(({ domain }) => domain);
    const kept: ChanceryError[] = [];
    const going: Candidate[] = [];
    for (const message of messages.slice(0, DISPOSED_MAX)) {
      const reason = await this.keptBy(message, agreed);
      if (reason === undefined) going.push(message);
      else kept.push(reason);
    }
    // what the oldest may go by has to do for all: the rest goes with another certificate
    const time = Math.min(...going.map(({ received }) => passed.since(received)));
    const disposed = going.filter(({ floor }) => floor <= time);
    if (disposed.length > 0) {
      const named = await Promise.all(disposed.map((message) => this.#named(message)));
      await this.#record({ ground, schedule, time, disposed: named }, []);
    }
    return { disposed, kept };
  }

  /** Destroys the data keys of past months that open nothing any more, of some of those there are. To be called in turn. */
  async destroySpent(ids: readonly Uint8Array[]): Promise<number> {
    const { ledger, dataKeys, passed } = this.#options;
    let destroyed = 0;
    for (const id of ids) {
      const record = dataKeys.record(id);
      if (record === undefined || record.month >= monthOf(ledger.log.now)) continue;
      if (await this.#opensSomething(record)) continue;
      const entries = await this.#entriesOf(id);
      const named = entries
        .slice(0, DISPOSED_MAX)
        .map((sequence) => ({ sequence, id: null, from: null, kept: null }));
      if (named.length === 0) continue;
      const time = passed.since(0);
      await this.#record({ ground: 'key', schedule: '', time, disposed: named }, this.#others(entries, id));
      destroyed += 1;
    }
    return destroyed;
  }

  async #record(
    record: Omit<RecordOf<'disposal'>, 'v'>,
    beside: readonly ReturnType<typeof fact>[],
  ): Promise<void> {
    const { ledger, effects, log } = this.#options;
    await ledger.append([...beside, fact('disposal', record)]);
    await effects.run();
    log.info({ ground: record.ground, contents: record.disposed.length }, 'contents were disposed of');
  }

  async #named({ sequence, header }: Candidate): Promise<RecordOf<'disposal'>['disposed'][number]> {
    const { ledger } = this.#options;
    const { id, from } = header;
    if (header.conversationAfter === null) return { sequence, id, from, kept: null };
    // what the conversation is from then on, later messages need
    const [record] = await ledger.log.stored(sequence, 1);
    const kept = record === undefined ? null : ledger.sha256(headerAlone(record.stored));
    return { sequence, id, from, kept };
  }

  #isWaiting({ sequence, header }: Candidate, agreed: readonly string[]): boolean {
    const { ledger } = this.#options;
    if (header.from !== null) return false;
    return agreed.some((domain) => ledger.log.has(ledger.keys.outbox(domain, sequence)));
  }

  /** Whether a message is there that is sealed under a data key. */
  async #opensSomething({ id, conversation, month }: RecordOf<'data-key'>): Promise<boolean> {
    const { ledger } = this.#options;
    const { lt } = ledger.keys.within('timeline', conversation);
    const [made = 0] = await this.#entriesOf(id);
    // none that is sealed under it came before it
    for await (const [key] of ledger.log.iterate({ gte: ledger.keys.timeline(conversation, made), lt })) {
      const sequence = sequenceAt(key);
      const entry = ledger.log.entry(sequence);
      if (entry === undefined || monthOf(entry.time) > month) break;
      const [record] = await ledger.log.stored(sequence, 1);
      const under = record && decodeSealed(record.stored)?.dataKey;
      if (under !== undefined && Buffer.compare(under, id) === 0) return true;
    }
    return false;
  }

  /** The entries in which a data key lies, wrapped. */
  async #entriesOf(id: Uint8Array): Promise<number[]> {
    const { ledger } = this.#options;
    const entries: number[] = [];
    for await (const [key] of ledger.log.iterate(ledger.keys.within('keyEntry', id)))
      entries.push(sequenceAt(key));
    return entries;
  }

  /** What the entries that go hold of other keys, to be recorded anew. */
  #others(entries: readonly number[], gone: Uint8Array): readonly ReturnType<typeof fact>[] {
    const { ledger, dataKeys } = this.#options;
    return entries.flatMap((sequence) => {
      if (ledger.log.entry(sequence)?.kind !== 'data-key-wraps') return [];
      const record = ledger.record('data-key-wraps', sequence);
      const wraps = (record?.wraps ?? []).filter(
        ({ id }) => Buffer.compare(id, gone) !== 0 && dataKeys.record(id) !== undefined,
      );
      return record === undefined || wraps.length === 0 ? [] : [fact('data-key-wraps', { ...record, wraps })];
    });
  }
}

const REASONS: ReadonlySet<string> = new Set(['archive.held', 'archive.retained']);

function retained({ sequence, floor: until }: Candidate): ChanceryError {
  const message = `entry ${sequence} is kept until ${new Date(until).toISOString()}; try again after that`;
  return new ChanceryError('archive.retained', message, { facts: { sequence, until } });
}

function waiting({ sequence, floor: until }: Candidate): ChanceryError {
  const message = `entry ${sequence} still waits for a partner; see chancery status`;
  return new ChanceryError('archive.retained', message, { facts: { sequence, until } });
}

function sequenceAt(key: Uint8Array): number {
  return Number(new DataView(key.buffer, key.byteOffset + key.length - 8).getBigUint64(0));
}
