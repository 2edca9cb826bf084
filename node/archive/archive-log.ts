/**
 * The organisation's archive log on its store: the only source of truth.
 * An append resolves once its entries, contents, tiles, head and view changes are durable, all in one atomic batch;
 * sequence numbers are dense and in the order of the calls. Exactly one batch is in flight: what arrives meanwhile
 * goes into the next. After a failed write nothing that was not durable is acknowledged, and the store is opened and
 * checked again before it is written to, because what LevelDB appends to a log file after a torn write can be lost.
 */
import { equals } from 'uint8arrays/equals';
import { AppendQueue } from './append-queue.ts';
import type { Entry } from '../../protocol/archive/index.ts';
import type { Sha256, Signer } from '../../protocol/crypto/suite.ts';
import { ChanceryError, accept, refuse, type Refusal, type Result } from '../../protocol/errors/index.ts';
import { frontierRoot, growTree } from '../../protocol/merkle/index.ts';
import { encodeHead, type Head } from './head.ts';
import { HEAD_KEY, tileKey } from './keys.ts';
import { openLevelStore } from './level-store.ts';
import type { LogState } from './load.ts';
import { LogReader, type LogRecord } from './log-reader.ts';
import { assertNotBehind, closed, failed, openChecked } from './opening.ts';
import { Overlay } from './overlay.ts';
import { checkAdoption, type AdoptableRecord, type StoredRecord } from './adoption.ts';
import {
  prepareAdopted,
  prepareAppend,
  type Appended,
  type NewRecord,
  type PendingAppend,
} from './pending-append.ts';
import { SignedHead } from './signed-head.ts';
import type { Op, OpenStore, Range, Store } from './store.ts';
import { verifyLog, type Verification, type VerifyOptions } from './verify.ts';

export interface ArchiveLogger {
  error(facts: object, message: string): void;
}

export interface ArchiveLogOptions {
  /** The directory of the database. */
  readonly location: string;
  /** Whose log it is: see `logOrigin`. */
  readonly origin: string;
  readonly sha256: Sha256;
  /** Milliseconds since 1970. May jump: receipt times still never decrease. */
  readonly clock: () => number;
  /** Bytes nobody can guess: the salts of contents. */
  readonly randomBytes: (length: number) => Uint8Array;
  /** Where the log is stored, if not in LevelDB at `location`. */
  readonly openStore?: OpenStore;
  readonly logger?: ArchiveLogger;
}

export class ArchiveLog implements AsyncDisposable {
  readonly #options: ArchiveLogOptions;
  readonly #openStore: OpenStore;
  readonly #queue = new AppendQueue();
  readonly #overlay = new Overlay();
  readonly #listeners = new Set<(size: number) => void>();
  #store: Store;
  #state: LogState;
  #read: LogReader | undefined;
  #next: { sequence: number; time: number };
  #status: 'open' | 'failed' | 'closed' = 'open';
  #stopped: Refusal | undefined;
  #writing: Promise<void> | undefined;
  #recovering: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  readonly #signedHead: SignedHead;

  private constructor(options: ArchiveLogOptions, openStore: OpenStore, store: Store, state: LogState) {
    this.#options = options;
    this.#openStore = openStore;
    this.#store = store;
    this.#state = state;
    this.#signedHead = new SignedHead(options.sha256);
    this.#next = { sequence: state.head.size, time: state.head.time };
  }

  /**
   * Opens the log, or creates it, and checks that its sequence and tree agree.
   * Throws `archive.locked`, `archive.unavailable`, `archive.damaged` (with the first wrong sequence number in its
   * facts), or `config.invalid` where the log is another organisation's.
   */
  static async open(options: ArchiveLogOptions): Promise<ArchiveLog> {
    const openStore = options.openStore ?? (() => openLevelStore(options.location));
    const { store, state } = await openChecked(openStore, options);
    return new ArchiveLog(options, openStore, store, state);
  }

