/**
 * The files of messages in a backup: each under the hash of its bytes, written once and never again, and beside them a list
 * of which belong there, by the sequence numbers of their messages, which the manifest names by its hash. So a file that is
 * missing is missed with no key. Guarantees: a list is there whole before the manifest names it; a file leaves a backup only
 * where a certificate in the log says that its message was disposed of.
 */
import { equals } from 'uint8arrays/equals';
import { toString } from 'uint8arrays/to-string';
import type { Disposed } from '../../protocol/archive/index.ts';
import type { Sha256 } from '../../protocol/crypto/index.ts';
import type { SealedFiles } from '../attachments/index.ts';
import type { BackupFinding } from './check-window.ts';
import type { BackupFolder } from './folder.ts';
import type { Manifest } from './manifest.ts';
import { ATTACHMENTS, attachmentPath } from './paths.ts';

const LIST = '.list';

const SEQUENCE_BYTES = 8;
const HASH_BYTES = 32;
const ROW_BYTES = SEQUENCE_BYTES + HASH_BYTES;

/** A message with a file, and the hash of the sealed file. */
export interface Attachment {
  readonly sequence: number;
  readonly sealed: Uint8Array;
}

/** Where a backup has the files of messages from. */
export interface AttachmentSource {
  /** Messages with files from a sequence number on, in order. */
  readonly from: (sequence: number) => AsyncIterable<Attachment>;
  readonly files: Pick<SealedFiles, 'path'>;
  /** Whether a certificate in the log says that a message is gone. */
  readonly isDisposed: (sequence: number) => boolean;
}

/** A file that the archive does not have as its message says. */
export interface LostAttachment {
  readonly sequence: number;
  readonly problem: string;
}

/**
 * Copies the files of messages from (inclusive) to (exclusive) that are not there yet, and ends once so many bytes were
 * copied. What was not to be had is told, and holds up none of the others. Throws `backup.failed`.
 */
export async function copyAttachments(
  folder: BackupFolder,
  { from: rows, files }: AttachmentSource,
  { from, to, most }: { readonly from: number; readonly to: number; readonly most: number },
): Promise<{ readonly bytes: number; readonly whole: boolean; readonly lost: readonly LostAttachment[] }> {
  const lost: LostAttachment[] = [];
  let bytes = 0;
  for await (const { sequence, sealed } of rows(from)) {
    if (sequence >= to) break;
    const path = attachmentPath(sealed);
    if (await folder.has(path)) continue;
    if (bytes >= most) return { bytes, whole: false, lost };
    const copied = await folder.copy(files.path(sealed), path, sealed);
    if (typeof copied === 'number') bytes += copied;
    else lost.push({ sequence, problem: `the file that the message brought along is ${copied}` });
  }
  return { bytes, whole: true, lost };
}

/** Writes the list for a backup of `size` entries; undefined where there are no files. Not durable before `sync`. */
export async function writeList(
  folder: BackupFolder,
  source: AttachmentSource,
  size: number,
  sha256: Sha256,
): Promise<Manifest['attachments']> {
  const rows: Uint8Array[] = [];
  const kept = (await keptRows(folder, source, size, sha256))[Symbol.iterator]();
  let next = kept.next();
  for await (const { sequence, sealed } of source.from(0)) {
    if (sequence >= size) break;
    // what the list before named stays, unless it was disposed of: a row of the views may be lost
    for (; next.done !== true && next.value.sequence <= sequence; next = kept.next())
      if (next.value.sequence < sequence) rows.push(rowOf(next.value));
    rows.push(rowOf({ sequence, sealed }));
  }
  for (; next.done !== true; next = kept.next()) rows.push(rowOf(next.value));
  if (rows.length === 0) return undefined;
  const list = Buffer.concat(rows);
  const digest = toString(sha256(list), 'hex');
  await folder.write(`${ATTACHMENTS}/${digest}${LIST}`, list);
  return { count: rows.length, digest };
}

/** What the list before named, and is not gone. */
async function keptRows(
  folder: BackupFolder,
  { isDisposed }: AttachmentSource,
  size: number,
  sha256: Sha256,
): Promise<readonly Attachment[]> {
  for (const name of await folder.namesIn(ATTACHMENTS)) {
    if (!name.endsWith(LIST)) continue;
    const list = await folder.read(`${ATTACHMENTS}/${name}`);
    if (list === undefined || toString(sha256(list), 'hex') !== name.slice(0, -LIST.length)) continue;
    return [...attachmentsIn(list)].filter(({ sequence }) => sequence < size && !isDisposed(sequence));
  }
  return [];
}

/** Takes out of a backup what its list does not name: files of messages that were disposed of, and lists of earlier backups. */
export async function removeUnlisted(folder: BackupFolder, named: Manifest['attachments']): Promise<void> {
  const tops = await folder.namesIn(ATTACHMENTS);
  if (tops.length === 0) return;
  const current = named && `${named.digest}${LIST}`;
  const list = current === undefined ? undefined : await folder.read(`${ATTACHMENTS}/${current}`);
  const listed = new Set<string>();
  for (const { sealed } of attachmentsIn(list ?? new Uint8Array(0))) listed.add(toString(sealed, 'hex'));
  for (const top of tops.filter((name) => name !== current)) {
    if (top.includes('.')) await folder.remove(`${ATTACHMENTS}/${top}`);
    else
      for (const name of await folder.namesIn(`${ATTACHMENTS}/${top}`))
        if (!listed.has(name)) await folder.remove(`${ATTACHMENTS}/${top}/${name}`);
  }
}

/** Holds every file that the list names against its hash. */
export async function checkAttachments(
  folder: BackupFolder,
  named: Manifest['attachments'],
  disposed: ReadonlyMap<number, Disposed>,
  { sha256, findingsMax }: { readonly sha256: Sha256; readonly findingsMax: number },
): Promise<{ readonly files: number; readonly findings: readonly BackupFinding[] }> {
  if (named === undefined) return { files: 0, findings: [] };
  const path = `${ATTACHMENTS}/${named.digest}${LIST}`;
  const list = await folder.read(path);
  if (list === undefined)
    return { files: 0, findings: [{ file: path, sequence: 0, problem: 'it is missing' }] };
  if (toString(sha256(list), 'hex') !== named.digest)
    return {
      files: 0,
      findings: [{ file: path, sequence: 0, problem: 'it is not what the manifest names' }],
    };
  const findings: BackupFinding[] = [];
  let files = 0;
  for (const { sequence, sealed } of attachmentsIn(list)) {
    if (findings.length >= findingsMax) break;
    if (disposed.has(sequence)) continue;
    files += 1;
    const file = attachmentPath(sealed);
    const digest = await folder.digest(file);
    if (digest !== undefined && equals(digest, sealed)) continue;
    const problem =
      digest === undefined ? 'it is missing' : 'it is not the file that the message brought along';
    findings.push({ file, sequence, problem });
  }
  return { files, findings };
}

function rowOf({ sequence, sealed }: Attachment): Uint8Array {
  const row = Buffer.alloc(ROW_BYTES);
  row.writeBigUInt64BE(BigInt(sequence));
  row.set(sealed, SEQUENCE_BYTES);
  return row;
}

function* attachmentsIn(list: Uint8Array): Generator<Attachment> {
  const view = new DataView(list.buffer, list.byteOffset, list.length);
  for (let at = 0; at + ROW_BYTES <= list.length; at += ROW_BYTES)
    yield {
      sequence: Number(view.getBigUint64(at)),
      sealed: list.slice(at + SEQUENCE_BYTES, at + ROW_BYTES),
    };
}
