/**
 * The search index over the log: which entries have a token. What is new is in memory; each full run of it is stored as a
 * segment. Guarantees: all of it follows from the headers of the log, so what is not stored when a node dies, on a copy, or
 * in a backup that is restored, is read from there; nothing is said to be found or not before every entry was looked at;
 * what was disposed of leaves it.
 */
import { setImmediate } from 'node:timers/promises';
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { Ledger } from '../ledger/index.ts';
import { nextGone, noteGone } from './gone.ts';
import { Run, RUN_LIMITS, type RunLimits } from './run.ts';
import { Segment } from './segment.ts';

/** A part of the index: entries from (inclusive) to (exclusive), and the places in it that have a token, newest first. */
export type Part = Pick<Segment, 'from' | 'to' | 'places'>;

/** Runs in memory: one that grows, one that is being stored, and two for when the disk is slow. */
const MAX_RUNS = 4;

/** Entries that are known from their append before it is their turn: more than the archive's queue holds. */
const MAX_PENDING = 32_768;

/** Entries that are read from the log between two turns of other work: some milliseconds. */
const READ_ENTRIES = 64;

/** Milliseconds after which storing a run is tried again: what keeps it from being stored is an alarm of its own. */
const AGAIN_MS = 60_000;

export interface SearchIndexOptions {
  readonly ledger: Ledger;
  readonly logger: { error(facts: object, message: string): void };
  readonly limits?: RunLimits;
}

export class SearchIndex {
  readonly #ledger: Ledger;
  readonly #logger: SearchIndexOptions['logger'];
  readonly #limits: RunLimits;
  readonly #stopped = new AbortController();
  readonly #stopListening: () => void;
  #segments: Segment[];
  #runs: Run[];
  /** What was told of entries that do not count yet, from one sequence number on. */
  #pending: (Uint8Array | undefined)[] = [];
  #pendingFrom = 0;
  #advancing: Promise<void> | undefined;
  #storing: Promise<void> | undefined;
  #again: NodeJS.Timeout | undefined;
  /** Disposals that were told of, how many of them were looked at, and are out of the index: the first look is one. */
  #disposals = 1;
  #looked = 0;
  #forgotten = 0;

