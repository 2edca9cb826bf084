/**
 * The organisation's archive log on its store: the only source of truth.
 * An append resolves once its entries, contents, tiles, head and view changes are durable, all in one atomic batch;
 * sequence numbers are dense and in the order of the calls. Exactly one batch is in flight: what arrives meanwhile
 * goes into the next. After a failed write nothing that was not durable is acknowledged, and the store is opened and
 * checked again before it is written to, because what LevelDB appends to a log file after a torn write can be lost.
 */
import type { ArchiveLogger } from './archive-logger.ts';
import { AppendQueue } from './append-queue.ts';
import type { Sha256, Signer } from '../../protocol/crypto/suite.ts';
import { ChanceryError, accept, type Refusal, type Result } from '../../protocol/errors/index.ts';
import { extendLog } from './extend-log.ts';
import type { Head } from './head.ts';
import type { Finding } from './check.ts';
import { Condition } from './condition.ts';
import { openMark, type HeadMark } from './head-mark.ts';
import { openLevelArchive } from './level-archive.ts';
import { isCorruption } from './level-store.ts';
import { Listeners } from './listeners.ts';
import type { LogState } from './load.ts';
import { mendAndLoad, type Mender } from './mend.ts';
import { LogReader } from './log-reader.ts';
import {
  assertNotBehind,
  closed,
  failed,
  notReplicated,
  openChecked,
  within,
  type OpenedLog,
} from './opening.ts';
import { Overlay } from './overlay.ts';
import { checkAdoption, type StoredRecord } from './adoption.ts';
import {
  prepareAdopted,
  prepareAppend,
  type Appended,
  type NewRecord,
  type OnChange,
  type OpsOfAdopted,
  type PendingAppend,
} from './pending-append.ts';
import { ReadableLog } from './readable-log.ts';
import { SignedHead } from './signed-head.ts';
import type { Sealer } from './sealer.ts';
import type { Range } from './pairs.ts';
import type { OpenStore, Store } from './store.ts';
import { verifyLog, type Verification, type VerifyOptions } from './verify.ts';

export interface ArchiveLogOptions {
  /** The directory of the database. */
  readonly location: string;
  /** Whose log it is: see `logOrigin`. */
  readonly origin: string;
  readonly sha256: Sha256;
  /** Seals what lies beside the entries. */
  readonly sealer: Sealer;
  /** Milliseconds since 1970. May jump: receipt times still never decrease. */
  readonly clock: () => number;
  /** Bytes nobody can guess: the salts of contents. */
  readonly randomBytes: (length: number) => Uint8Array;
  /** Which keys of views are only ever read as a range: what `get` says of them is what is durable. */
  readonly isListed?: (key: Uint8Array) => boolean;
  /** Where the log is stored, if not in LevelDB at `location`. */
  readonly openStore?: OpenStore;
  readonly logger?: ArchiveLogger;
  /** Resolves once enough other nodes hold the log up to a size; left out where the own disk is enough. */
  readonly confirm?: (size: number) => Promise<void>;
}

/** Milliseconds that an append waits for other nodes to hold it, before it is refused. */
const CONFIRM_WITHIN_MS = 10_000;

/** Milliseconds until a store that could not be opened again is tried once more, if no append asks before. */
const REOPEN_MS = 2_000;

export class ArchiveLog extends ReadableLog implements AsyncDisposable {
  readonly #options: ArchiveLogOptions;
  readonly #openStore: OpenStore;
  readonly #queue = new AppendQueue();
  readonly #overlay: Overlay;
  readonly #listeners: Listeners<number>;
  #store: Store;
  /** What counts as archived: durable here, and on as many other nodes as are asked for. */
  #state: LogState;
  /** What is durable here. */
  #durable: LogState;
  #confirming: Promise<void> | undefined;
  readonly #onDurable: Listeners<undefined>;
  #read: LogReader | undefined;
  #next: { sequence: number; time: number };
  #status: 'open' | 'unconfirmed' | 'failed' | 'closed' = 'open';
  #writing: Promise<void> | undefined;
  #recovering: Promise<void> | undefined;
  #cause: unknown;
  #again: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;
  readonly #signedHead: SignedHead;

  readonly #mark: HeadMark | undefined;
  readonly #condition = new Condition();

