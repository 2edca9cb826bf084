/**
 * How an entry is stored: its leaf hash, then its canonical bytes. With the hash beside it a flipped bit is laid at
 * the right entry's door even before a tile covers it.
 */
import { equals } from 'uint8arrays/equals';
import { decodeEntry, type Entry } from '../../protocol/archive/index.ts';
import type { Sha256 } from '../../protocol/crypto/suite.ts';
import { refuse, accept, type Result } from '../../protocol/errors/index.ts';
import { HASH_BYTES, hashLeaf } from '../../protocol/merkle/index.ts';

export interface StoredEntry {
  readonly leafHash: Uint8Array;
  readonly entry: Entry;
}

export function encodeStoredEntry(leafHash: Uint8Array, bytes: Uint8Array): Uint8Array {
  const stored = new Uint8Array(HASH_BYTES + bytes.length);
  stored.set(leafHash);
  stored.set(bytes, HASH_BYTES);
  return stored;
}

/** The leaf's data in what is stored. */
export function storedEntryBytes(stored: Uint8Array): Uint8Array {
  return stored.subarray(HASH_BYTES);
}

/** The leaf hash that is stored, if it is that of the entry beside it. */
export function provenLeafHash(sha256: Sha256, stored: Uint8Array): Uint8Array | undefined {
  const leafHash = stored.subarray(0, HASH_BYTES);
  return equals(hashLeaf(sha256, storedEntryBytes(stored)), leafHash) ? leafHash : undefined;
}

/** Refuses with `archive.damaged` or an `encoding.*` code what was not stored like this. */
export function decodeStoredEntry(sha256: Sha256, stored: Uint8Array): Result<StoredEntry> {
  const leafHash = provenLeafHash(sha256, stored);
  if (leafHash === undefined) {
    return refuse('archive.damaged', 'the entry does not have its leaf hash; restore it from a copy');
  }
  const decoded = decodeEntry(storedEntryBytes(stored));
  return decoded.ok ? accept({ leafHash, entry: decoded.value }) : decoded;
}
