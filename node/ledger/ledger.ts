/**
 * The log with its views: what the organisation's services read and write. Every fact is appended with the view
 * changes it makes, in one atomic batch; a view is read through the log, with what is about to be durable on top.
 */
import type { Sha256 } from '../../protocol/crypto/index.ts';
import { ChanceryError, type Result } from '../../protocol/errors/index.ts';
import {
  isDisposed,
  type Appended,
  type ArchiveLog,
  type Keep,
  type NewRecord,
  type Op,
  type StoredRecord,
} from '../archive/index.ts';
import type { SearchTokens } from '../sealing/index.ts';
import { fact, PRESENT, type Fact } from './fact.ts';
import { encodeHeader, hasHeader, headerOf, type HeaderKind, type HeaderOf } from './headers.ts';
import { activeHolds, holdsOn, matterOf, type Hold, type TextOf } from './holds.ts';
import { isBare, isBulk } from './prefixes.ts';
import { ReadableLedger, type LedgerSealer } from './readable-ledger.ts';
import type { HeadedMessage } from './recent-messages.ts';
import { encodeRecord, provenRecordOf, recordOf, type RecordKind } from './records.ts';
import {
  everythingByDefault,
  floorOf,
  textOf,
  type Classified,
  type Scheduled,
  type ScheduleOf,
} from './schedule.ts';
import type { Placed, View, ViewTable, Views } from './view.ts';

const NOTHING = new Uint8Array(0);

/** What the contents of messages are sealed under. */
export interface MessageKeys {
  /**
   * The id of the data key of each conversation for messages of `time` (milliseconds), none where none is given; and the
   * facts that have to be recorded before the first of them. Throws `archive.unavailable` while there is no window key.
   */
  forConversations(
    conversations: readonly (Uint8Array | undefined)[],
    time: number,
  ): { readonly ids: (Uint8Array | undefined)[]; readonly facts: readonly Fact[] };
}

/**
 * Told of each entry in the order of the log, before it counts, with the tokens of a message. What was told and then
 * failed is told again under the same sequence number, as what comes there instead.
 */
type TokenReader = (sequence: number, tokens: Uint8Array | undefined) => void;

/** Told of the kinds of facts that were appended. */
type Watcher = (kinds: ReadonlySet<RecordKind>) => void;

/** Stands before the appends of a ledger. */
export interface AppendObserver {
  /** Something is about to be appended: what is appended in here stands before it. */
  readonly before: () => void;
  readonly recorded: () => void;
  readonly refused: (error: unknown) => void;
}

export interface LedgerOptions {
  readonly log: ArchiveLog;
  /** Whose log it is. */
  readonly domain: string;
  readonly sha256: Sha256;
  readonly views: ViewTable;
  readonly sealer: LedgerSealer;
}

export class Ledger extends ReadableLedger implements Views {
  readonly domain: string;
  readonly sha256: Sha256;
  /** Makes what messages are found by. */
  readonly tokens: SearchTokens;
  readonly #views: ViewTable;
  readonly #watchers = new Set<Watcher>();
  #readTokens: TokenReader | undefined;
  #messageKeys: MessageKeys | undefined;
  #observer: AppendObserver | undefined;
  #scheduleOf: ScheduleOf = everythingByDefault;
  /** Those in force, until one is placed or released. */
  #holds: readonly Hold[] | undefined;

  constructor({ log, domain, sha256, views, sealer }: LedgerOptions) {
    super(log, sealer);
    this.domain = domain;
    this.sha256 = sha256;
    this.tokens = sealer.tokens;
    this.#views = views;
  }

