/**
 * The log with its views: what the organisation's services read and write. Every fact is appended with the view
 * changes it makes, in one atomic batch; a view is read through the log, with what is about to be durable on top.
 */
import type { Sha256 } from '../../protocol/crypto/index.ts';
import { ChanceryError, type Result } from '../../protocol/errors/index.ts';
import {
  byteName,
  isDisposed,
  type Appended,
  type ArchiveLog,
  type Keep,
  type NewRecord,
  type Op,
  type StoredRecord,
} from '../archive/index.ts';
import type { SearchTokens, ViewSealer } from '../sealing/index.ts';
import { fact, PRESENT, type Fact } from './fact.ts';
import { encodeHeader, hasHeader, headerOf, type HeaderKind, type HeaderOf } from './headers.ts';
import { activeHolds, holdsOn, matterOf, type Hold, type TextOf } from './holds.ts';
import { ViewKeys } from './keys.ts';
import { isBare, isBulk } from './prefixes.ts';
import { encodeRecord, provenRecordOf, recordOf, type RecordKind, type RecordOf } from './records.ts';
import {
  everythingByDefault,
  floorOf,
  textOf,
  type Classified,
  type Scheduled,
  type ScheduleOf,
} from './schedule.ts';
import type { Placed, View, ViewTable, Views } from './view.ts';

export type Range = Parameters<ArchiveLog['iterate']>[0];

/** Decoded values kept: the agreements, members and conversations of a busy hour. */
const MAX_DECODED = 4_096;

/**
 * What messages kept in memory after their append may take, in bytes: partners and devices ask for them at once, and a
 * partner that is slower than our members asks for a thousand a moment later. More costs the collector of garbage more
 * than it saves.
 */
const MAX_RECENT_BYTES = 4 * 1024 * 1024;

const NOTHING = new Uint8Array(0);

/** What a message takes beside its envelope, at least, in bytes. */
const HEADED_BYTES = 1_024;

/** A message with what its views were made from. */
interface HeadedMessage {
  readonly header: HeaderOf<'message'>;
  readonly record: RecordOf<'message'>;
}

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
  readonly sealer: Pick<ViewSealer, 'nameOf' | 'seal' | 'open' | 'tokens'>;
}

export class Ledger implements Views {
  readonly log: ArchiveLog;
  readonly domain: string;
  readonly sha256: Sha256;
  readonly keys: ViewKeys;
  /** Makes what messages are found by. */
  readonly tokens: SearchTokens;
  readonly #views: ViewTable;
  readonly #sealer: LedgerOptions['sealer'];
  readonly #watchers = new Set<Watcher>();
  #readTokens: TokenReader | undefined;
  #messageKeys: MessageKeys | undefined;
  #observer: AppendObserver | undefined;
  #scheduleOf: ScheduleOf = everythingByDefault;
  /** Those in force, until one is placed or released. */
  #holds: readonly Hold[] | undefined;
  readonly #decoded = new Map<string, unknown>();
  readonly #recent = new Map<number, HeadedMessage>();
  #recentBytes = 0;

  constructor({ log, domain, sha256, views, sealer }: LedgerOptions) {
    this.log = log;
    this.domain = domain;
    this.sha256 = sha256;
    this.keys = new ViewKeys((text) => sealer.nameOf(text));
    this.tokens = sealer.tokens;
    this.#views = views;
    this.#sealer = sealer;
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
      this.#decoded.clear(); // what was read since may be of a change that was taken back
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

  /** Whether a certificate says that the content of an entry is gone. */
  isDisposed(sequence: number): boolean {
    return this.log.has(this.keys.disposed(sequence));
  }

  /** What was read of contents and views is in memory no longer. */
  forget(): void {
    this.#decoded.clear();
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
        if (kind === 'message') this.#remember(sequence, { header, record } as HeadedMessage);
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
    for (const { key } of ops) if (!isBulk(key)) this.#decoded.delete(byteName(key));
    const isMessage = kind === 'message';
    this.#readTokens?.(placed.sequence, isMessage ? (placed.said as HeaderOf<'message'>).tokens : undefined);
    return ops.map((op) => this.#sealed(op, placed.sequence));
  }

  #sealed(op: Op, sequence: number): Op {
    if (op.type === 'del' || isBare(op.key)) return op;
    return { ...op, value: this.#sealer.seal(op.key, op.value, sequence) };
  }

  #remember(sequence: number, message: HeadedMessage): void {
    this.#recent.set(sequence, message);
    this.#recentBytes += bytesOf(message);
    while (this.#recentBytes > MAX_RECENT_BYTES) {
      const [oldest] = this.#recent;
      if (oldest === undefined) return;
      this.#recent.delete(oldest[0]);
      this.#recentBytes -= bytesOf(oldest[1]);
    }
  }

  #forget(): void {
    this.#holds = undefined;
    this.#recent.clear();
    this.#recentBytes = 0;
  }

