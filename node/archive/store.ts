/**
 * The narrow interface behind which the archive's storage lies. Every promise made here is a named test of
 * `test/support/store-conformance.ts`. LevelDB is the one in use (`level-store.ts`); tests hand in others.
 */
import type { Tile } from '../../protocol/merkle/index.ts';
import type { Op, Pairs, Put, ReadablePairs } from './pairs.ts';

/** What is stored for one entry of the log. */
export interface SegmentRecord {
  /** The entry with its leaf hash: see `stored-entry.ts`. */
  readonly entry: Uint8Array;
  /** What is sealed beside it. */
  readonly content: Uint8Array;
}

/** What keeps one content from the moment it is archived. */
export interface Keep {
  /** Milliseconds since 1970. */
  readonly until?: number;
  readonly matters?: readonly Uint8Array[];
}

/** A dense part of the log with everything that is written with it. */
export interface Segment {
  /** The sequence number of the first record. */
  readonly first: number;
  readonly records: readonly SegmentRecord[];
  readonly tiles: readonly Tile[];
  /** Changes of views, in order. */
  readonly views: readonly Op[];
  /** What keeps records of it, by their sequence numbers. */
  readonly keeps?: readonly (Keep & { readonly sequence: number })[];
}

/** The head as it is stored now, undefined where there is none, and as it is to be stored. */
export interface HeadChange {
  readonly from: Uint8Array | undefined;
  readonly to: Uint8Array;
}

/** Sequence numbers from (inclusive) to (exclusive); it may reach beyond what is archived. */
export interface Run {
  readonly from: number;
  readonly to: number;
}

export interface Store extends ReadablePairs, Pick<Pairs, 'settle' | 'purge' | 'close'> {
  /**
   * Writes a segment and the head: all of it or nothing, durable once this resolves. Throws `archive.conflict`, having
   * written nothing, where the stored head is not `from`, or an entry or content is there with other bytes; `internal`
   * where a view's change is of a key that is not a view's; and what the engine throws: then the store takes no more
   * writes until it is opened again.
   */
  put(segment: Segment, head: HeadChange): Promise<void>;
  /** Writes entries, contents, tiles or the head over what is there, all or nothing. Throws `internal` for other keys. */
  mend(puts: readonly Put[]): Promise<void>;
  /** Keeps the contents of a run until a time, in milliseconds since 1970. The latest date ever given counts. */
  retain(run: Run, until: number): Promise<void>;
  /** Keeps the contents of a run until the matter's hold on this very run is released. Holds add up. */
  hold(run: Run, matter: Uint8Array): Promise<void>;
  /** Ends a hold. Nothing is deleted by that. */
  release(run: Run, matter: Uint8Array): Promise<void>;
  /**
   * Takes contents away for good, all or none; entries stay. `time` is what has passed for certain, in milliseconds since
   * 1970. Throws `archive.retained` or `archive.held`, with the sequence number, where one must be kept. In the same batch
   * goes what is left of them (contents that are put, of these numbers) and what views had of them.
   */
  dispose(sequences: readonly number[], time: number, also?: readonly Op[]): Promise<void>;
  /** Throws as `dispose` would for these. */
  assertDisposable(sequences: readonly number[], time: number): Promise<void>;
}

/** Opens the storage, now and again after a failed write. Throws `archive.locked` where another process holds it. */
export type OpenStore = () => Promise<Store>;
