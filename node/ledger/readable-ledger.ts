/** What is read of a ledger: views, with what is about to be durable on top, and what entries say. */
import { ChanceryError } from '../../protocol/errors/index.ts';
import { byteName, type ArchiveLog } from '../archive/index.ts';
import type { ViewSealer } from '../sealing/index.ts';
import { headerOf, type HeaderKind, type HeaderOf } from './headers.ts';
import { ViewKeys } from './keys.ts';
import { decodeSequence } from './view-key.ts';
import { isBare } from './prefixes.ts';
import { RecentMessages } from './recent-messages.ts';
import { provenRecordOf, recordOf, type RecordKind, type RecordOf } from './records.ts';

export type Range = Parameters<ArchiveLog['iterate']>[0];

/** Decoded values kept: the agreements, members and conversations of a busy hour. */
const MAX_DECODED = 4_096;

export type LedgerSealer = Pick<ViewSealer, 'nameOf' | 'seal' | 'open' | 'tokens'>;

export abstract class ReadableLedger {
  readonly log: ArchiveLog;
  readonly keys: ViewKeys;
  protected readonly sealer: LedgerSealer;
  protected readonly recent = new RecentMessages();
  readonly #decoded = new Map<string, unknown>();

  constructor(log: ArchiveLog, sealer: LedgerSealer) {
    this.log = log;
    this.keys = new ViewKeys((text) => sealer.nameOf(text));
    this.sealer = sealer;
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

  /** How many durable pairs there are in a range. */
  async count(range: Range): Promise<number> {
    let count = 0;
    for await (const _pair of this.log.iterate(range)) count += 1;
    return count;
  }

  /**
   * The time (milliseconds) of the entry so many back from the end of a range whose keys end in entries; undefined where there
   * are not so many.
   */
  async timeBack(range: Range, back: number): Promise<number | undefined> {
    let at = 0;
    for await (const [key] of this.log.iterate({ ...range, reverse: true, limit: back })) {
      at += 1;
      if (at === back) return this.log.entry(decodeSequence(key))?.time;
    }
    return undefined;
  }

  #opened(key: Uint8Array, value: Uint8Array): Uint8Array {
    const opened = isBare(key) ? value : this.sealer.open(key, value);
    if (opened !== undefined) return opened;
    throw new ChanceryError(
      'archive.damaged',
      'a view of the archive is not as it was written; stop the node, and run chancery archive reindex',
      { facts: { views: true } },
    );
  }

  /** Whether a certificate says that the content of an entry is gone. */
  isDisposed(sequence: number): boolean {
    return this.log.has(this.keys.disposed(sequence));
  }

  /** How many times another node was made the primary of this archive. */
  get epoch(): number {
    return this.view('epoch', this.keys.epoch())?.number ?? 0;
  }

  /** The newest roster that was taken of a domain. */
  newestRoster(domain: string): RecordOf<'roster'> | undefined {
    return this.view('roster', this.keys.roster(domain));
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
    return this.recent.get(sequence)?.header ?? this.header('message', sequence);
  }

  /** A message itself, like `messageHeader`. */
  message(sequence: number): RecordOf<'message'> | undefined {
    return this.recent.get(sequence)?.record ?? this.record('message', sequence);
  }

  /** What an entry of a known kind says; undefined where there is no such entry. Throws `archive.damaged` for another kind. */
  record<K extends RecordKind>(kind: K, sequence: number): RecordOf<K> | undefined {
    const found = this.log.entry(sequence)?.kind;
    if (found !== undefined && found !== kind)
      throw new ChanceryError(
        'archive.damaged',
        `a view of the archive takes entry ${sequence}, a ${found}, for a ${kind}; stop the node, and run chancery archive reindex`,
        { facts: { sequence, views: true } },
      );
    const content = this.log.content(sequence);
    return content === undefined ? undefined : provenRecordOf(kind, content);
  }

  /** The header of an entry of a kind that has one; undefined where there is no such entry. */
  header<K extends HeaderKind>(kind: K, sequence: number): HeaderOf<K> | undefined {
    const header = this.log.header(sequence);
    return header === undefined ? undefined : headerOf(kind, header);
  }

  /** What a view says under a key, or under any, is read anew from now on. */
  protected forgetDecoded(key?: Uint8Array): void {
    if (key === undefined) this.#decoded.clear();
    else this.#decoded.delete(byteName(key));
  }
}
