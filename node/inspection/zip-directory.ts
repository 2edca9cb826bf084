/**
 * The directory of a zip archive (PKWARE APPNOTE 6.3), by yauzl. Guarantees: names are given as they are written, so that
 * unsafe ones can be told of; never more entries than the limit.
 */
import { fromBufferPromise, getFileNameLowLevel, type Entry, type ZipFile } from 'yauzl';
import { MAX_ENTRIES } from './limits.ts';

export interface ZipEntry {
  /** With its folders, separated by slashes. */
  readonly name: string;
  readonly isFolder: boolean;
  readonly isLink: boolean;
  readonly isEncrypted: boolean;
  /** 0: stored, 8: deflated; others are not read. */
  readonly method: number;
  /** Where its local header begins. */
  readonly at: number;
  readonly packedLength: number;
  readonly crc32: number;
}

export interface ZipDirectory {
  readonly entries: readonly ZipEntry[];
  /** Whether there are more than the limit. */
  readonly more: boolean;
}

const LOCAL_HEADER_BYTES = 30;
/** Of the record that ends an archive, without its comment (APPNOTE 4.3.16). */
const END_BYTES = 22;

const UNIX = 3;
const FILE_TYPE_BITS = 0o170000;
const SYMBOLIC_LINK = 0o120000;

/** Room between entries that their data descriptors take (APPNOTE 4.3.9). */
const DESCRIPTOR_BYTES = 24;

/** Reads the directory. Throws where it is damaged. */
export async function zipDirectory(bytes: Uint8Array): Promise<ZipDirectory> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // the directory is bounded here, and sizes by what is unpacked
  const options = { lazyEntries: true, decodeStrings: false, validateEntrySizes: false, autoClose: false };
  const zip: ZipFile = await fromBufferPromise(buffer, options);
  const entries: ZipEntry[] = [];
  for await (const entry of zip.eachEntry()) {
    if (entries.length === MAX_ENTRIES) return { entries, more: true };
    entries.push(entryOf(entry));
  }
  return { entries, more: false };
}

function entryOf(entry: Entry): ZipEntry {
  const raw = entry.fileNameRaw;
  const name = getFileNameLowLevel(entry.generalPurposeBitFlag, raw, entry.extraFields, false);
  const isUnix = entry.versionMadeBy >>> 8 === UNIX;
  return {
    name: name.replaceAll('\\', '/'),
    isFolder: name.endsWith('/'),
    isLink: isUnix && ((entry.externalFileAttributes >>> 16) & FILE_TYPE_BITS) === SYMBOLIC_LINK,
    isEncrypted: entry.isEncrypted(),
    method: entry.compressionMethod,
    at: entry.relativeOffsetOfLocalHeader,
    packedLength: entry.compressedSize,
    crc32: entry.crc32,
  };
}

/** Where the bytes of an entry are. Throws where its local header is not there. */
export function packedBytes(bytes: Uint8Array, { at, packedLength }: ZipEntry): Uint8Array {
  const header = headerAt(bytes, at);
  if (header === undefined || header.data + packedLength > bytes.length)
    throw new Error('an entry lies outside of the archive');
  return bytes.subarray(header.data, header.data + packedLength);
}

/**
 * Whether programs that go by the local headers find other files than those that go by the directory: entries overlap,
 * bytes lie between them, or names differ.
 */
export function isAmbiguous(bytes: Uint8Array, entries: readonly ZipEntry[]): boolean {
  let end = 0;
  for (const entry of entries.toSorted((one, other) => one.at - other.at)) {
    const header = headerAt(bytes, entry.at);
    if (header === undefined || entry.at < end || entry.at > end + DESCRIPTOR_BYTES) return true;
    if (header.name !== entry.name && isPlain(entry.name) && isPlain(header.name)) return true;
    end = header.data + entry.packedLength;
  }
  return false;
}

/**
 * The archive that ends where something else does, without what stands before it; undefined where there is none. Its
 * directory may count from its own beginning, or from that of the whole.
 */
export function zipBehind(bytes: Uint8Array): Uint8Array | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = buffer.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  if (at < 0 || at + END_BYTES > bytes.length) return undefined;
  if (at + END_BYTES + buffer.readUInt16LE(at + 20) !== bytes.length) return undefined;
  const before = at - buffer.readUInt32LE(at + 12) - buffer.readUInt32LE(at + 16);
  return before < 0 ? undefined : bytes.subarray(before);
}

function headerAt(
  bytes: Uint8Array,
  at: number,
): { readonly data: number; readonly name: string } | undefined {
  if (at + LOCAL_HEADER_BYTES > bytes.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, LOCAL_HEADER_BYTES);
  if (view.getUint32(0, true) !== 0x04034b50) return undefined;
  const nameEnd = at + LOCAL_HEADER_BYTES + view.getUint16(26, true);
  const name = new TextDecoder('latin1').decode(bytes.subarray(at + LOCAL_HEADER_BYTES, nameEnd));
  return { data: nameEnd + view.getUint16(28, true), name: name.replaceAll('\\', '/') };
}

/** Whether a name is the same in every encoding. */
function isPlain(name: string): boolean {
  return /^[ -~]*$/.test(name);
}
