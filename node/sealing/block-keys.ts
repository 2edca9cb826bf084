/**
 * Keys that are derived from the archive's own, one for each purpose and run of entries. Guarantees: no key seals so
 * often that random nonces could repeat (2^32 times, NIST SP 800-38D, 8.3).
 */
import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { aesKey, type AesKey } from '../crypto/index.ts';

/** Entries in a run: each seals a few parts and rows, thousands where a conversation is large. */
const BLOCK_ENTRIES = 65_536;

/** Keys at hand: of the last 16 million entries. */
const MAX_CACHED = 256;

const KEY_BYTES = 32;

export class BlockKeys {
  readonly #secret: KeyObject;
  readonly #purpose: string;
  readonly #cached = new Map<number, AesKey>();

  /** @param secret 32 bytes; the caller's to zero */
  constructor(secret: Uint8Array, purpose: string) {
    this.#secret = createSecretKey(secret);
    this.#purpose = purpose;
  }

  /** The run that a sequence number is in. */
  blockOf(sequence: number): number {
    return Math.floor(sequence / BLOCK_ENTRIES);
  }

  /** The key of a run. */
  key(block: number): AesKey {
    const known = this.#cached.get(block);
    if (known !== undefined) return known;
    const bytes = deriveSecret(this.#secret, `${this.#purpose} ${block}`);
    const key = aesKey(bytes);
    bytes.fill(0);
    if (this.#cached.size >= MAX_CACHED) this.#cached.clear();
    this.#cached.set(block, key);
    return key;
  }
}

/** 32 bytes of a secret for one purpose (HKDF-SHA-256, RFC 5869). */
export function deriveSecret(secret: KeyObject, purpose: string): Uint8Array {
  return new Uint8Array(
    hkdfSync('sha256', secret, new Uint8Array(), `chancery archive ${purpose}`, KEY_BYTES),
  );
}