  private constructor(
    options: ArchiveLogOptions,
    openStore: OpenStore,
    { store, state, findings }: OpenedLog,
    mark: HeadMark | undefined,
  ) {
    super();
    this.#options = options;
    this.#overlay = new Overlay(options.isListed);
    this.#openStore = openStore;
    this.#store = store;
    this.#state = state;
    this.#durable = state;
    this.#mark = mark;
    const onError = (err: unknown): void =>
      options.logger?.error({ err }, 'a reader of the archive failed when it was told of new entries');
    this.#listeners = new Listeners(onError);
    this.#onDurable = new Listeners(onError);
    this.#condition.found(findings);
    if (findings.length === 0) mark?.write(state.head);
    this.#signedHead = new SignedHead(options.sha256);
    this.#next = { sequence: state.head.size, time: state.head.time };
  }

  /**
   * Opens the log, or creates it, and checks that its sequence and tree agree. One that does not prove itself is open for
   * reading: see `findings`. Throws `archive.locked`, `archive.unavailable`, `archive.damaged` where not even that is
   * possible, or `config.invalid` where the log is another organisation's.
   */
  static async open(options: ArchiveLogOptions): Promise<ArchiveLog> {
    const { location, logger } = options;
    const openStore = options.openStore ?? (() => openLevelArchive(location, logger));
    const opened = await openChecked(openStore, options);
    if (options.openStore !== undefined) return new ArchiveLog(options, openStore, opened, undefined);
    const { mark, findings } = openMark(location, opened, options.sha256, logger);
    return new ArchiveLog(options, openStore, { ...opened, findings }, mark);
  }

  /** What was found wrong with the log, by rising sequence number: while there is anything, nothing is appended. */
  get findings(): readonly Finding[] {
    return this.#condition.findings;
  }

