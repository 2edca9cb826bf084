/**
 * The organisation's archive log on its store: the only source of truth. What is appended to it, taken over, read of it,
 * proven, verified and mended goes through here; how it is written, and what becomes of a write that fails: `log-writer.ts`.
 */
import type { ArchiveLogger } from './archive-logger.ts';
import type { Sha256, Signer } from '../../protocol/crypto/suite.ts';
import { ChanceryError, accept, type Refusal, type Result } from '../../protocol/errors/index.ts';
import type { Head } from './head.ts';
import type { Finding } from './check.ts';
import { Condition } from './condition.ts';
import { DisposableLog } from './disposable-log.ts';
import { Disposals } from './disposals.ts';
import { openMark, type HeadMark } from './head-mark.ts';
import { openLevelArchive } from './level-archive.ts';
import { isCorruption } from './level-store.ts';
import { mendAndLoad, type Mender } from './mend.ts';
import { LogReader } from './log-reader.ts';
import { readLostViews, restoreLostViews, writeLostViews, type LostViews } from './lost-views.ts';
import { LogWriter } from './log-writer.ts';
import { openChecked, type OpenedLog } from './opening.ts';
import { checkAdoption, type StoredRecord } from './adoption.ts';
import {
  prepareAdopted,
  prepareAppend,
  prepareDerived,
  type Appended,
  type NewRecord,
  type KeepOfAdopted,
  type OpsOfAdopted,
} from './pending-append.ts';
import { assertSealedBy } from './sealed-by.ts';
import { SignedHead } from './signed-head.ts';
import type { Sealer } from './sealer.ts';
import type { Op, Range } from './pairs.ts';
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

export class ArchiveLog extends DisposableLog implements AsyncDisposable {
  readonly #options: ArchiveLogOptions;
  readonly #writer: LogWriter;
  readonly #condition: Condition;
  readonly #mark: HeadMark | undefined;
  readonly #signedHead: SignedHead;
  #read: LogReader | undefined;

  private constructor(
    options: ArchiveLogOptions,
    openStore: OpenStore,
    opened: OpenedLog,
    mark: HeadMark | undefined,
    condition: Condition,
  ) {
    super();
    this.#options = options;
    this.#mark = mark;
    this.#condition = condition;
    condition.found(opened.findings);
    if (opened.findings.length === 0) mark?.write(opened.state.head);
    this.#writer = new LogWriter({ ...options, openStore, mark, condition }, opened);
    this.#signedHead = new SignedHead(options.sha256);
  }

  /**
   * Opens the log, or creates it, and checks that its sequence and tree agree. One that does not prove itself is open for
   * reading: see `findings`. Throws `archive.locked`, `archive.unavailable`, `archive.damaged` where not even that is
   * possible, `archive.wrong-key`, or `config.invalid` where the log is another organisation's.
   */
  static async open(options: ArchiveLogOptions): Promise<ArchiveLog> {
    const { location, logger } = options;
    const condition = new Condition();
    const openStore = options.openStore ?? (() => openNoting(options, condition));
    const opened = await openChecked(openStore, options);
    const { store, state } = opened;
    await assertSealedBy(new LogReader(store, options, state), state.head.size, options.sealer).catch(
      async (error: unknown) => {
        await store.close();
        throw error;
      },
    );
    if (options.openStore !== undefined)
      return new ArchiveLog(options, openStore, opened, undefined, condition);
    const { mark, findings } = openMark(location, opened, options.sha256, logger);
    // what is fetched of the end is fetched without its views
    if (findings.length > opened.findings.length) await writeLostViews(location, 'lost');
    condition.lostViews = await readLostViews(location);
    return new ArchiveLog(options, openStore, { ...opened, findings }, mark, condition);
  }

  /** Why the views are not whole; undefined where they are. Until they are made anew nothing is appended. */
  get lostViews(): LostViews | undefined {
    return this.#condition.lostViews;
  }

  /** Tells how the views are from now on. Durable when it resolves. */
  async noteViews(why: LostViews | undefined): Promise<void> {
    const { location, openStore } = this.#options;
    if (openStore === undefined) await restoreLostViews(location, why);
    this.#condition.lostViews = why;
  }

  /** What was found wrong with the log, by rising sequence number: while there is anything, nothing is appended. */
  get findings(): readonly Finding[] {
    return this.#condition.findings;
  }

  override get size(): number {
    return this.#writer.state.head.size;
  }

