/**
 * Memory for what must not leak: locked where the system allows it, kept out of core dumps, between guard pages, and
 * wiped when it is freed, which is when nobody refers to it any more (libsodium's `sodium_malloc`).
 */
import sodium from 'sodium-native';

export function secureMemory(bytes: number): Uint8Array {
  return sodium.sodium_malloc(bytes);
}

/** A copy of the bytes there; the original is zeroed. */
export function moveToSecureMemory(bytes: Uint8Array): Uint8Array {
  const copy = secureMemory(bytes.length);
  copy.set(bytes);
  bytes.fill(0);
  return copy;
}
