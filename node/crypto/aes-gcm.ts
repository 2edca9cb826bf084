/** AES-256-GCM (NIST SP 800-38D) with nonces of 12 bytes and tags of 16, in one call each. */
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const TAG_BYTES = 16;
const OPTIONS = { authTagLength: TAG_BYTES } as const;

/** A key ready for use: handing in its bytes each time would cost five times as much. */
export type AesKey = KeyObject;

/** The key of 32 bytes. It is copied out of reach of scripts; the bytes are the caller's to zero. */
export function aesKey(bytes: Uint8Array): AesKey {
  return createSecretKey(bytes);
}

/** The sealed text with its tag behind it. A nonce is used once under a key. */
export function aesSeal(key: AesKey, nonce: Uint8Array, bound: Uint8Array, text: Uint8Array): Uint8Array {
  const sealed = new Uint8Array(text.length + TAG_BYTES);
  aesSealInto(sealed, key, nonce, bound, text);
  return sealed;
}

/** The same, written to `place`, which has room for just that. */
export function aesSealInto(
  place: Uint8Array,
  key: AesKey,
  nonce: Uint8Array,
  bound: Uint8Array,
  text: Uint8Array,
): void {
  const cipher = createCipheriv(ALGORITHM, key, nonce, OPTIONS);
  cipher.setAAD(bound);
  place.set(cipher.update(text));
  cipher.final();
  place.set(cipher.getAuthTag(), text.length);
}

/** Undefined for what this key, nonce and data did not seal. */
export function aesOpen(
  key: AesKey,
  nonce: Uint8Array,
  bound: Uint8Array,
  sealed: Uint8Array,
): Uint8Array | undefined {
  const end = sealed.length - TAG_BYTES;
  if (end < 0) return undefined;
  const decipher = createDecipheriv(ALGORITHM, key, nonce, OPTIONS);
  decipher.setAAD(bound);
  decipher.setAuthTag(sealed.subarray(end));
  const text = decipher.update(sealed.subarray(0, end));
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  return new Uint8Array(text.buffer, text.byteOffset, text.length);
}
