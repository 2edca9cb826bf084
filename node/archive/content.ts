/**
 * How what belongs to an entry is stored beside it: a byte that says in which form, then the form's bytes.
 * Form 0 is as it is: 16 bytes of salt, the header behind its length, the content. Sealed and disposed contents get a
 * form of their own, without touching what is already stored.
 */
import { SALT_BYTES } from '../../protocol/archive/index.ts';

const PLAIN = 0x00;
const LENGTH_BYTES = 4;
const HEADER_AT = 1 + SALT_BYTES + LENGTH_BYTES;

export interface SaltedContent {
  readonly salt: Uint8Array;
  /** What the views are made from, where that is not the content itself; empty otherwise. */
  readonly header: Uint8Array;
  readonly content: Uint8Array;
}

export function encodeContent({ salt, header, content }: SaltedContent): Uint8Array {
  const stored = new Uint8Array(HEADER_AT + header.length + content.length);
  stored[0] = PLAIN;
  stored.set(salt, 1);
  viewOf(stored).setUint32(1 + SALT_BYTES, header.length);
  stored.set(header, HEADER_AT);
  stored.set(content, HEADER_AT + header.length);
  return stored;
}

/** Undefined for what `encodeContent` did not make. */
export function decodeContent(stored: Uint8Array): SaltedContent | undefined {
  if (stored[0] !== PLAIN || stored.length < HEADER_AT) return undefined;
  const contentAt = HEADER_AT + viewOf(stored).getUint32(1 + SALT_BYTES);
  if (contentAt > stored.length) return undefined;
  return {
    salt: stored.subarray(1, 1 + SALT_BYTES),
    header: stored.subarray(HEADER_AT, contentAt),
    content: stored.subarray(contentAt),
  };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
