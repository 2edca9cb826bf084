/**
 * The log with its views: what the organisation's services read and write. Every fact is appended with the view
 * changes it makes, in one atomic batch; a view is read through the log, with what is about to be durable on top.
 */
import type { ArchiveLog } from '../archive/index.ts';
import type { Appended, NewRecord, Op } from '../archive/index.ts';
import { isBulk } from './keys.ts';
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

/** A map compares byte arrays by identity; one character a byte is the cheapest key with the same meaning. */
function nameOf(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.length).toString('latin1');
}

export class Ledger {
  readonly log: ArchiveLog;
  readonly #decoded = new Map<string, unknown>();

  constructor(log: ArchiveLog) {
    this.log = log;
  }

  async append(facts: readonly NewRecord[]): Promise<Appended> {
    try {
      return await this.log.append(facts.map((made) => this.#forgetting(made)));
    } catch (error) {
      this.#decoded.clear(); // what was read since may be of a change that was taken back
      throw error;
    }
  }

  /** The same fact; what it changes is read anew from then on. */
  #forgetting(made: NewRecord): NewRecord {
    return {
      ...made,
      ops: (sequence, time) => {
        const ops = typeof made.ops === 'function' ? made.ops(sequence, time) : (made.ops ?? []);
        for (const { key } of ops) if (!isBulk(key)) this.#decoded.delete(nameOf(key));
        return ops;
      },
    };
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
   * A view's value as `decode` reads it, kept until an append changes its key: what every message asks for
   * (agreements, members, conversations) changes seldom. Only for views that are read through here.
   */
  decoded<T>(key: Uint8Array, decode: (value: Uint8Array) => T): T | undefined {
    const name = nameOf(key);
    const known = this.#decoded.get(name);
    if (known !== undefined) return known as T;
    const value = this.log.get(key);
    if (value === undefined) return undefined;
    const record = decode(value);
    if (this.#decoded.size >= MAX_DECODED) this.#decoded.clear();
    this.#decoded.set(name, record);
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
