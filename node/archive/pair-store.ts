/**
 * The archive's store on an ordered map of bytes that one process holds. Guarantees what `store.ts` promises, and reads
 * nothing when it appends: it knows the head it wrote, and up to where anything is stored.
 */
import { equals } from 'uint8arrays/equals';
import { ChanceryError } from '../../protocol/errors/index.ts';
import {
  contentKey,
  contentRange,
  entryKey,
  entryRange,
  HEAD_KEY,
  isLogKey,
  isViewKey,
  isContentKey,
  keptUntilKey,
  sequenceOf,
  tileKey,
} from './keys.ts';
import type { Op, Pairs, Put, ReadablePairs } from './pairs.ts';
import { assertDisposable, holdRow, keepRows, retentionRow } from './retention.ts';
import type { HeadChange, Run, Segment, Store } from './store.ts';

export function storeOn(pairs: Pairs): Store {
  const writer = new StoreWriter(pairs);
  return {
    getSync: (key) => pairs.getSync(key),
    iterate: (range) => pairs.iterate(range),
    put: (segment, head) => writer.put(segment, head),
    mend: (puts) => writer.mend(puts),
    retain: (run, until) => writer.retain(run, until),
    hold: (run, matter) => writer.change([holdRow(run, matter)]),
    release: (run, matter) => writer.change([{ type: 'del', key: holdRow(run, matter).key }]),
    dispose: (sequences, time, also) => writer.dispose(sequences, time, also),
    assertDisposable: (sequences, time) => assertDisposable(pairs, sequences, time),
    ...(pairs.settle && { settle: () => pairs.settle?.() ?? Promise.resolve() }),
    ...(pairs.purge && { purge: (from, to) => pairs.purge?.(from, to) ?? Promise.resolve() }),
    async close() {
      await writer.idle();
      await pairs.close();
    },
  };
}

/** Writes one batch after the other, each only if the one before it did not fail. */
class StoreWriter {
  readonly #pairs: Pairs;
  #last: Promise<unknown> = Promise.resolve();
  #failure: { readonly cause: unknown } | undefined;
  /** The head as it is stored, once that is known. */
  #head: { readonly bytes: Uint8Array | undefined } | undefined;
  /** From this sequence number on nothing is stored, once that is known. */
  #end: number | undefined;

  constructor(pairs: Pairs) {
    this.#pairs = pairs;
  }

  put(segment: Segment, { from, to }: HeadChange): Promise<void> {
    return this.#inTurn(async () => {
      assertKeys(segment.views, isViewKey, 'a view may change');
      this.#head ??= { bytes: this.#pairs.getSync(HEAD_KEY) };
      if (!isSame(this.#head.bytes, from))
        throw conflict('the head of the log is not the one that this continues');
      this.#end ??= await endOf(this.#pairs);
      if (segment.first < this.#end) this.#assertNothingElse(segment, this.#end);
      const end = Math.max(this.#end, segment.first + segment.records.length);
      await this.#write([...keepRows(this.#pairs, segment.keeps ?? [], this.#end), ...opsOf(segment, to)]);
      this.#head = { bytes: to };
      this.#end = end;
    });
  }

  mend(puts: readonly Put[]): Promise<void> {
    return this.#inTurn(async () => {
      assertKeys(puts, isLogKey, 'mending writes');
      this.#head = this.#end = undefined;
      await this.#write(puts);
    });
  }

  retain(run: Run, until: number): Promise<void> {
    return this.#inTurn(async () => {
      const row = retentionRow(this.#pairs, run, until);
      if (row !== undefined) await this.#write([row]);
    });
  }

  dispose(sequences: readonly number[], time: number, also: readonly Op[] = []): Promise<void> {
    return this.#inTurn(async () => {
      const isLeft = ({ key }: Op): boolean => isContentKey(key) && sequences.includes(sequenceOf(key));
      assertKeys(
        also,
        (key) => isViewKey(key) || isLeft({ type: 'del', key }),
        'what is disposed of changes',
      );
      await assertDisposable(this.#pairs, sequences, time);
      const gone = sequences.flatMap((sequence) => [contentKey(sequence), keptUntilKey(sequence)]);
      await this.#write([...gone.map((key) => ({ type: 'del', key }) as const), ...also]);
    });
  }

  change(ops: readonly Op[]): Promise<void> {
    return this.#inTurn(() => this.#write(ops));
  }

  async idle(): Promise<void> {
    await this.#last;
  }

  #inTurn(write: () => Promise<void>): Promise<void> {
    const done = this.#last.then(write);
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #write(ops: readonly Op[]): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure.cause;
    try {
      await this.#pairs.batch(ops);
    } catch (cause) {
      this.#failure = { cause };
      throw cause;
    }
  }

  /** What is stored where a segment goes must be the same: it was written, and the head then went back. */
  #assertNothingElse({ first, records }: Segment, end: number): void {
    for (const [at, { entry, content }] of records.entries()) {
      const sequence = first + at;
      if (sequence >= end) return;
      const stored = [entryKey(sequence), contentKey(sequence)].map((key) => this.#pairs.getSync(key));
      const isFree = [entry, content].every((bytes, which) => {
        const found = stored[which];
        return found === undefined || equals(found, bytes);
      });
      if (!isFree) throw conflict(`entry ${sequence} is already there, and is another one`, sequence);
    }
  }
}

function opsOf({ first, records, tiles, views }: Segment, head: Uint8Array): Op[] {
  const ops: Op[] = [];
  for (const [at, { entry, content }] of records.entries()) {
    ops.push({ type: 'put', key: entryKey(first + at), value: entry });
    // nothing at all stands for what was disposed of elsewhere
    if (content.length > 0) ops.push({ type: 'put', key: contentKey(first + at), value: content });
  }
  for (const op of views) ops.push(op);
  for (const { level, index, hashes } of tiles)
    ops.push({ type: 'put', key: tileKey(level, index), value: hashes });
  ops.push({ type: 'put', key: HEAD_KEY, value: head });
  return ops;
}

/** Where what is stored cannot be read, anything may be there: then everything is compared. */
async function endOf(pairs: ReadablePairs): Promise<number> {
  let end = 0;
  try {
    for (const range of [entryRange(0), contentRange(0)])
      for await (const [key] of pairs.iterate({ ...range, reverse: true, limit: 1 }))
        end = Math.max(end, sequenceOf(key) + 1);
  } catch {
    return Infinity;
  }
  return end;
}

function isSame(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  return one === undefined || other === undefined ? one === other : equals(one, other);
}

function assertKeys(ops: readonly Op[], isAllowed: (key: Uint8Array) => boolean, what: string): void {
  if (ops.every(({ key }) => isAllowed(key))) return;
  throw new ChanceryError('internal', `${what} only keys of its own; give one of those`);
}

function conflict(message: string, sequence?: number): ChanceryError {
  return new ChanceryError('archive.conflict', `${message}; nothing was written: open the archive again`, {
    facts: sequence === undefined ? {} : { sequence },
  });
}
