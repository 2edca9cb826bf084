/**
 * How what belongs to an entry lies beside it: a header and a content, each sealed with AES-256-GCM (NIST SP 800-38D)
 * under a key of its own, so that one nonce serves both. The content is sealed together with the salt of its commitment.
 * What is sealed is bound to the entry's place and kind: bytes that are moved do not open. A first byte says whether the
 * content is under the archive's own key or under a data key, whose id follows.
 */
import { fromString } from 'uint8arrays/from-string';
import { DATA_KEY_ID_BYTES } from './data-key.ts';
import { SALT_BYTES } from './entry.ts';
import { ENTRY_KINDS, type EntryKind } from './kinds.ts';

/** The length of a nonce, in bytes: random, and so of keys that seal far fewer than 2^32 times. */
export const NONCE_BYTES = 12;

/** The length of what AES-256-GCM adds to a text, in bytes. */
const TAG_BYTES = 16;

const FORMS = { archiveKey: 0x01, dataKey: 0x02 } as const;
const LENGTH_BYTES = 4;

/** As it is stored. A part that has nothing in it is not sealed, and empty. */
interface SealedRecord {
  /** The id of the data key that the content is sealed under; undefined where that is the archive's own. */
  readonly dataKey: Uint8Array | undefined;
  readonly nonce: Uint8Array;
  readonly header: Uint8Array;
  readonly content: Uint8Array;
}

/** A content with the salt of its commitment. */
interface SaltedContent {
  readonly salt: Uint8Array;
  readonly content: Uint8Array;
}

/** What a sealed content opens to: the parts, and both as they were joined, which is what the commitment is the hash of. */
export interface OpenedContent extends SaltedContent {
  readonly salted: Uint8Array;
}

/** The bytes that are stored, with the places in them that the sealed parts are to be written to. */
interface SealedFrame {
  readonly stored: Uint8Array;
  readonly header: Uint8Array;
  readonly content: Uint8Array;
}

/** The length of a part once it is sealed. */
function sealedBytes(length: number): number {
  return length === 0 ? 0 : length + TAG_BYTES;
}

/**
 * What is stored for an entry, but for the sealed parts, which are written to their places: they are large, and made
 * there and then. Lengths are those of what is to be sealed, in bytes.
 */
export function sealedFrame(
  dataKey: Uint8Array | undefined,
  nonce: Uint8Array,
  headerLength: number,
  contentLength: number,
): SealedFrame {
  const nonceAt = 1 + (dataKey?.length ?? 0);
  const headerAt = nonceAt + NONCE_BYTES + LENGTH_BYTES;
  const contentAt = headerAt + sealedBytes(headerLength);
  const stored = new Uint8Array(contentAt + sealedBytes(contentLength));
  stored[0] = dataKey === undefined ? FORMS.archiveKey : FORMS.dataKey;
  if (dataKey !== undefined) stored.set(dataKey, 1);
  stored.set(nonce, nonceAt);
  viewOf(stored).setUint32(nonceAt + NONCE_BYTES, contentAt - headerAt);
  return { stored, header: stored.subarray(headerAt, contentAt), content: stored.subarray(contentAt) };
}

/** Undefined for what is not laid out like a `sealedFrame`. */
export function decodeSealed(stored: Uint8Array): SealedRecord | undefined {
  if (stored[0] !== FORMS.archiveKey && stored[0] !== FORMS.dataKey) return undefined;
  const dataKey = stored[0] === FORMS.dataKey ? stored.subarray(1, 1 + DATA_KEY_ID_BYTES) : undefined;
  const nonceAt = 1 + (dataKey?.length ?? 0);
  const headerAt = nonceAt + NONCE_BYTES + LENGTH_BYTES;
  if (stored.length < headerAt) return undefined;
  const contentAt = headerAt + viewOf(stored).getUint32(nonceAt + NONCE_BYTES);
  // of what was disposed of a header may be left, and nothing behind it
  const contentBytes = stored.length - contentAt;
  if (contentBytes !== 0 && contentBytes < TAG_BYTES + SALT_BYTES) return undefined;
  return {
    dataKey,
    nonce: stored.subarray(nonceAt, nonceAt + NONCE_BYTES),
    header: stored.subarray(headerAt, contentAt),
    content: stored.subarray(contentAt),
  };
}

/** What is left of what was stored for an entry once its content was disposed of: everything before that. Throws a RangeError. */
export function headerAlone(stored: Uint8Array): Uint8Array {
  const sealed = decodeSealed(stored);
  if (sealed === undefined || sealed.header.length === 0)
    throw new RangeError('there is no header to be kept');
  return stored.slice(0, stored.length - sealed.content.length);
}

const PARTS = { header: 0x00, content: 0x01 } as const;

/** The associated data of a sealed part: part, sequence number and kind. */
export function boundTo(part: keyof typeof PARTS, sequence: number, kind: EntryKind): Uint8Array {
  const name = KIND_BYTES.get(kind) ?? new Uint8Array();
  const data = new Uint8Array(1 + 8 + name.length);
  data[0] = PARTS[part];
  const view = viewOf(data);
  view.setUint32(1, Math.floor(sequence / 2 ** 32));
  view.setUint32(5, sequence % 2 ** 32);
  data.set(name, 9);
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
export function splitSalted(opened: Uint8Array): OpenedContent {
  return { salt: opened.subarray(0, SALT_BYTES), content: opened.subarray(SALT_BYTES), salted: opened };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