  /** A view's value, with the changes that are about to be durable. Throws `archive.damaged` for one that was changed. */
  get(key: Uint8Array): Uint8Array | undefined {
    const value = this.log.get(key);
    return value === undefined ? undefined : this.#opened(key, value);
  }

  /** The durable pairs of a range of keys. Throws `archive.damaged` for one that was changed. */
  async *iterate(range: Range): AsyncGenerator<readonly [Uint8Array, Uint8Array]> {
    for await (const [key, value] of this.log.iterate(range)) yield [key, this.#opened(key, value)];
  }

  #opened(key: Uint8Array, value: Uint8Array): Uint8Array {
    const opened = isBare(key) ? value : this.#sealer.open(key, value);
    if (opened !== undefined) return opened;
    throw new ChanceryError(
      'archive.damaged',
      'a view of the archive is not as it was written; stop the node, and run chancery archive reindex',
    );
  }

  /** How many times another node was made the primary of this archive. */
  get epoch(): number {
    return this.view('epoch', this.keys.epoch())?.number ?? 0;
  }

  /** The newest roster that was taken of a domain. */
  newestRoster(domain: string): RecordOf<'roster'> | undefined {
    return this.view('roster', this.keys.roster(domain));
  }

  /** Records an operator's or officer's act that changes no view. Resolves when it is durable: only then may it take effect. */
  async administer(actor: string, action: string, detail: string): Promise<void> {
    await this.append([fact('administration', { actor, action, detail })]);
  }

  /** The record a view holds under a key. */
  view<K extends RecordKind>(kind: K, key: Uint8Array): RecordOf<K> | undefined {
    return this.decoded(key, (value) => recordOf(kind, value));
  }

  /**
   * A view's value as `decode` reads it, kept until an append changes its key: what every message asks for
   * (agreements, members, conversations) changes seldom. Only for views that are read through here.
   */
  decoded<T>(key: Uint8Array, decode: (value: Uint8Array) => T): T | undefined {
    const name = byteName(key);
    const known = this.#decoded.get(name);
    if (known !== undefined) return known as T;
    const value = this.get(key);
    if (value === undefined) return undefined;
    const record = decode(value);
    if (this.#decoded.size >= MAX_DECODED) this.#decoded.clear();
    this.#decoded.set(name, record);
    return record;
  }

  /** Every durable record of a view, in key order. */
  async views<K extends RecordKind>(kind: K, range: Range): Promise<RecordOf<K>[]> {
    const records: RecordOf<K>[] = [];
    for await (const [, value] of this.iterate(range)) records.push(recordOf(kind, value));
    return records;
  }

  /** What a message's views were made from, from memory where it was just appended; undefined where there is no such entry. */
  messageHeader(sequence: number): HeaderOf<'message'> | undefined {
    return this.#recent.get(sequence)?.header ?? this.header('message', sequence);
  }

  /** A message itself, like `messageHeader`. */
  message(sequence: number): RecordOf<'message'> | undefined {
    return this.#recent.get(sequence)?.record ?? this.record('message', sequence);
  }

  /** What an entry of a known kind says; undefined where there is no such entry. Throws `archive.damaged` for another kind. */
  record<K extends RecordKind>(kind: K, sequence: number): RecordOf<K> | undefined {
    const found = this.log.entry(sequence)?.kind;
    if (found !== undefined && found !== kind)
      throw new ChanceryError(
        'archive.damaged',
        `a view of the archive takes entry ${sequence}, a ${found}, for a ${kind}; run chancery archive verify`,
        { facts: { sequence } },
      );
    const content = this.log.content(sequence);
    return content === undefined ? undefined : provenRecordOf(kind, content);
  }

  /** The header of an entry of a kind that has one; undefined where there is no such entry. */
  header<K extends HeaderKind>(kind: K, sequence: number): HeaderOf<K> | undefined {
    const header = this.log.header(sequence);
    return header === undefined ? undefined : headerOf(kind, header);
  }
}

function bytesOf({ header, record }: HeadedMessage): number {
  const { conversationAfter, tokens } = header;
  return HEADED_BYTES + record.envelope.length + (conversationAfter?.length ?? 0) + (tokens?.length ?? 0);
}
