/** An ordered map of bytes with atomic, durable batches: what an engine like LevelDB gives, and a store is made of. */

/** One pair to be written. */
export interface Put {
  readonly type: 'put';
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** One change of a batch. */
export type Op = Put | { readonly type: 'del'; readonly key: Uint8Array };

/** A range of keys in byte order; `limit` counts pairs. */
export interface Range {
  readonly gt?: Uint8Array;
  readonly gte?: Uint8Array;
  readonly lt?: Uint8Array;
  readonly lte?: Uint8Array;
  readonly reverse?: boolean;
  readonly limit?: number;
}

/** What can be read of it. */
export interface ReadablePairs {
  /** The value of a key. Throws where it cannot be read. */
  getSync(key: Uint8Array): Uint8Array | undefined;
  /** The pairs of a range, as they were when this was called. */
  iterate(range: Range): AsyncIterable<readonly [Uint8Array, Uint8Array]>;
}

/** Held by one process, and by one handle in it, at a time. */
export interface Pairs extends ReadablePairs {
  /** Applies all changes or none, in order. Resolves once they would outlive a power failure. */
  batch(ops: readonly Op[]): Promise<void>;
  /** Writes what is only in a log of changes to where it stays, so that the log is not needed any more. */
  settle?(): Promise<void>;
  /** Has what was deleted or written over in a range leave the files. */
  purge?(from: Uint8Array, to: Uint8Array): Promise<void>;
  /** Waits for what is under way, then releases the storage. */
  close(): Promise<void>;
}
