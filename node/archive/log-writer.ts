/**
 * Writes the log. An append resolves once its entries, contents, tiles, head and view changes are durable, all put into the
 * store at once; sequence numbers are dense and in the order of the calls. Exactly one put is in flight: what arrives
 * meanwhile goes into the next. After a failed write nothing that was not durable is acknowledged, and the store is opened
 * and checked again before it is written to, because what LevelDB appends to a log file after a torn write can be lost.
 */
import type { Sha256 } from '../../protocol/crypto/suite.ts';
import type { ChanceryError } from '../../protocol/errors/index.ts';
import { AppendQueue } from './append-queue.ts';
import type { ArchiveLogger } from './archive-logger.ts';
import type { Condition } from './condition.ts';
import { extendLog } from './extend-log.ts';
import type { HeadMark } from './head-mark.ts';
import { Listeners } from './listeners.ts';
import type { LogState } from './load.ts';
import {
  assertNotBehind,
  closed,
  failed,
  notReplicated,
  openChecked,
  reopening,
  within,
  type OpenedLog,
} from './opening.ts';
import { Overlay } from './overlay.ts';
import type { Appended, OnChange, PendingAppend } from './pending-append.ts';
import type { Sealer } from './sealer.ts';
import type { OpenStore, Store } from './store.ts';

/** Milliseconds that an append waits for other nodes to hold it, before it is refused. */
const CONFIRM_WITHIN_MS = 10_000;

/** Milliseconds until a store that could not be opened again is tried once more, if no append asks before. */
const REOPEN_MS = 2_000;

export interface LogWriterOptions {
  readonly origin: string;
  readonly sha256: Sha256;
  readonly sealer: Sealer;
  readonly openStore: OpenStore;
  readonly mark: HeadMark | undefined;
  readonly condition: Condition;
  readonly isListed?: (key: Uint8Array) => boolean;
  readonly logger?: ArchiveLogger;
  readonly confirm?: (size: number) => Promise<void>;
}