  private constructor({ ledger, logger, limits = RUN_LIMITS }: SearchIndexOptions, segments: Segment[]) {
    this.#ledger = ledger;
    this.#logger = logger;
    this.#limits = limits;
    this.#segments = segments;
    this.#runs = [this.#runFrom(segments.at(-1)?.to ?? 0)];
    ledger.tellTokens((sequence, tokens) => this.#told(sequence, tokens));
    this.#stopListening = ledger.log.onCommit(() => {
      this.#advance();
      if (!this.isClean) this.#store();
    });
    ledger.watch((kinds) => {
      if (!kinds.has('disposal')) return;
      this.#disposals += 1;
      this.#store();
    });
    this.#advance();
    this.#store();
  }

  /** Opens what is stored; what is not is read from the log meanwhile. */
  static async open(options: SearchIndexOptions): Promise<SearchIndex> {
    return new SearchIndex(options, await Segment.readAll(options.ledger));
  }

  /** Sequence numbers below it are in the index. */
  get size(): number {
    return this.#last.to;
  }

  /**
   * The index over every entry that counts, the newest part first. Throws `archive.unavailable` while it is still being
   * made, with how far it is, or what keeps it from that.
   */
  parts(): readonly Part[] {
    const { size } = this.#ledger.log;
    if (this.size < size) {
      this.#advance();
      const share = Math.floor((100 * this.size) / size);
      throw new ChanceryError(
        'archive.unavailable',
        `the search index is being made from the log, ${share} % so far; try again in a moment`,
        { facts: { size: this.size, of: size } },
      );
    }
    return [...this.#segments, ...this.#runs].reverse();
  }

  /** Resolves once the index is over every entry that counts now, or that cannot be. */
  async caughtUp(): Promise<void> {
    this.#advance();
    await this.#advancing;
  }

  /** Whether it has nothing any more of what was disposed of. */
  get isClean(): boolean {
    return this.#forgotten === this.#disposals;
  }

  /** Resolves once every full run is stored, and nothing is left of what was disposed of. */
  async stored(): Promise<void> {
    while (this.#storing !== undefined) await this.#storing;
  }

  /** A part was found damaged: it and what follows is made anew from the log. */
  remake(from: number): void {
    const at = this.#segments.findIndex((segment) => segment.from === from);
    if (at < 0) return;
    this.#segments = this.#segments.slice(0, at);
    this.#runs = [this.#runFrom(from)];
    this.#advance();
  }

  /** What is stored by then stays; the rest is read from the log again. */
  async stop(): Promise<void> {
    clearTimeout(this.#again);
    this.#stopListening();
    this.#stopped.abort();
    await this.#advancing;
    await this.#storing;
  }

  #runFrom(from: number): Run {
    return new Run(from, this.#limits);
  }

  get #last(): Run {
    const last = this.#runs.at(-1);
    if (last === undefined) throw new ChanceryError('internal', 'the search index has no run to add to');
    return last;
  }

  #told(sequence: number, tokens: Uint8Array | undefined): void {
    const at = sequence - this.#pendingFrom;
    if (at < 0 || at > this.#pending.length || at >= MAX_PENDING) {
      this.#pending = []; // what it had is in the log as well
      this.#pendingFrom = sequence;
    } else this.#pending.length = at;
    this.#pending.push(tokens);
  }

  /** Adds what counts by now: what is at hand at once, the rest from the log. */
  #advance(): void {
    if (this.#stopped.signal.aborted) return;
    this.#addPending();
    if (this.size >= this.#ledger.log.size || !this.#hasRoom) return;
    this.#advancing ??= this.#readOn()
      .catch((error: unknown) => {
        if (!this.#stopped.signal.aborted)
          this.#logger.error({ err: error, alarm: true }, 'the search index could not be made from the log');
      })
      .finally(() => (this.#advancing = undefined));
  }

  #addPending(): void {
    const { size } = this.#ledger.log;
    const first = this.size - this.#pendingFrom;
    if (first < 0 || first > this.#pending.length) return;
    let at = first;
    for (; at < this.#pending.length && this.size < size && this.#hasRoom; at += 1)
      this.#add(this.#pending[at]);
    this.#pending.splice(0, at);
    this.#pendingFrom += at;
  }

  async #readOn(): Promise<void> {
    const { log } = this.#ledger;
    for (let read = 1; this.size < log.size; read += 1) {
      if (!this.#hasRoom) await this.#storing;
      if (!this.#hasRoom) return;
      const sequence = this.size;
      const isMessage = log.entry(sequence)?.kind === 'message' && !this.#ledger.isDisposed(sequence);
      this.#add(isMessage ? this.#ledger.messageHeader(sequence)?.tokens : undefined);
      if (read % READ_ENTRIES === 0) await setImmediate(undefined, { signal: this.#stopped.signal });
      this.#addPending();
      this.#stopped.signal.throwIfAborted();
    }
  }

  get #hasRoom(): boolean {
    return this.#runs.length < MAX_RUNS || !this.#last.isFull;
  }

  #add(tokens: Uint8Array | undefined): void {
    if (this.#last.isFull) this.#runs.push(this.#runFrom(this.#last.to));
    this.#last.add(tokens);
    if (this.#last.isFull) this.#store();
  }

  /** Stores full runs, the oldest first, and then takes out what was disposed of: one after the other, since both write segments. */
  #store(): void {
    clearTimeout(this.#again);
    this.#again = undefined;
    if (this.#stopped.signal.aborted) return;
    this.#storing ??= this.#storeFull()
      .catch((error: unknown) => {
        if (this.#stopped.signal.aborted) return;
        this.#logger.error(
          { err: error },
          'a part of the search index could not be stored; it is tried again',
        );
        this.#again = setTimeout(() => this.#store(), AGAIN_MS).unref();
      })
      .then(() => {
        this.#storing = undefined;
        const isDue = this.#runs[0]?.isFull === true || this.#looked < this.#disposals;
        if (isDue && this.#again === undefined) this.#store();
      });
  }

  async #storeFull(): Promise<void> {
    for (let [run] = this.#runs; run?.isFull === true; [run] = this.#runs) {
      const segment = await Segment.write(this.#ledger, run, this.#stopped.signal);
      if (this.#runs[0] !== run) continue; // it was to be made anew meanwhile
      this.#segments = [...this.#segments, segment];
      this.#runs = this.#runs.length === 1 ? [this.#runFrom(segment.to)] : this.#runs.slice(1);
      this.#advance();
    }
    if (this.isClean) return;
    this.#looked = this.#disposals;
    const disposals = this.#disposals;
    let gone = await nextGone(this.#ledger);
    for (; typeof gone === 'object'; gone = await nextGone(this.#ledger)) {
      await this.#forget(gone.sequences);
      this.#stopped.signal.throwIfAborted();
      await noteGone(this.#ledger, gone.next);
    }
    if (gone === 'none') this.#forgotten = disposals;
  }

  async #forget(sequences: readonly number[]): Promise<void> {
    for (const run of this.#runs) run.forget(sequences);
    for (const sequence of sequences)
      if (sequence - this.#pendingFrom in this.#pending)
        this.#pending[sequence - this.#pendingFrom] = undefined;
    for (const segment of this.#segments) {
      const own = sequences.filter((sequence) => sequence >= segment.from && sequence < segment.to);
      if (own.length === 0) continue;
      try {
        await segment.forget(own, this.#stopped.signal);
      } catch (error) {
        if (!(error instanceof ChanceryError) || error.code !== 'archive.damaged') throw error;
        this.remake(segment.from); // from the log, which has nothing of them either
        return;
      }
    }
  }
}
