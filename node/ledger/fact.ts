/** A fact to be appended: what happened, and what the views are made from where that is not the whole of it. */
import type { Op } from '../archive/index.ts';
import type { HeaderKind, HeaderOf } from './headers.ts';
import type { RecordKind, RecordOf } from './records.ts';

/** What the views of a kind are made from. */
export type SaidOf<K extends RecordKind> = K extends HeaderKind ? HeaderOf<K> : RecordOf<K>;

export interface Fact<K extends RecordKind = RecordKind> {
  readonly kind: K;
  readonly record: RecordOf<K>;
  readonly header: K extends HeaderKind ? HeaderOf<K> : null;
}

/** A fact whose views are made from the whole of it. */
export function fact<K extends Exclude<RecordKind, HeaderKind>>(kind: K, record: RecordOf<K>): Fact {
  return { kind, record, header: null };
}

/** A fact whose views are made from its header. */
export function headed<K extends HeaderKind>(kind: K, record: RecordOf<K>, header: HeaderOf<K>): Fact {
  return { kind, record, header } as unknown as Fact;
}

export function put(key: Uint8Array, value: Uint8Array): Op {
  return { type: 'put', key, value };
}

export function del(key: Uint8Array): Op {
  return { type: 'del', key };
}

/** The value of a key that only says that it is there. */
export const PRESENT: Uint8Array = new Uint8Array(0);
