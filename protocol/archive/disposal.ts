/**
 * The disposal certificate: the content of a `disposal` entry. It names what is taken away, when and why, and is archived
 * before anything is. An entry without its content is in order only where such a certificate names it.
 */
import { z } from 'zod';
import { count, decodeCbor, hash32, milliseconds } from '../encoding/index.ts';
import type { Result } from '../errors/index.ts';

/** Entries that one certificate names: so one removal is one small batch. */
export const DISPOSED_MAX = 256;

/** Why a content goes: its schedule's ceiling, somebody's erasure request, or a key with nothing left to open. */
const GROUNDS = ['schedule', 'erasure', 'key'] as const;

export type Ground = (typeof GROUNDS)[number];

/** Bytes of a certificate: its entries take under 200 each, but for long domains. */
const MAX_DISPOSAL_BYTES = 131_072;

const disposedShape = z.strictObject({
  sequence: count,
  /** The id of the message, which has a salt in it: so it can be told that it was here. Null for other kinds. */
  id: hash32.nullable(),
  /** The partner it came from; null for one of our own, and for other kinds. */
  from: z.string().max(253).nullable(),
  /** SHA-256 of what stays stored, a header that later entries need; null where nothing does. */
  kept: hash32.nullable(),
});

export const disposalShape = z.strictObject({
  v: z.literal(1),
  ground: z.enum(GROUNDS),
  /** The schedule, or the erasure request's entry; empty for a key. */
  schedule: z.string().max(64),
  /** What had passed for certain when it was decided, in milliseconds since 1970. */
  time: milliseconds,
  disposed: z.array(disposedShape).min(1).max(DISPOSED_MAX),
});

export type Disposal = Readonly<z.infer<typeof disposalShape>>;
export type Disposed = Readonly<z.infer<typeof disposedShape>>;

/** Refuses with an `encoding.*` code. */
export function decodeDisposal(content: Uint8Array): Result<Disposal> {
  return decodeCbor(content, MAX_DISPOSAL_BYTES, disposalShape, 'the disposal certificate');
}