  /** How many entries are durable. */
  get size(): number {
    return this.#state.head.size;
  }

  /** The durable head: size, root hash (32 bytes), and the last entry's receipt time in milliseconds. */
  get head(): Readonly<Pick<Head, 'size' | 'root' | 'time'>> {
    const { size, root, time } = this.#state.head;
    return { size, root, time };
  }

  /**
   * Records at least one thing. Sequence numbers are given and view changes visible to `get` when this returns its
   * promise; the promise resolves when all of it is durable. Rejects with `limit.exceeded` (queue full, or larger than
   * one batch), `archive.closed`, the reason for which appending was stopped, or `archive.failed`: then it may be in the log nevertheless, as after a crash, so a
   * caller tries again under the same id.
   */
  async append(records: readonly NewRecord[]): Promise<Appended> {
    if (this.#stopped !== undefined) throw ChanceryError.from(this.#stopped);
    if (this.#status !== 'open') throw await this.#unwritable();
    if (records.length === 0)
      throw new ChanceryError('internal', 'nothing was given to append; give a record');
    this.#queue.assertRoom(records.length, 0);
    const { clock, sha256, randomBytes } = this.#options;
    const appended = { first: this.#next.sequence, time: Math.max(this.#next.time, clock()) };
    const undo: (() => void)[] = [];
    let pending: PendingAppend;
    try {
      pending = prepareAppend(records, appended, sha256, randomBytes, (ops) => {
        undo.push(this.#overlay.add(ops, appended.first));
      });
      this.#queue.assertRoom(records.length, pending.bytes);
    } catch (error) {
      for (const back of undo.reverse()) back();
      throw error;
    }
    this.#enqueue(pending);
    return pending.done.promise;
  }

  /**
   * Takes over records that were archived elsewhere, unchanged, as what follows the log as it is; nothing else may be
   * appended meanwhile. `expected` is the head that they are to lead to: nothing is written that does not. `opsOf` makes
   * the view changes of each, in order. Refuses with `archive.damaged` (with the sequence number) or `proof.invalid`.
   */
  async adopt(
    records: readonly StoredRecord[],
    expected: Pick<Head, 'size' | 'root'>,
    opsOf: (record: AdoptableRecord, sequence: number) => readonly Op[],
  ): Promise<Result<void>> {
    if (this.#status !== 'open') throw await this.#unwritable();
    const { head, tree } = this.#state;
    const { sha256 } = this.#options;
    if (this.#next.sequence !== head.size)
      throw new ChanceryError('internal', 'nothing is taken over while something is being appended');
    const checked = checkAdoption(sha256, head.size, head.time, records);
    if (!checked.ok) return checked;
    const { frontier } = growTree(
      sha256,
      tree,
      checked.value.map(({ leafHash }) => leafHash),
    ).tree;
    if (frontier.size !== expected.size || !equals(frontierRoot(sha256, frontier), expected.root)) {
      return refuse(
        'proof.invalid',
        `the entries from ${head.size} on do not lead to the log of ${expected.size} entries; ask for them again`,
      );
    }
    this.#queue.assertRoom(records.length, 0);
    const done = checked.value.map((record, at) => {
      const sequence = head.size + at;
      const pending = prepareAdopted(record, sequence, opsOf(record, sequence));
      this.#overlay.add(pending.viewOps, sequence);
      this.#enqueue(pending);
      return pending.done.promise;
    });
    await Promise.all(done);
    return accept(undefined);
  }

  #enqueue(pending: PendingAppend): void {
    const { first, time } = pending.appended;
    this.#next = { sequence: first + pending.count, time };
    this.#queue.push(pending);
    this.#writing ??= this.#writeQueue();
  }

  /** A view's value, with the changes of appends that are not yet durable. Throws `archive.closed` or `archive.failed`. */
  get(key: Uint8Array): Uint8Array | undefined {
    this.#assertReadable();
    const change = this.#overlay.get(key);
    return change === undefined ? this.#store.getSync(key) : change.value;
  }

  /** Whether a view has a value, like `get`. */
  has(key: Uint8Array): boolean {
    return this.get(key) !== undefined;
  }

  /** The durable pairs of a range of keys, as they were when this was called. */
  iterate(range: Range): AsyncIterable<readonly [Uint8Array, Uint8Array]> {
    this.#assertReadable();
    return this.#store.iterate(range);
  }

  /** A durable entry. Throws `archive.damaged` where it cannot be read. */
  entry(sequence: number): Entry | undefined {
    return this.#reader().entry(sequence);
  }

  /** The leaf's data of a durable entry: what an inclusion proof is about. */
  entryBytes(sequence: number): Uint8Array | undefined {
    return this.#reader().entryBytes(sequence);
  }

  /** The content of a durable entry. */
  content(sequence: number): Uint8Array | undefined {
    return this.#reader().content(sequence);
  }

  /** What the views of a durable entry are made from, where that is not its content; empty otherwise. */
  header(sequence: number): Uint8Array | undefined {
    return this.#reader().header(sequence);
  }

  /** Durable records from a sequence number on, in order: at most `limit`, and fewer where they are large. */
  async read(from: number, limit: number): Promise<LogRecord[]> {
    return this.#reader().read(from, limit);
  }

  /** Durable records from a sequence number on, as they are stored, checked: at most `limit`, and fewer where they are large. */
  async stored(from: number, limit: number): Promise<StoredRecord[]> {
    return this.#reader().records(from, limit);
  }

  /** The inclusion proof of an entry in the log as of `size` (RFC 6962, 2.1.1). Throws `request.invalid` outside the log. */
  inclusionProof(sequence: number, size: number = this.size): Uint8Array[] {
    return this.#reader().inclusionProof(sequence, size);
  }

  /** The proof that the log of `older` entries is a prefix of that of `newer` (RFC 6962, 2.1.2). Throws `request.invalid`. */
  consistencyProof(older: number, newer: number = this.size): Uint8Array[] {
    return this.#reader().consistencyProof(older, newer);
  }

  /** The root hash of the log as it was at a size. Throws `request.invalid` for one it never had. */
  rootAt(size: number): Uint8Array {
    return this.#reader().rootAt(size);
  }

  /** The first `width` hashes of a tile (C2SP tlog-tiles); undefined where the log has fewer. */
  tile(level: number, index: number, width: number): Uint8Array | undefined {
    return this.#reader().tile(level, index, width);
  }

  /** Refuses every append from now on, with this reason, until the log is opened again. Reading goes on. */
  stopAppending(reason: Refusal): void {
    this.#stopped ??= reason;
  }

  /** Why nothing is appended any more; undefined while it is. */
  get stopped(): Refusal | undefined {
    return this.#stopped;
  }

  /** The signed checkpoint of the durable head, as text, with these extension lines. It is signed once for a size and key. */
  checkpoint(signer: Signer, extensions: readonly string[] = []): Promise<string> {
    this.#assertReadable();
    return this.#signedHead.sign(this.#state.head, signer, extensions);
  }

  /** Walks the whole log as it is now, and names what is wrong by sequence number. */
  async verify(options: VerifyOptions = {}): Promise<Verification> {
    this.#assertReadable();
    return verifyLog(this.#store, this.#options.sha256, this.#state.head, options);
  }

  /** Tells of each growth of the durable log, with its new size. Returns how to stop it. */
  onCommit(listener: (size: number) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Takes no more appends, makes durable those that wait, and closes the store. */
  close(): Promise<void> {
    this.#status = 'closed';
    this.#closing ??= this.#finish();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #finish(): Promise<void> {
    await this.#writing;
    await this.#recovering;
    await this.#store.close();
  }

  /** Writes batch after batch while appends wait. */
  async #writeQueue(): Promise<void> {
    await Promise.resolve(); // what is appended in the same turn shares a batch
    for (let group = this.#queue.takeGroup(); group.length > 0; group = this.#queue.takeGroup()) {
      const { state, ops } = this.#extend(group);
      try {
        await this.#store.batch(ops);
      } catch (cause) {
        await this.#fail(group, cause);
        break;
      }
      this.#commit(group, state);
    }
    this.#writing = undefined;
  }

  /** The state after a group of appends, and all that is written for it. */
  #extend(group: readonly PendingAppend[]): { readonly state: LogState; readonly ops: readonly Op[] } {
    const { sha256, origin } = this.#options;
    const leafHashes = group.flatMap((append) => append.leafHashes);
    const { tree, tiles } = growTree(sha256, this.#state.tree, leafHashes);
    const time = group.at(-1)?.appended.time ?? this.#state.head.time;
    const root = frontierRoot(sha256, tree.frontier);
    const head: Head = { v: 1, origin, size: tree.frontier.size, root, time };
    const ops = group.flatMap((append) => [...append.logOps, ...append.viewOps]);
    for (const { level, index, hashes } of tiles) {
      ops.push({ type: 'put', key: tileKey(level, index), value: hashes });
    }
    ops.push({ type: 'put', key: HEAD_KEY, value: encodeHead(head) });
    return { state: { head, tree }, ops };
  }

  #commit(group: readonly PendingAppend[], state: LogState): void {
    this.#state = state;
    for (const { viewOps, appended, done } of group) {
      this.#overlay.settle(viewOps, appended.first);
      done.resolve(appended);
    }
    this.#notify();
  }

  /** Everything that waits was numbered after what failed, so all of it is rejected, once the store is open again. */
  async #fail(group: readonly PendingAppend[], cause: unknown): Promise<void> {
    if (this.#status === 'open') this.#status = 'failed';
    this.#options.logger?.error({ err: cause }, 'the archive could not write');
    const rejected = [...group, ...this.#queue.takeAll()];
    this.#overlay.clear();
    if (this.#status === 'failed') await this.#recover();
    for (const { done } of rejected) done.reject(failed(cause));
  }

  /** Opens and checks the store again after a failed write. The status stays as it is where that fails too. */
  async #recover(): Promise<void> {
    try {
      await this.#store.close();
      const { store, state } = await openChecked(this.#openStore, this.#options);
      this.#store = store;
      assertNotBehind(state, this.#state);
      const grown = state.head.size > this.size;
      this.#state = state;
      this.#next = { sequence: state.head.size, time: Math.max(this.#next.time, state.head.time) };
      if (this.#status === 'failed') this.#status = 'open';
      if (grown) this.#notify();
    } catch (cause) {
      this.#options.logger?.error({ err: cause }, 'the archive could not be opened again');
    }
  }

  /** Why nothing can be appended. Where a write had failed, opening the store is tried again before this resolves. */
  async #unwritable(): Promise<ChanceryError> {
    if (this.#status === 'closed') return closed();
    await this.#writing; // it may be recovering itself
    if (this.#status === 'failed') {
      this.#recovering ??= this.#recover();
      await this.#recovering;
      this.#recovering = undefined;
    }
    return failed(undefined);
  }

  #notify(): void {
    for (const listener of this.#listeners) {
      try {
        listener(this.size);
      } catch (cause) {
        this.#options.logger?.error(
          { err: cause },
          'a reader of the archive failed when it was told of new entries',
        );
      }
    }
  }

  #reader(): LogReader {
    this.#assertReadable();
    if (this.#read?.state !== this.#state)
      this.#read = new LogReader(this.#store, this.#options.sha256, this.#state);
    return this.#read;
  }

  #assertReadable(): void {
    if (this.#status === 'closed') throw closed();
    if (this.#status === 'failed') throw failed(undefined);
  }
}
