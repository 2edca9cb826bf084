/**
 * The narrow interface behind which the archive's storage lies: an ordered map of bytes with atomic, durable batches.
 * LevelDB is the one in use (`level-store.ts`); tests hand in others.
 */

/** One change of a batch. */
export type Op =
  | { readonly type: 'put'; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly type: 'del'; readonly key: Uint8Array };

/** A range of keys in byte order; `limit` counts pairs. */
export interface Range {
  readonly gt?: Uint8Array;
  readonly gte?: Uint8Array;
  readonly lt?: Uint8Array;
  readonly lte?: Uint8Array;
  readonly reverse?: boolean;
  readonly limit?: number;
}

export interface Store {
  /** The value of a key. Throws where it cannot be read. */
  getSync(key: Uint8Array): Uint8Array | undefined;
  /** Applies all changes or none, in order. Resolves once they would outlive a power failure. */
  batch(ops: readonly Op[]): Promise<void>;
  /** The pairs of a range, as they were when this was called. */
  iterate(range: Range): AsyncIterable<readonly [Uint8Array, Uint8Array]>;
  /** Writes what is only in a log of changes to where it stays, so that the log is not needed any more. */
  settle?(): Promise<void>;
  /** Waits for what is under way, then releases the storage. */
  close(): Promise<void>;
}

/** Opens the storage, now and again after a failed write. Throws `archive.locked` where another process holds it. */
export type OpenStore = () => Promise<Store>;
