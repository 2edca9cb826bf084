/**
 * Compound files (MS-CFB), of which old Office documents, Outlook messages and installers are: what they are by the names of
 * their streams. Their text is not read. Guarantees: every entry of a directory is seen, wherever it lies, since all lie at
 * multiples of their size; nothing is followed, so no loop can be.
 */
import type { Reading } from '../part.ts';

export const OLE = 'application/x-ole-storage';
const ENCRYPTED = 'application/x-encrypted-office';

const ENTRY_BYTES = 128;
const NAME_LENGTH_AT = 64;
const KIND_AT = 66;

/** Storage, stream, root. */
const KINDS = [1, 2, 5];

/** Names of a directory that are kept: a document has some dozens. */
const MAX_NAMES = 10_000;

/** Which stream tells which kind. */
const STREAMS: readonly (readonly [RegExp, string])[] = [
  [/^(EncryptedPackage|EncryptionInfo)$/, ENCRYPTED],
  [/^WordDocument$/, 'application/msword'],
  [/^(Workbook|Book)$/, 'application/vnd.ms-excel'],
  [/^PowerPoint Document$/, 'application/vnd.ms-powerpoint'],
  [/^__properties_version1\.0$/, 'application/vnd.ms-outlook'],
  // tables of an installer: names are packed into characters from U+3800 to U+4840
  [/^\u4840/, 'application/x-msi'],
];

/** The media type of a compound file. */
export function oleKind(bytes: Uint8Array): string {
  const names = namesIn(bytes);
  return STREAMS.find(([pattern]) => names.some((name) => pattern.test(name)))?.[1] ?? OLE;
}

export function readOle({ part, draft }: Reading): void {
  const names = namesIn(part.bytes);
  if (names.some((name) => /^(VBA|_VBA_PROJECT(_CUR)?|Macros)$/i.test(name)))
    draft.risk('macro', part.place, 'carries macros, which run when it is opened');
  if (names.some((name) => /^(\u0001Ole10Native|ObjectPool|MBD[0-9A-F]{8}|Package)$/i.test(name)))
    draft.risk('embedded-object', part.place, 'carries an object that another program opens');
  if (oleKind(part.bytes) === ENCRYPTED) draft.encrypted();
  else
    draft.fail(
      part.place,
      'is an old binary Office file, whose text is not read; save it in a format of today',
    );
}

function namesIn(bytes: Uint8Array): readonly string[] {
  const names: string[] = [];
  const decoder = new TextDecoder('utf-16le');
  for (let at = 0; at + ENTRY_BYTES <= bytes.length && names.length < MAX_NAMES; at += ENTRY_BYTES) {
    const length = (bytes[at + NAME_LENGTH_AT] ?? 0) | ((bytes[at + NAME_LENGTH_AT + 1] ?? 0) << 8);
    if (length < 4 || length > NAME_LENGTH_AT || length % 2 !== 0) continue;
    if (!KINDS.includes(bytes[at + KIND_AT] ?? 0)) continue;
    if (bytes[at + length - 2] !== 0 || bytes[at + length - 1] !== 0) continue;
    names.push(decoder.decode(bytes.subarray(at, at + length - 2)));
  }
  return names;
}
