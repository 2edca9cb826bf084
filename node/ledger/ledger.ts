/**
 * The log with its views: what the organisation's services read and write. Every fact is appended with the view
 * changes it makes, in one atomic batch; a view is read through the log, with what is about to be durable on top.
 */
import { equals } from 'uint8arrays/equals';
import { toString } from 'uint8arrays/to-string';
import type { ArchiveLog } from '../archive/index.ts';
import type { Appended, NewRecord, Op } from '../archive/index.ts';
import { encodeRecord, recordOf, type RecordKind, type RecordOf } from './records.ts';

export type Range = Parameters<ArchiveLog['iterate']>[0];

/** A fact to be appended, and what it changes in the views. */
export function fact<K extends RecordKind>(
  kind: K,
  record: RecordOf<K>,
  ops: (sequence: number, time: number, content: Uint8Array) => readonly Op[],
): NewRecord {
  const content = encodeRecord(kind, record);
  return { kind, content, ops: (sequence, time) => ops(sequence, time, content) };
}

export function put(key: Uint8Array, value: Uint8Array): Op {
  return { type: 'put', key, value };
}

export function del(key: Uint8Array): Op {
  return { type: 'del', key };
}

/** The value of a key that only says that it is there. */
export const PRESENT: Uint8Array = new Uint8Array(0);

/** Decoded values kept: the agreements, members and conversations of a busy hour. */
const MAX_DECODED = 4_096;

export class Ledger {
  readonly log: ArchiveLog;
  readonly #decoded = new Map<string, { readonly value: Uint8Array; readonly record: unknown }>();

  constructor(log: ArchiveLog) {
    this.log = log;
  }

  append(facts: readonly NewRecord[]): Promise<Appended> {
    return this.log.append(facts);
  }

  /** Records an operator's or officer's act that changes no view. Resolves when it is durable: only then may it take effect. */
  async administer(actor: string, action: string, detail: string): Promise<void> {
    await this.append([fact('administration', { actor, action, detail }, () => [])]);
  }

  /** The record a view holds under a key. */
  view<K extends RecordKind>(kind: K, key: Uint8Array): RecordOf<K> | undefined {
    return this.decoded(key, (value) => recordOf(kind, value));
  }

  /**
   * A view's value as `decode` reads it, once for the same bytes: what every message asks for (agreements, members,
   * conversations) changes seldom. The bytes are compared each time, so nothing stale is ever served.
   */
  decoded<T>(key: Uint8Array, decode: (value: Uint8Array) => T): T | undefined {
    const value = this.log.get(key);
    if (value === undefined) return undefined;
    const name = toString(key, 'base64');
    const known = this.#decoded.get(name);
    if (known !== undefined && equals(known.value, value)) return known.record as T;
    const record = decode(value);
    if (this.#decoded.size >= MAX_DECODED) this.#decoded.clear();
    this.#decoded.set(name, { value: value.slice(), record });
    return record;
  }

  /** Every durable record of a view, in key order. */
  async views<K extends RecordKind>(kind: K, range: Range): Promise<RecordOf<K>[]> {
    const records: RecordOf<K>[] = [];
    for await (const [, value] of this.log.iterate(range)) records.push(recordOf(kind, value));
    return records;
  }

  /** What an entry of a known kind says; undefined where there is no such entry. */
  record<K extends RecordKind>(kind: K, sequence: number): RecordOf<K> | undefined {
    const content = this.log.content(sequence);
    return content === undefined ? undefined : recordOf(kind, content);
  }
}