  async append(facts: readonly Fact[]): Promise<Appended> {
    this.#observer?.before();
    try {
      const { dataKeys, facts: before } = this.#dataKeysFor(facts);
      const all = [...before.map((made) => this.#recordOf(made))];
      for (const [at, made] of facts.entries()) all.push(this.#recordOf(made, dataKeys[at]));
      const { first, time } = await this.log.append(all);
      this.#observer?.recorded();
      return { first: first + before.length, time };
    } catch (error) {
      this.forgetDecoded(); // what was read since may be of a change that was taken back
      this.#forget();
      this.#observer?.refused(error);
      throw error;
    } finally {
      this.#tell(facts);
    }
  }

  /**
   * What an entry changes in the views, from its header where its kind has one, else from its content. To be asked in
   * the order of the log, each when the changes before it are to be seen. Throws `archive.damaged`.
   */
  viewOps(kind: RecordKind, bytes: Uint8Array, sequence: number, time: number): readonly Op[] {
    const said = hasHeader(kind) ? headerOf(kind, bytes) : recordOf(kind, bytes);
    return this.#opsOf(kind, { said, bytes, sequence, time });
  }

  /**
   * Takes over records that were archived elsewhere, as what follows the log as it is, and makes their views. Refuses
   * with `archive.damaged` or `proof.invalid` what does not lead to the head that is expected.
   */
  async adopt(
    records: readonly StoredRecord[],
    expected: { readonly size: number; readonly root: Uint8Array },
  ): Promise<Result<void>> {
    const taken: { readonly kind: RecordKind }[] = [];
    try {
      return await this.log.adopt(
        records,
        expected,
        ({ kind, time, header, content, disposed }, sequence) => {
          taken.push({ kind });
          if (disposed) return this.#opsOfDisposed(kind, header, sequence, time);
          const said = hasHeader(kind) ? header : content;
          if (said === null)
            throw new ChanceryError('archive.damaged', `entry ${sequence} is sealed, but has no header`);
          return this.viewOps(kind, said, sequence, time);
        },
        ({ kind, time, header, content, disposed }, sequence) => {
          if (kind !== 'message' || disposed) return undefined;
          const text: TextOf = () =>
            content === null ? undefined : textOf(provenRecordOf('message', content));
          return this.keepOf(headerOf('message', header), { sequence, time }, text);
        },
      );
    } catch (error) {
      this.forget();
      throw error;
    } finally {
      this.#tell(taken);
    }
  }

  /**
   * The views of an entry that came without its content: of a message that says who is in a conversation, whose header is
   * left, what the conversation is from then on.
   */
  #opsOfDisposed(kind: RecordKind, header: Uint8Array, sequence: number, time: number): readonly Op[] {
    const awaited = { type: 'put', key: this.keys.awaited(sequence), value: PRESENT } as const;
    return [...this.#opsOfLeft(kind, header, sequence, time), awaited];
  }

  /** The views of an entry that was disposed of here: what is left of them. */
  leftOps(kind: RecordKind, sequence: number, time: number): readonly Op[] {
    try {
      return this.#opsOfLeft(kind, this.log.header(sequence) ?? NOTHING, sequence, time);
    } catch (error) {
      if (isDisposed(error)) return [];
      throw error;
    }
  }

  #opsOfLeft(kind: RecordKind, header: Uint8Array, sequence: number, time: number): readonly Op[] {
    const made = kind === 'message' && header.length > 0 ? this.viewOps(kind, header, sequence, time) : [];
    return made.filter(({ key }) => !isBulk(key));
  }

  /** From now on this one stands before each append. */
  observe(observer: AppendObserver): void {
    this.#observer = observer;
  }

  /** Calls back after each append, also one that failed, with the kinds of what it was to record. */
  watch(watcher: Watcher): void {
    this.#watchers.add(watcher);
  }

  #tell(facts: readonly { readonly kind: RecordKind }[]): void {
    const kinds = new Set(facts.map(({ kind }) => kind));
    for (const watcher of this.#watchers) watcher(kinds);
  }

  /** From now on the one reader is told of every entry's tokens. */
  tellTokens(reader: TokenReader): void {
    this.#readTokens = reader;
  }

  /** Writes rows that follow from the log up to some entry, sealed like those of views: see `ArchiveLog.derive`. */
  derive(ops: readonly Op[], sequence: number): Promise<void> {
    return this.log.derive(ops.map((op) => this.#sealed(op, sequence)));
  }

  /** From now on messages are archived under these schedules. */
  useSchedules(scheduleOf: ScheduleOf): void {
    this.#scheduleOf = scheduleOf;
  }

  /** The schedule that a message is archived under. */
  scheduleOf(message: Classified): Scheduled {
    return this.#scheduleOf(message);
  }

  /** What was read of contents and views is in memory no longer. */
  forget(): void {
    this.forgetDecoded();
    this.#forget();
  }

  /** What keeps a message that was received at a time; `text` says what it says. */
  keepOf(
    header: HeaderOf<'message'>,
    place: { readonly sequence: number; readonly time: number },
    text: TextOf,
  ): Keep {
    this.#holds ??= activeHolds(this); // every message asks
    const holds = holdsOn(this.#holds, this, header, place, text);
    return {
      until: floorOf(header, place.time),
      ...(holds.length === 0 ? {} : { matters: holds.map(({ sequence }) => matterOf(sequence)) }),
    };
  }

  /** From now on the contents of messages are sealed under data keys. */
  useDataKeys(keys: MessageKeys): void {
    this.#messageKeys = keys;
  }

  /** The id of the data key of each fact that is a message, and what has to be recorded before. */
  #dataKeysFor(facts: readonly Fact[]): { dataKeys: (Uint8Array | undefined)[]; facts: readonly Fact[] } {
    const keys = this.#messageKeys;
    if (keys === undefined || !facts.some(({ kind }) => kind === 'message'))
      return { dataKeys: [], facts: [] };
    const conversations = facts.map(({ kind, header }) =>
      kind === 'message' ? (header as HeaderOf<'message'>).conversation : undefined,
    );
    const { ids, facts: before } = keys.forConversations(conversations, this.log.now);
    return { dataKeys: ids, facts: before };
  }

  #recordOf({ kind, record, header }: Fact, dataKey?: Uint8Array): NewRecord {
    const content = encodeRecord(kind, record);
    const headerBytes = header === null ? undefined : encodeHeader(kind as HeaderKind, header);
    return {
      kind,
      content,
      ...(dataKey === undefined ? {} : { dataKey }),
      ...(headerBytes === undefined ? {} : { header: headerBytes }),
      ops: (sequence, time) => {
        if (kind === 'message') this.recent.remember(sequence, { header, record } as HeadedMessage);
        const said = header ?? record;
        return this.#opsOf(kind, {
          said,
          bytes: headerBytes ?? content,
          sequence,
          time,
        });
      },
      ...(kind === 'message' && {
        keep: (sequence: number, time: number) =>
          this.keepOf(header as HeaderOf<'message'>, { sequence, time }, () => textOf(record)),
      }),
    };
  }

  /** The changes of an entry; what they change is read anew from then on. */
  #opsOf(kind: RecordKind, placed: Placed<RecordKind>): readonly Op[] {
    if (kind === 'hold' || kind === 'hold-release') this.#holds = undefined;
    if (kind === 'window-closed') this.#forget(); // what cannot be opened any more is not in memory either
    const ops = (this.#views[kind] as View<RecordKind>)(placed, this);
    for (const { key } of ops) if (!isBulk(key)) this.forgetDecoded(key);
    const isMessage = kind === 'message';
    this.#readTokens?.(placed.sequence, isMessage ? (placed.said as HeaderOf<'message'>).tokens : undefined);
    return ops.map((op) => this.#sealed(op, placed.sequence));
  }

  #sealed(op: Op, sequence: number): Op {
    if (op.type === 'del' || isBare(op.key)) return op;
    return { ...op, value: this.sealer.seal(op.key, op.value, sequence) };
  }

  #forget(): void {
    this.#holds = undefined;
    this.recent.forget();
  }

  /** Records an operator's or officer's act that changes no view. Resolves when it is durable: only then may it take effect. */
  async administer(actor: string, action: string, detail: string): Promise<void> {
    await this.append([fact('administration', { actor, action, detail })]);
  }
}
