/** What is kept of the log's contents, for how long and for whom, and how they are taken away once a certificate says so. */
import { equals } from 'uint8arrays/equals';
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { Disposals, DisposedEntry } from './disposals.ts';
import {
  contentKey,
  disposedRange,
  heldForRange,
  keptUntilRange,
  numberIn,
  SEQUENCE_KEY_BYTES,
  sequenceOf,
  VIEWS,
} from './keys.ts';
import type { Op } from './pairs.ts';
import { ReadableLog } from './readable-log.ts';
import type { Keep, Run, Store } from './store.ts';

export abstract class DisposableLog extends ReadableLog {
  /** The store as it is now: it may be opened again. */
  protected abstract get store(): Store;

  /** What the log says by now of what was disposed of. */
  protected abstract disposals(): Disposals;

  /** What was read is in memory no longer. */
  protected abstract forgetRead(): void;

  /**
   * Takes contents away for good, once a certificate in the log names them: `also` is what is left of them, and what goes of
   * the views. `time` is what has passed for certain. Throws `archive.retained` or `archive.held`; `internal` where no
   * durable certificate names one.
   */
  async dispose(sequences: readonly number[], time: number, also: readonly Op[]): Promise<void> {
    const disposals = this.disposals();
    const unnamed = sequences.find((sequence) => disposals.find(sequence) === undefined);
    if (unnamed !== undefined)
      throw new ChanceryError('internal', `no certificate names entry ${unnamed}; record one first`);
    this.forgetRead(); // it may remember what goes
    await this.store.dispose(sequences, time, also);
  }

  /** Has contents from (inclusive) to (exclusive) that were disposed of leave the files, and what views had of them. */
  async purge(from: number, to: number): Promise<void> {
    const { store } = this;
    await store.purge?.(contentKey(from), contentKey(to));
    await store.purge?.(VIEWS.gte, VIEWS.lt);
  }

  /** Has what was in rows of a view before leave the files. */
  async purgeView({ gte, lt }: { readonly gte: Uint8Array; readonly lt: Uint8Array }): Promise<void> {
    await this.store.purge?.(gte, lt);
  }

  /** Throws `archive.retained` or `archive.held` where one of these must be kept at a time. */
  assertDisposable(sequences: readonly number[], time: number): Promise<void> {
    return this.store.assertDisposable(sequences, time);
  }

  /** Keeps a content until a time or longer; holds it for a matter, or no longer. Rows of the store, made from the log. */
  async keep(run: Run, keep: Keep): Promise<void> {
    const { store } = this;
    if (keep.until !== undefined) await store.retain(run, keep.until);
    for (const matter of keep.matters ?? []) await store.hold(run, matter);
  }

  async release(run: Run, matter: Uint8Array): Promise<void> {
    await this.store.release(run, matter);
  }

  /** A row of the store as it is, whatever it says: to be held against the log. */
  row(key: Uint8Array): Uint8Array | undefined {
    return this.store.getSync(key);
  }

  /** The dates until which contents are kept, from a sequence number on. */
  async *keptUntil(from: number): AsyncGenerator<{ readonly sequence: number; readonly until: number }> {
    for await (const [key, value] of this.store.iterate(keptUntilRange(from)))
      yield { sequence: sequenceOf(key), until: numberIn(value) ?? Infinity };
  }

  /** The contents that are held one by one for a matter. */
  async *heldFor(matter: Uint8Array): AsyncGenerator<number> {
    for await (const [key] of this.store.iterate(heldForRange(0, Number.MAX_SAFE_INTEGER)))
      if (equals(key.subarray(SEQUENCE_KEY_BYTES), matter)) yield sequenceOf(key);
  }

  /** The contents from (inclusive) to (exclusive) that are held one by one, whatever for, rising. */
  async *heldBetween(from: number, to: number): AsyncGenerator<number> {
    let last = -1;
    for await (const [key] of this.store.iterate(heldForRange(from, to))) {
      const sequence = sequenceOf(key);
      if (sequence !== last) yield sequence;
      last = sequence;
    }
  }

  /** Every entry whose content was disposed of, with its certificate. */
  async *disposedEntries(): AsyncGenerator<{ readonly sequence: number; readonly certificate: number }> {
    for await (const [key, value] of this.store.iterate(disposedRange()))
      yield { sequence: sequenceOf(key), certificate: numberIn(value) ?? Infinity };
  }

  /** What the log says of an entry whose content was disposed of; undefined for one that was not. */
  disposed(sequence: number): DisposedEntry | undefined {
    return this.disposals().find(sequence);
  }
}