  override get size(): number {
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
   * one batch), `archive.closed`, the reason for which appending was stopped, or `archive.failed` and `archive.full`:
   * then it may be in the log nevertheless, as after a crash, so a caller tries again under the same id.
   */
  async append(records: readonly NewRecord[]): Promise<Appended> {
    if (this.#condition.stopped !== undefined) throw ChanceryError.from(this.#condition.stopped);
    if (this.#status !== 'open') throw await this.#unwritable();
    if (records.length === 0)
      throw new ChanceryError('internal', 'nothing was given to append; give a record');
    this.#queue.assertRoom(records.length, 0);
    const appended = { first: this.#next.sequence, time: this.now };
    return this.#enqueue((onChange) => prepareAppend(records, appended, this.#options, onChange));
  }

  /**
   * Takes over records that were archived elsewhere, unchanged, as what follows the log as it is; nothing else may be
   * appended meanwhile. `expected` is the head that they are to lead to: all of them are written, or none. `opsOf` makes
   * the view changes of each, in order. A log whose appending was stopped still takes over what it lacks: that is how it
   * is mended. Refuses with `archive.damaged` (with the sequence number) or `proof.invalid`; rejects like `append`.
   */
  async adopt(
    records: readonly StoredRecord[],
    expected: Pick<Head, 'size' | 'root'>,
    opsOf: OpsOfAdopted,
  ): Promise<Result<void>> {
    if (this.#status !== 'open') throw await this.#unwritable();
    const { head } = this.#state;
    if (this.#next.sequence !== head.size)
      throw new ChanceryError('internal', 'nothing is taken over while something is being appended');
    const checked = checkAdoption(this.#options, this.#state, records, expected);
    if (!checked.ok) return checked;
    if (records.length === 0) return accept(undefined);
    await this.#enqueue((onChange) => prepareAdopted(checked.value, head.size, opsOf, onChange));
    return accept(undefined);
  }

  /** Numbers an append, shows its view changes, and lets it wait for its batch; where that fails, nothing of it is left. */
  #enqueue(prepare: (onChange: OnChange) => PendingAppend): Promise<Appended> {
    const undo: (() => void)[] = [];
    const { sequence } = this.#next;
    let pending: PendingAppend;
    try {
      pending = prepare((ops) => undo.push(this.#overlay.add(ops, sequence)));
      this.#queue.assertRoom(pending.count, pending.bytes);
    } catch (error) {
      for (const back of undo.reverse()) back();
      throw error;
    }
    this.#next = { sequence: sequence + pending.count, time: pending.appended.time };
    this.#queue.push(pending);
    this.#writing ??= this.#writeQueue();
    return pending.done.promise;
  }

  /** The receipt time that an append would be given now, in milliseconds. */
  get now(): number {
    return Math.max(this.#next.time, this.#options.clock());
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

  /** Refuses every append from now on, with this reason, until the log is opened again. Reading goes on. */
  stopAppending(reason: Refusal): void {
    this.#condition.stop(reason);
  }

  /** Why nothing is appended any more; undefined while it is. */
  get stopped(): Refusal | undefined {
    return this.#condition.stopped;
  }

  /** The log as it is durable here, which may be more than counts as archived: for those who are to hold it too. */
  get durable(): LogReader {
    this.#assertReadable();
    return new LogReader(this.#store, this.#options, this.#durable);
  }

  /** Tells that more is durable here. Returns how to stop it. */
  onDurable(listener: () => void): () => void {
    return this.#onDurable.add(listener);
  }

  /** The signed checkpoint of the durable head, as text, with these extension lines. It is signed once for a size and key. */
  checkpoint(signer: Signer, extensions: readonly string[] = []): Promise<string> {
    this.#assertReadable();
    return this.#signedHead.sign(this.#state.head, signer, extensions);
  }

  /** Walks the whole log as it is now, and names what is wrong by sequence number: then nothing more is appended. */
  async verify(options: VerifyOptions = {}): Promise<Verification> {
    this.#assertReadable();
    const verification = await verifyLog(this.#store, this.#options.sha256, this.#state.head, options);
    if (verification.findings.length > 0) this.#condition.found(verification.findings);
    return verification;
  }

  /**
   * Puts right what is wrong with the log, from itself and from what another copy has, and appends again once all of it
   * is proven. What was put right, by sequence number. Nothing may be under way. With `files` those of the database are
   * put right first; meanwhile nothing can be read.
   */
  async mend(
    mender: Mender,
    { files = false }: { readonly files?: boolean } = {},
  ): Promise<readonly number[]> {
    this.#assertReadable();
    await this.#writing;
    if (files) await this.#mendFiles();
    try {
      return await this.#mend(mender);
    } catch (error) {
      // LevelDB came upon a block that it cannot read while it merged tables, and writes nothing any more
      if (!isCorruption(error) || files) throw error;
      await this.#mendFiles();
      return this.#mend(mender);
    }
  }

  /** Has the database write what is only in its log file to a table: then it does not need the log file any more. */
  async settle(): Promise<void> {
    this.#assertReadable();
    await this.#store.settle?.();
  }

  async #mendFiles(): Promise<void> {
    const { location, logger, openStore } = this.#options;
    const status = this.#status;
    if (openStore !== undefined || status === 'closed') return;
    this.#status = 'failed'; // nothing is read or appended meanwhile
    const reopened = this.#reopenMended(location, logger);
    this.#recovering = reopened.catch(() => undefined).finally(() => (this.#recovering = undefined));
    await reopened;
    if (this.#closing === undefined) this.#status = status;
  }

  async #reopenMended(location: string, logger: ArchiveLogger | undefined): Promise<void> {
    await this.#store.close();
    this.#store = await openLevelArchive(location, logger, { thorough: true });
    this.#read = undefined;
  }

  async #mend(mender: Mender): Promise<readonly number[]> {
    const mark = this.#mark?.found;
    const { state, findings, mended } = await mendAndLoad({
      store: this.#store,
      sha256: this.#options.sha256,
      head: this.#durable.head,
      mark,
      findings: this.#condition.findings,
      mender,
    });
    this.#state = this.#durable = state;
    this.#next = { sequence: this.size, time: Math.max(this.#next.time, state.head.time) };
    this.#condition.found(findings);
    this.#listeners.tell(this.size);
    return mended;
  }

  /** Tells of each growth of the durable log, with its new size. Returns how to stop it. */
  onCommit(listener: (size: number) => void): () => void {
    return this.#listeners.add(listener);
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
    clearTimeout(this.#again);
    await this.#writing;
    await this.#recovering;
    await this.#store.close();
    this.#mark?.close();
  }

  /** Writes batch after batch while appends wait. */
  async #writeQueue(): Promise<void> {
    const { sha256 } = this.#options;
    await Promise.resolve(); // what is appended in the same turn shares a batch
    for (let group = this.#queue.takeGroup(); group.length > 0; group = this.#queue.takeGroup()) {
      const { state, segment, change } = extendLog(sha256, this.#durable, group);
      try {
        await this.#store.put(segment, change);
      } catch (cause) {
        await this.#fail(group, cause);
        break;
      }
      this.#durable = state;
      this.#mark?.write(state.head);
      this.#onDurable.tell(undefined);
      if (await this.#isHeldElsewhere(state.head.size)) this.#commit(group, state);
      else this.#withhold(group, state);
    }
    this.#writing = undefined;
  }

  /** Whether enough other nodes hold the log up to a size: waits for them, but not for long. */
  async #isHeldElsewhere(size: number): Promise<boolean> {
    const { confirm } = this.#options;
    if (confirm === undefined) return true;
    this.#confirming = confirm(size);
    return within(CONFIRM_WITHIN_MS, this.#confirming);
  }

  /** What is written here, but not elsewhere, does not count yet. It will, without a word more, once it is. */
  #withhold(group: readonly PendingAppend[], { head }: LogState): void {
    this.#options.logger?.error(
      { alarm: true, size: head.size },
      'the copies that policy asks for are missing',
    );
    if (this.#status === 'open') this.#status = 'unconfirmed';
    const rejected = [...group, ...this.#queue.takeAll()];
    this.#overlay.clear();
    this.#next = { sequence: head.size, time: head.time };
    for (const { done } of rejected) done.reject(notReplicated());
    this.#countOnceHeld();
  }

  #countOnceHeld(): void {
    void this.#confirming?.then(() => {
      this.#count();
    });
  }

  /** What was written here counts from now on. */
  #count(): void {
    const grown = this.#durable.head.size > this.size;
    this.#state = this.#durable;
    if (this.#status === 'unconfirmed') this.#status = 'open';
    if (grown) this.#listeners.tell(this.size);
  }

  #commit(group: readonly PendingAppend[], state: LogState): void {
    this.#state = state;
    for (const { viewOps, appended, done } of group) {
      this.#overlay.settle(viewOps, appended.first);
      done.resolve(appended);
    }
    this.#listeners.tell(this.size);
  }

  /** Everything that waits was numbered after what failed, so all of it is rejected, once the store is open again. */
  async #fail(group: readonly PendingAppend[], cause: unknown): Promise<void> {
    if (this.#status === 'open') this.#status = 'failed';
    this.#options.logger?.error({ err: cause, alarm: true }, 'the archive could not write');
    this.#cause = cause;
    const rejected = [...group, ...this.#queue.takeAll()];
    this.#overlay.clear();
    if (this.#status === 'failed') await this.#recover();
    for (const { done } of rejected) done.reject(failed(cause));
  }

  /** Opens and checks the store again after a failed write. The status stays as it is where that fails too. */
  async #recover(): Promise<void> {
    try {
      await this.#store.close();
      const { store, state, findings } = await openChecked(this.#openStore, this.#options);
      this.#store = store;
      assertNotBehind(state, this.#durable);
      this.#durable = state;
      this.#condition.found(findings);
      this.#next = { sequence: state.head.size, time: Math.max(this.#next.time, state.head.time) };
      if (this.#status === 'failed') this.#status = 'unconfirmed';
      this.#confirming = this.#options.confirm?.(state.head.size);
      if (this.#confirming === undefined) this.#count();
      else this.#countOnceHeld();
    } catch (cause) {
      this.#options.logger?.error({ err: cause }, 'the archive could not be opened again');
      this.#cause = cause;
      if (this.#status === 'failed') this.#again = setTimeout(() => void this.#reopen(), REOPEN_MS).unref();
    }
  }

  #reopen(): Promise<void> {
    clearTimeout(this.#again);
    this.#recovering ??= this.#recover().finally(() => (this.#recovering = undefined));
    return this.#recovering;
  }

  /** Why nothing can be appended. Where a write had failed, opening the store is tried again before this resolves. */
  async #unwritable(): Promise<ChanceryError> {
    if (this.#status === 'closed') return closed();
    if (this.#status === 'unconfirmed') return notReplicated();
    await this.#writing; // it may be recovering itself
    if (this.#status === 'failed') await this.#reopen();
    return failed(this.#cause);
  }

  protected override reader(): LogReader {
    this.#assertReadable();
    if (this.#read?.state !== this.#state)
      this.#read = new LogReader(this.#store, this.#options, this.#state);
    return this.#read;
  }

  #assertReadable(): void {
    if (this.#status === 'closed') throw closed();
    if (this.#status === 'failed') throw failed(this.#cause);
  }
}
