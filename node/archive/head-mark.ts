/**
 * How far the log had come when it last acknowledged something, in a small file beside the database. LevelDB drops the
 * end of its own log file without a word where a bit of it flipped, and is then in order, only older: this file tells.
 * It is not synced: after a power failure it may be older than the log, but never ahead of what was durable.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { equals } from 'uint8arrays/equals';
import type { Sha256 } from '../../protocol/crypto/suite.ts';
import { HASH_BYTES, joinTile, readFromTiles, tileSpan, treeRoot } from '../../protocol/merkle/index.ts';
import type { ArchiveLogger } from './archive-logger.ts';
import { readTile, type Finding } from './check.ts';
import { crc32c } from './files/crc32c.ts';
import type { LoadedLog, LogState } from './load.ts';
import type { ReadablePairs } from './pairs.ts';

/** Size, root, checksum. Two of them, written in turn, so that one is whole whenever the process dies. */
const SLOT_BYTES = 8 + HASH_BYTES + 4;
const SLOTS = 2;

const NO_ROOT = new Uint8Array(0);

export interface Mark {
  readonly size: number;
  readonly root: Uint8Array;
}

export class HeadMark {
  readonly #file: number;
  #writes = 0;
  /** What the file said when it was opened. */
  readonly found: Mark | undefined;
  /** Whether a part of the file is not as it was written. */
  readonly damaged: boolean;

  /** Opens or makes the file. Throws what the system says where it cannot. */
  constructor(path: string) {
    this.#file = openSync(path, 'a+', 0o600);
    closeSync(this.#file);
    this.#file = openSync(path, 'r+');
    const bytes = new Uint8Array(SLOTS * SLOT_BYTES);
    readSync(this.#file, bytes, 0, bytes.length, 0);
    const slots = Array.from({ length: SLOTS }, (_, at) =>
      slotOf(bytes.subarray(at * SLOT_BYTES, (at + 1) * SLOT_BYTES)),
    );
    this.found = slots.filter((slot) => typeof slot === 'object').sort((a, b) => b.size - a.size)[0];
    this.damaged = slots.includes('damaged');
    this.#writes = slots.findIndex((slot) => slot !== this.found); // the newest stays until it is replaced
  }

  write({ size, root }: Mark): void {
    const slot = new Uint8Array(SLOT_BYTES);
    const view = new DataView(slot.buffer);
    view.setBigUint64(0, BigInt(size));
    slot.set(root, 8);
    view.setUint32(8 + HASH_BYTES, crc32c(slot.subarray(0, 8 + HASH_BYTES)));
    writeSync(this.#file, slot, 0, SLOT_BYTES, (this.#writes % SLOTS) * SLOT_BYTES);
    this.#writes += 1;
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** A slot's mark; undefined where nothing was written to it. */
function slotOf(slot: Uint8Array): Mark | 'damaged' | undefined {
  if (slot.every((byte) => byte === 0)) return undefined;
  const view = new DataView(slot.buffer, slot.byteOffset, slot.length);
  const body = slot.subarray(0, 8 + HASH_BYTES);
  if (view.getUint32(8 + HASH_BYTES) !== crc32c(body)) return 'damaged';
  return { size: Number(view.getBigUint64(0)), root: body.slice(8) };
}

/** What a log lacks of what was acknowledged. */
export function behindMark(
  mark: Mark,
  state: LogState,
  sha256: Sha256,
  store: ReadablePairs,
): Finding | undefined {
  const { size } = state.head;
  if (mark.size > size)
    return { sequence: size, problem: `${mark.size} entries were acknowledged, and the log has ${size}` };
  if (mark.size === 0 || equals(rootAt(mark.size, state, sha256, store), mark.root)) return undefined;
  return { sequence: 0, problem: `the first ${mark.size} entries are not those that were acknowledged` };
}

function rootAt(size: number, { tree }: LogState, sha256: Sha256, store: ReadablePairs): Uint8Array {
  const { open, frontier } = tree;
  const hashes = readFromTiles(sha256, (level, index) => {
    const isOpen = index === Math.floor(frontier.size / tileSpan(level + 1));
    return isOpen ? joinTile(open[level] ?? []) : (readTile(store, level, index) ?? NO_ROOT);
  });
  try {
    return treeRoot(sha256, hashes, size);
  } catch {
    return NO_ROOT; // a tile it needs is missing
  }
}

/** Opens the mark beside a log and adds to what is wrong with the log what it lacks of the mark. */
export function openMark(
  location: string,
  { state, store, findings }: LoadedLog & { readonly store: ReadablePairs },
  sha256: Sha256,
  logger: ArchiveLogger | undefined,
): { readonly mark: HeadMark; readonly findings: readonly Finding[] } {
  const file = `${location}.mark`;
  const mark = new HeadMark(file);
  if (mark.damaged)
    logger?.error({ alarm: true, file }, 'the mark of the archive was damaged; it is made anew');
  const behind = mark.found && behindMark(mark.found, state, sha256, store);
  return { mark, findings: behind === undefined ? findings : [...findings, behind] };
}
