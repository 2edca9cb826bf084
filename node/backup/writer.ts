/**
 * Writes a backup while the log grows, some windows at a time. Guarantees: what is copied was read through its proofs; a
 * full window is written once and never touched again, but to take out what was disposed of; the checkpoint is written last, after everything it covers is on
 * disk, so a step that was cut short leaves the backup as it was; and no backup of another log is written over.
 */
import { equals } from 'uint8arrays/equals';
import { toString } from 'uint8arrays/to-string';
import { encodeEntryBundle, joinFramed } from '../../protocol/archive/index.ts';
import { logOrigin, readCheckpoint, type Checkpoint } from '../../protocol/checkpoint/index.ts';
import type { Sha256, Signer } from '../../protocol/crypto/index.ts';
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import { tilePath, TILE_WIDTH } from '../../protocol/merkle/index.ts';
import type { ArchiveLog, StoredRecord } from '../archive/index.ts';
import {
  copyAttachments,
  removeUnlisted,
  writeList,
  type AttachmentSource,
  type LostAttachment,
} from './attachments.ts';
import { disposeInBackup } from './disposals.ts';
import type { BackupFolder } from './folder.ts';
import { signManifest, type Manifest } from './manifest.ts';
import {
  CHECKPOINT,
  COSIGNED,
  MANIFEST,
  TOP_NAMES,
  upperTiles,
  windowOf,
  windowPaths,
  windowsIn,
  type Window,
} from './paths.ts';

/** Windows that one step writes: 16,384 entries, a second or two of a disk's work. */
const STEP_WRITTEN = 64;

/** And windows that it looks at: those that are there already cost little. */
const STEP_SEEN = 4_096;

/** Bytes of files of messages that it copies: another second or two. */
const STEP_FILE_BYTES = 256 * 1024 * 1024;

/** A checkpoint that a partner cosigned, and its key as a witness. */
export interface Cosigned {
  readonly domain: string;
  readonly note: string;
  /** Raw Ed25519. */
  readonly key: Uint8Array;
}

export interface BackupSource {
  readonly log: ArchiveLog;
  readonly attachments: AttachmentSource;
  /** How many entries go along: all, or those before the first that is damaged. */
  readonly size: () => number;
  /** The signed checkpoint of as many. */
  readonly checkpoint: () => Promise<string>;
  /** The newest checkpoint of this log that each partner cosigned. */
  readonly cosigned: () => Promise<readonly Cosigned[]>;
  /** What a restored home needs beside the log. */
  readonly beside: () => Promise<Omit<Manifest, 'size' | 'root' | 'witnesses' | 'attachments'>>;
  readonly signer: Signer;
  readonly sha256: Sha256;
}

export interface BackupStep {
  /** The next window to be looked at; null once the backup is whole. */
  readonly next: number | null;
  /** Entries that the folder holds now, of how many. */
  readonly copied: number;
  readonly size: number;
  /** Windows of this step that were not there before. */
  readonly written: number;
  /** Files of messages that the archive itself does not have as they were. */
  readonly lost: readonly LostAttachment[];
  /** The checkpoint that the backup now ends in; null before. */
  readonly checkpoint: Checkpoint | null;
}

/**
 * One step, from window `from` on. Throws `backup.other-log`, `backup.forked`, `backup.ahead`, `backup.failed`,
 * `request.invalid` where the folder holds something else, and `archive.*`.
 */