export class LogWriter {
  readonly #options: LogWriterOptions;
  readonly #queue = new AppendQueue();
  readonly #overlay: Overlay;
  /** Told of each growth of what counts, with its size. */
  readonly commitListeners: Listeners<number>;
  /** Told that more is durable here. */
  readonly durableListeners: Listeners<undefined>;
  #store: Store;
  #state: LogState;
  #durable: LogState;
  #next: { readonly sequence: number; readonly time: number };
  #status: 'open' | 'unconfirmed' | 'reopening' | 'failed' | 'closed' = 'open';
  #writing: Promise<void> | undefined;
  #confirming: Promise<void> | undefined;
  #recovering: Promise<void> | undefined;
  #cause: unknown;
  #again: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: LogWriterOptions, { store, state }: OpenedLog) {
    this.#options = options;
    this.#overlay = new Overlay(options.isListed);
    this.#store = store;
    this.#state = this.#durable = state;
    this.#next = { sequence: state.head.size, time: state.head.time };
    const onError = (err: unknown): void =>
      options.logger?.error({ err }, 'a reader of the archive failed when it was told of new entries');
    this.commitListeners = new Listeners(onError);
    this.durableListeners = new Listeners(onError);
  }

  /** The store, to be read from. Throws `archive.closed`, `archive.failed` or, while it is reopened, `archive.unavailable`. */
  get store(): Store {
    this.assertReadable();
    return this.#store;
  }

  /** What counts as archived: durable here, and on as many other nodes as are asked for. */
  get state(): LogState {
    return this.#state;
  }

  /** What is durable here. */
  get durable(): LogState {
    return this.#durable;
  }

  /** The sequence number that the next append is given, and the receipt time that it cannot be before. */
  get next(): { readonly sequence: number; readonly time: number } {
    return this.#next;
  }

  /** A view's value, with the changes of appends that are not yet durable. Throws like `store`. */
  get(key: Uint8Array): Uint8Array | undefined {
    this.assertReadable();
    const change = this.#overlay.get(key);
    return change === undefined ? this.#store.getSync(key) : change.value;
  }

  /** Throws like `store`. */
  assertReadable(): void {
    if (this.#status === 'closed') throw closed();
    if (this.#status === 'reopening') throw reopening();
    if (this.#status === 'failed') throw failed(this.#cause);
  }

  /** Whether appends are taken; if not, `unwritable` says why. */
  get isOpen(): boolean {
    return this.#status === 'open';
  }

  /** Throws `limit.exceeded` where so many entries have no room. */
  assertRoom(entries: number): void {
    this.#queue.assertRoom(entries, 0);
  }

  /** Resolves once nothing waits to be written. */
  async idle(): Promise<void> {
    await this.#writing;
  }

  /** Goes on from what was mended in the store. */
  restart(state: LogState): void {
    this.#state = this.#durable = state;
    this.#next = { sequence: state.head.size, time: Math.max(this.#next.time, state.head.time) };
    this.commitListeners.tell(state.head.size);
  }

  /** Closes the store and opens it in another way; meanwhile nothing is read or appended. */
  async reopenWith(open: OpenStore): Promise<void> {
    const status = this.#status;
    if (status === 'closed') return;
    this.#status = 'reopening';
    const reopened = this.#replaceStore(open);
    this.#recovering = reopened.catch(() => undefined).finally(() => (this.#recovering = undefined));
    try {
      await reopened;
      this.#goOn(status);
    } catch (cause) {
      this.#cause = cause;
      this.#goOn('failed');
      this.#reopenSoon();
      throw cause;
    }
  }

  /** Unless it was closed meanwhile. */
  #goOn(status: 'open' | 'unconfirmed' | 'reopening' | 'failed'): void {
    if (this.#closing === undefined) this.#status = status;
  }

  async #replaceStore(open: OpenStore): Promise<void> {
    await this.#store.close();
    this.#store = await open();
  }

  /** Takes no more appends, makes durable those that wait, and closes the store. */
  close(): Promise<void> {
    this.#status = 'closed';
    this.#closing ??= this.#finish();
    return this.#closing;
  }

  /** Numbers an append, shows its view changes, and lets it wait for its batch; where that fails, nothing of it is left. */
  enqueue(prepare: (onChange: OnChange) => PendingAppend): Promise<Appended> {
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
      this.#options.mark?.write(state.head);
      this.durableListeners.tell(undefined);
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
    const grown = this.#durable.head.size > this.#state.head.size;
    this.#state = this.#durable;
    if (this.#status === 'unconfirmed') this.#status = 'open';
    if (grown) this.commitListeners.tell(this.#state.head.size);
  }

  #commit(group: readonly PendingAppend[], state: LogState): void {
    const grown = state.head.size > this.#state.head.size;
    this.#state = state;
    for (const { viewOps, appended, done } of group) {
      this.#overlay.settle(viewOps, appended.first);
      done.resolve(appended);
    }
    if (grown) this.commitListeners.tell(this.#state.head.size);
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
      const { store, state, findings } = await openChecked(this.#options.openStore, this.#options);
      this.#store = store;
      assertNotBehind(state, this.#durable);
      this.#durable = state;
      this.#options.condition.found(findings);
      this.#next = { sequence: state.head.size, time: Math.max(this.#next.time, state.head.time) };
      if (this.#status === 'failed') this.#status = 'unconfirmed';
      this.#confirming = this.#options.confirm?.(state.head.size);
      if (this.#confirming === undefined) this.#count();
      else this.#countOnceHeld();
    } catch (cause) {
      this.#options.logger?.error({ err: cause }, 'the archive could not be opened again');
      this.#cause = cause;
      this.#reopenSoon();
    }
  }

  #reopenSoon(): void {
    if (this.#status === 'failed') this.#again = setTimeout(() => void this.#reopen(), REOPEN_MS).unref();
  }

  #reopen(): Promise<void> {
    clearTimeout(this.#again);
    this.#recovering ??= this.#recover().finally(() => (this.#recovering = undefined));
    return this.#recovering;
  }

  /** Why nothing can be appended. Where a write had failed, opening the store is tried again before this resolves. */
  async unwritable(): Promise<ChanceryError> {
    if (this.#status === 'closed') return closed();
    if (this.#status === 'unconfirmed') return notReplicated();
    if (this.#status === 'reopening') {
      await this.#recovering;
      return reopening();
    }
    await this.#writing; // it may be recovering itself
    if (this.#status === 'failed') await this.#reopen();
    return failed(this.#cause);
  }

  async #finish(): Promise<void> {
    clearTimeout(this.#again);
    await this.#writing;
    await this.#recovering;
    await this.#store.close();
    this.#options.mark?.close();
  }
}
