/**
 * One entry of the archive log: the data of its Merkle leaf, kept for ever.
 * The entry only commits to the content, with a salt, so that the content can be destroyed one day while leaf
 * and proofs stay, and so that a short text cannot then be guessed from its hash. And it has the hash of what is
 * stored, so that who can open nothing can still tell that nothing was changed.
 */
import { z } from 'zod';
import type { Sha256 } from '../crypto/suite.ts';
import { decodeCbor, decodeProven, encodeCbor, hash32, milliseconds } from '../encoding/index.ts';
import type { Result } from '../errors/index.ts';
import { ENTRY_KINDS, type EntryKind } from './kinds.ts';

/** The length of the salt before a content, in bytes: as hard to guess as a 128-bit key. */
export const SALT_BYTES = 16;

/** The largest encoded entry that is read, in bytes. Entries of version 1 have under 150. */
const ENTRY_BYTES_MAX = 256;

export interface Entry {
  readonly v: 1;
  readonly kind: EntryKind;
  /** When the archive received it, in milliseconds since 1970; never decreases along the log. */
  readonly time: number;
  /** SHA-256(salt || content): 32 bytes. */
  readonly commitment: Uint8Array;
  /** SHA-256 of the bytes stored for the entry, whoever can open them: 32 bytes. */
  readonly sealed: Uint8Array;
}

const shape: z.ZodType<Entry> = z.strictObject({
  v: z.literal(1),
  kind: z.enum(ENTRY_KINDS),
  time: milliseconds,
  commitment: hash32,
  sealed: hash32,
});

/** The entry's canonical bytes: what the leaf hash is taken of. */
export function encodeEntry(entry: Entry): Uint8Array {
  return encodeCbor(entry);
}

/** Refuses with an `encoding.*` code what is not exactly what `encodeEntry` makes. */
export function decodeEntry(bytes: Uint8Array): Result<Entry> {
  return decodeCbor(bytes, ENTRY_BYTES_MAX, shape, 'the log entry');
}

/** An entry that is the leaf which the tree has in its place, and so is one that was accepted. */
export function decodeProvenEntry(bytes: Uint8Array): Entry {
  return decodeProven(bytes, shape);
}

/** What an entry holds of its content: SHA-256(salt || content). The salt has 16 bytes. */
export function commitTo(sha256: Sha256, salt: Uint8Array, content: Uint8Array): Uint8Array {
  if (salt.length !== SALT_BYTES) throw new RangeError(`a salt has ${SALT_BYTES} bytes`);
  const input = new Uint8Array(SALT_BYTES + content.length);
  input.set(salt);
  input.set(content, SALT_BYTES);
  return sha256(input);
}