export async function backUp(source: BackupSource, folder: BackupFolder, from = 0): Promise<BackupStep> {
  const { log } = source;
  const before = await checkTarget(folder, source, (await source.beside()).domain);
  let index = from;
  const lost: LostAttachment[] = [];
  let written = 0;
  let bytesLeft = STEP_FILE_BYTES;
  for (const until = index + STEP_SEEN; written < STEP_WRITTEN && index < until; index += 1) {
    const window = windowOf(index, source.size());
    const first = index * TILE_WIDTH;
    const run = { from: first, to: first + window.width, most: bytesLeft };
    const copied = await copyAttachments(folder, source.attachments, run);
    bytesLeft -= copied.bytes;
    if (!copied.whole) break;
    if (window.width < TILE_WIDTH) {
      const { checkpoint, lost: more } = await finish(source, folder, before, index);
      const { size } = checkpoint;
      return { next: null, copied: size, size, written, lost: [...lost, ...more], checkpoint };
    }
    lost.push(...copied.lost);
    if (await isThere(folder, log, window, before)) continue;
    await writeWindow(folder, log, window);
    written += 1;
  }
  await folder.sync();
  return { next: index, copied: index * TILE_WIDTH, size: source.size(), written, lost, checkpoint: null };
}

/** The checkpoint that the folder ends in, if any; refuses a folder that is not this log's. */
async function checkTarget(
  folder: BackupFolder,
  source: BackupSource,
  domain: string,
): Promise<Checkpoint | undefined> {
  const { log } = source;
  await folder.make();
  const foreign = (await folder.names())?.find((name) => !TOP_NAMES.has(name.replace(/\.new$/, '')));
  if (foreign !== undefined) {
    throw new ChanceryError(
      'request.invalid',
      `${folder.directory} holds ${foreign}, which is no part of a backup; name an empty folder, or that of a backup`,
    );
  }
  const note = await folder.read(CHECKPOINT);
  if (note === undefined) return undefined;
  const read = readCheckpoint(note);
  if (!read.ok) {
    const message = `${CHECKPOINT} of the backup at ${folder.directory}: ${read.refusal.message}; begin another backup`;
    throw new ChanceryError('backup.damaged', message, { facts: { file: CHECKPOINT } });
  }
  const { origin, size, root } = read.value;
  const facts = { directory: folder.directory, origin, size };
  if (origin !== logOrigin(domain)) {
    const message = `${folder.directory} holds a backup of ${origin}; name another folder`;
    throw new ChanceryError('backup.other-log', message, { facts });
  }
  const there = source.size();
  if (size > there) {
    const message = `the backup at ${folder.directory} has ${size} entries, the archive only ${there}; keep it, and see chancery restore`;
    throw new ChanceryError('backup.ahead', message, { facts });
  }
  if (!equals(log.rootAt(size), root)) {
    const message = `the first ${size} entries of the archive are not those of the backup at ${folder.directory}; keep it, and name another folder`;
    throw new ChanceryError('backup.forked', message, { facts });
  }
  return read.value;
}

/** Whether a full window is there: covered by the checkpoint, or left behind by a backup that was broken off. */
async function isThere(
  folder: BackupFolder,
  log: ArchiveLog,
  { index, width }: Window,
  before: Checkpoint | undefined,
): Promise<boolean> {
  const paths = windowPaths({ index, width });
  for (const path of [paths.sealed, paths.entries]) if (!(await folder.has(path))) return false;
  if ((index + 1) * TILE_WIDTH <= (before?.size ?? 0)) return folder.has(paths.tile);
  // the tile is written last, so where it is this log's the other two are as well
  const kept = await folder.read(paths.tile);
  const tile = log.tile(0, index, width);
  return kept !== undefined && tile !== undefined && equals(kept, tile);
}

async function writeWindow(folder: BackupFolder, log: ArchiveLog, window: Window): Promise<void> {
  const records = await writeSealed(folder, log, window);
  const paths = windowPaths(window);
  await folder.write(paths.entries, encodeEntryBundle(records.map(({ entry }) => entry)));
  await folder.write(paths.tile, tileOf(log, 0, window));
}

async function writeSealed(
  folder: BackupFolder,
  log: ArchiveLog,
  window: Window,
): Promise<readonly StoredRecord[]> {
  const records = await readWindow(log, window);
  const stored = records.map((record) => record.stored);
  await folder.write(windowPaths(window).sealed, joinFramed(stored, 4));
  return records;
}