  /** The durable head: size, root hash (32 bytes), and the last entry's receipt time in milliseconds. */
  get head(): Readonly<Pick<Head, 'size' | 'root' | 'time'>> {
    const { size, root, time } = this.#writer.state.head;
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
    if (!this.#writer.isOpen) throw await this.#writer.unwritable();
    if (records.length === 0)
      throw new ChanceryError('internal', 'nothing was given to append; give a record');
    this.#writer.assertRoom(records.length);
    const appended = { first: this.#writer.next.sequence, time: this.now };
    return this.#writer.enqueue((onChange) => prepareAppend(records, appended, this.#options, onChange));
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
    keepOf?: KeepOfAdopted,
  ): Promise<Result<void>> {
    if (!this.#writer.isOpen) throw await this.#writer.unwritable();
    const { state, next } = this.#writer;
    const { head } = state;
    if (next.sequence !== head.size)
      throw new ChanceryError('internal', 'nothing is taken over while something is being appended');
    const checked = checkAdoption(this.#options, state, records, expected);
    if (!checked.ok) return checked;
    if (records.length === 0) return accept(undefined);
    await this.#writer.enqueue((onChange) =>
      prepareAdopted(checked.value, head.size, { opsOf, keepOf }, onChange),
    );
    return accept(undefined);
  }

  /**
   * Writes rows of views that follow from the log up to some entry, in turn with appends: an index that is made apart from
   * them. Durable, and to be seen, once it resolves. Rejects like `append`.
   */
  async derive(ops: readonly Op[]): Promise<void> {
    if (this.#condition.unproven !== undefined) throw ChanceryError.from(this.#condition.unproven);
    if (!this.#writer.isOpen) throw await this.#writer.unwritable();
    await this.#writer.enqueue(() => prepareDerived(ops, this.#writer.next));
  }

  /** The same of rows that are made one change after the other: `get` shows each to the one that follows. */
  async deriveEach(changes: readonly (() => readonly Op[])[]): Promise<void> {
    if (this.#condition.unproven !== undefined) throw ChanceryError.from(this.#condition.unproven);
    if (!this.#writer.isOpen) throw await this.#writer.unwritable();
    await this.#writer.enqueue((onChange) => {
      const made: Op[] = [];
      for (const change of changes) {
        const ops = change();
        onChange(ops);
        made.push(...ops);
      }
      return prepareDerived(made, this.#writer.next);
    });
  }

  /** The receipt time that an append would be given now, in milliseconds. */
  get now(): number {
    return Math.max(this.#writer.next.time, this.#options.clock());
  }

  /** A view's value, with the changes of appends that are not yet durable. Throws `archive.closed` or `archive.failed`. */
  get(key: Uint8Array): Uint8Array | undefined {
    return this.#writer.get(key);
  }

  /** Whether a view has a value, like `get`. */
  has(key: Uint8Array): boolean {
    return this.get(key) !== undefined;
  }

  /** The durable pairs of a range of keys, as they were when this was called. */
  iterate(range: Range): AsyncIterable<readonly [Uint8Array, Uint8Array]> {
    return this.#writer.store.iterate(range);
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
    return new LogReader(this.#writer.store, this.#options, this.#writer.durable);
  }

  /** Tells that more is durable here. Returns how to stop it. */
  onDurable(listener: () => void): () => void {
    return this.#writer.durableListeners.add(listener);
  }

  /** The signed checkpoint of the durable head, as text, with these extension lines. It is signed once for a size and key. */
  checkpoint(signer: Signer, extensions: readonly string[] = []): Promise<string> {
    this.#writer.assertReadable();
    return this.#signedHead.sign(this.#writer.state.head, signer, extensions);
  }

  /** Walks the whole log as it is now, and names what is wrong by sequence number: then nothing more is appended. */
  async verify(options: VerifyOptions = {}): Promise<Verification> {
    const { store, state } = this.#writer;
    const verification = await verifyLog(store, this.#options.sha256, state.head, options, this.disposals());
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
    this.#writer.assertReadable();
    await this.#writer.idle();
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
    await this.#writer.store.settle?.();
  }

  async #mendFiles(): Promise<void> {
    if (this.#options.openStore !== undefined) return;
    await this.#writer.reopenWith(() => openNoting(this.#options, this.#condition, true));
  }

  async #mend(mender: Mender): Promise<readonly number[]> {
    const mark = this.#mark?.found;
    const { state, findings, mended } = await mendAndLoad({
      store: this.#writer.store,
      keys: this.#options,
      head: this.#writer.durable.head,
      mark,
      findings: this.#condition.findings,
      mender,
    });
    this.#condition.found(findings);
    this.#writer.restart(state);
    return mended;
  }

  /** Tells of each growth of the durable log, with its new size. Returns how to stop it. */
  onCommit(listener: (size: number) => void): () => void {
    return this.#writer.commitListeners.add(listener);
  }

  /** Takes no more appends, makes durable those that wait, and closes the store. */
  close(): Promise<void> {
    return this.#writer.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  protected override get store(): Store {
    return this.#writer.store;
  }

  protected override disposals(): Disposals {
    return new Disposals(this.#writer.store, this.#options);
  }

  protected override forgetRead(): void {
    this.#read = undefined;
  }

  protected override reader(): LogReader {
    const { store, state } = this.#writer;
    let reader = this.#read;
    if (reader?.state !== state || reader.store !== store)
      reader = this.#read = new LogReader(store, this.#options, state);
    return reader;
  }
}

/** Opens the database, which may cost rows of views: also when it is opened again after a failed write. */
async function openNoting(
  { location, logger }: ArchiveLogOptions,
  condition: Condition,
  thorough = false,
): Promise<Store> {
  const store = await openLevelArchive(location, logger, { thorough });
  condition.lostViews = await readLostViews(location);
  return store;
}
