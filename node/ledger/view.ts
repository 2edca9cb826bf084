/**
 * What makes the views: for each kind of fact one function that says what it changes in them. Appending makes the views
 * with it, and so does everything that has only the log.
 */
import type { Sha256 } from '../../protocol/crypto/index.ts';
import type { Op } from '../archive/index.ts';
import type { SaidOf } from './fact.ts';
import type { ViewKeys } from './keys.ts';
import type { RecordKind, RecordOf } from './records.ts';

/** The views as they stand, with the changes that are about to be durable. */
export interface Views {
  /** Whose log it is. */
  readonly domain: string;
  readonly sha256: Sha256;
  readonly keys: ViewKeys;
  get(key: Uint8Array): Uint8Array | undefined;
  /** The record a view holds under a key. */
  view<K extends RecordKind>(kind: K, key: Uint8Array): RecordOf<K> | undefined;
  /** A view's value as `decode` reads it. */
  decoded<T>(key: Uint8Array, decode: (value: Uint8Array) => T): T | undefined;
}

/** A fact in its place: what it says, the bytes of that, its sequence number and receipt time (milliseconds). */
export interface Placed<K extends RecordKind> {
  readonly said: SaidOf<K>;
  readonly bytes: Uint8Array;
  readonly sequence: number;
  readonly time: number;
}

/** What a fact changes: a function of itself, its place, and the views before it; of nothing else. */
export type View<K extends RecordKind> = (placed: Placed<K>, views: Views) => readonly Op[];

export type ViewTable = { readonly [K in RecordKind]: View<K> };