async function readWindow(log: ArchiveLog, { index, width }: Window): Promise<StoredRecord[]> {
  const records: StoredRecord[] = [];
  while (records.length < width) {
    const from = index * TILE_WIDTH + records.length;
    const more = await log.stored(from, width - records.length);
    if (more.length === 0) throw new ChanceryError('archive.damaged', `entry ${from} cannot be read`);
    records.push(...more);
  }
  return records;
}

/** Writes what is at the log's end, all that is above and beside it, and at last the checkpoint. */
async function finish(
  source: BackupSource,
  folder: BackupFolder,
  before: Checkpoint | undefined,
  index: number,
): Promise<{ readonly checkpoint: Checkpoint; readonly lost: readonly LostAttachment[] }> {
  const { log, attachments, signer, sha256 } = source;
  const note = await source.checkpoint();
  const checkpoint = valueOf(readCheckpoint(note));
  const { size, root } = checkpoint;
  // entries that came since are few: they go along
  for (let at = index; at < windowsIn(size); at += 1) await writeWindow(folder, log, windowOf(at, size));
  const run = { from: index * TILE_WIDTH, to: size, most: Infinity };
  const { lost } = await copyAttachments(folder, attachments, run);
  for (const tile of upperTiles(size, Math.floor((before?.size ?? 0) / TILE_WIDTH ** 2)))
    await folder.write(tilePath(tile), tileOf(log, tile.level, tile));
  const cosigned = await source.cosigned();
  for (const { domain, note: theirs } of cosigned) await folder.write(`${COSIGNED}/${domain}`, theirs);
  const witnesses = cosigned.map(({ domain, key }) => ({ domain, key: toString(key, 'base64pad') }));
  const listed = await writeList(folder, attachments, size, sha256);
  await folder.sync();
  const named = listed === undefined ? {} : { attachments: listed };
  const manifest = { ...(await source.beside()), size, root: toString(root, 'hex'), witnesses, ...named };
  await folder.write(MANIFEST, await signManifest(manifest, signer, sha256));
  await folder.sync();
  await folder.write(CHECKPOINT, note);
  await folder.sync();
  await removePartials(folder, before?.size ?? 0, size);
  await disposeInBackup(folder, log, size, async (at) => {
    await writeSealed(folder, log, windowOf(at, size));
  });
  await removeUnlisted(folder, listed);
  return { checkpoint, lost };
}

/** Partial tiles of earlier backups, and of those that were broken off meanwhile, are of no use any more. */
async function removePartials(folder: BackupFolder, older: number, size: number): Promise<void> {
  const last = windowsIn(size + 1) - 1;
  for (let index = Math.floor(older / TILE_WIDTH); index <= last; index += 1)
    for (const path of Object.values(windowPaths({ index, width: 1 })))
      await removeWidths(folder, path, index === last ? size % TILE_WIDTH : 0);
  for (const { level, index, width } of upperTiles(size, Math.floor(older / TILE_WIDTH ** 2)))
    await removeWidths(folder, tilePath({ level, index, width: 1 }), width);
}

/** Removes the partial tiles beside this one (`….p/1`), but for the width in use. */
async function removeWidths(folder: BackupFolder, path: string, used: number): Promise<void> {
  const parent = path.slice(0, path.lastIndexOf('/'));
  const widths = await folder.namesIn(parent);
  const kept = used % TILE_WIDTH === 0 ? undefined : String(used);
  if (widths.length > 0 && (kept === undefined || !widths.includes(kept))) return folder.remove(parent);
  for (const width of widths) if (width !== kept) await folder.remove(`${parent}/${width}`);
}

function tileOf(log: ArchiveLog, level: number, { index, width }: Window): Uint8Array {
  const tile = log.tile(level, index, width);
  if (tile !== undefined) return tile;
  throw new ChanceryError('internal', `the log has no tile ${index} of level ${level}`);
}
