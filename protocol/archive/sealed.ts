/**
 * How what belongs to an entry lies beside it: a header and a content, each sealed with AES-256-GCM (NIST SP 800-38D)
 * under a key of its own, so that one nonce serves both. The content is sealed together with the salt of its commitment.
 * What is sealed is bound to the entry's place and kind: bytes that are moved do not open. A first byte says under whose
 * key the content is; disposed contents get a form of their own, without touching what is already stored.
 */
import { fromString } from 'uint8arrays/from-string';
import { SALT_BYTES } from './entry.ts';
import { ENTRY_KINDS, type EntryKind } from './kinds.ts';

/** The length of a nonce, in bytes: random, and so of keys that seal far fewer than 2^32 times. */
export const NONCE_BYTES = 12;

/** The length of what AES-256-GCM adds to a text, in bytes. */
const TAG_BYTES = 16;

const FORM = 0x01;
const LENGTH_BYTES = 4;
const HEADER_AT = 1 + NONCE_BYTES + LENGTH_BYTES;

/** As it is stored. A part that has nothing in it is not sealed, and empty. */
interface SealedRecord {
  readonly nonce: Uint8Array;
  readonly header: Uint8Array;
  readonly content: Uint8Array;
}

/** What a sealed content opens to. */
export interface SaltedContent {
  readonly salt: Uint8Array;
  readonly content: Uint8Array;
}

export function encodeSealed({ nonce, header, content }: SealedRecord): Uint8Array {
  const stored = new Uint8Array(HEADER_AT + header.length + content.length);
  stored[0] = FORM;
  stored.set(nonce, 1);
  viewOf(stored).setUint32(1 + NONCE_BYTES, header.length);
  stored.set(header, HEADER_AT);
  stored.set(content, HEADER_AT + header.length);
  return stored;
}

/** Undefined for what `encodeSealed` did not make. */
export function decodeSealed(stored: Uint8Array): SealedRecord | undefined {
  if (stored[0] !== FORM || stored.length < HEADER_AT) return undefined;
  const contentAt = HEADER_AT + viewOf(stored).getUint32(1 + NONCE_BYTES);
  if (contentAt + TAG_BYTES + SALT_BYTES > stored.length) return undefined;
  return {
    nonce: stored.subarray(1, 1 + NONCE_BYTES),
    header: stored.subarray(HEADER_AT, contentAt),
    content: stored.subarray(contentAt),
  };
}

const PARTS = { header: 0x00, content: 0x01 } as const;

/** The associated data of a sealed part: form, part, sequence number and kind. */
export function boundTo(part: keyof typeof PARTS, sequence: number, kind: EntryKind): Uint8Array {
  const name = KIND_BYTES.get(kind) ?? new Uint8Array();
  const data = new Uint8Array(2 + 8 + name.length);
  data[0] = FORM;
  data[1] = PARTS[part];
  const view = viewOf(data);
  view.setUint32(2, Math.floor(sequence / 2 ** 32));
  view.setUint32(6, sequence % 2 ** 32);
  data.set(name, 10);
  return data;
}

const KIND_BYTES = new Map(ENTRY_KINDS.map((kind) => [kind, fromString(kind)] as const));

/** What is sealed as a content: salt, then content. */
export function joinSalted({ salt, content }: SaltedContent): Uint8Array {
  const joined = new Uint8Array(SALT_BYTES + content.length);
  joined.set(salt);
  joined.set(content, SALT_BYTES);
  return joined;
}

/** The parts of what was opened, which has at least the salt. */
export function splitSalted(opened: Uint8Array): SaltedContent {
  return { salt: opened.subarray(0, SALT_BYTES), content: opened.subarray(SALT_BYTES) };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
