/**
 * How a content is stored beside its entry: a byte that says in which form, then the form's bytes.
 * Form 0 is the only one so far: 16 bytes of salt and the content as it is. Sealed and disposed contents get a form
 * of their own, without touching what is already stored.
 */
import { SALT_BYTES } from '../../protocol/archive/index.ts';

const PLAIN = 0x00;

export interface SaltedContent {
  readonly salt: Uint8Array;
  readonly content: Uint8Array;
}

export function encodeContent(salt: Uint8Array, content: Uint8Array): Uint8Array {
  const stored = new Uint8Array(1 + SALT_BYTES + content.length);
  stored[0] = PLAIN;
  stored.set(salt, 1);
  stored.set(content, 1 + SALT_BYTES);
  return stored;
}

/** Undefined for what `encodeContent` did not make. */
export function decodeContent(stored: Uint8Array): SaltedContent | undefined {
  if (stored[0] !== PLAIN || stored.length < 1 + SALT_BYTES) return undefined;
  return { salt: stored.subarray(1, 1 + SALT_BYTES), content: stored.subarray(1 + SALT_BYTES) };
}
