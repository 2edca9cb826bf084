/**
 * Checks the log against itself, a window of 256 entries (one tile) at a time: that the sequence is dense, each entry
 * canonical and under its leaf hash, what is stored beside it what it says, and every tile the hashes of what lies below
 * it. Needs a key for what was disposed of alone, whose certificate it opens: whether a content is what its entry commits
 * to is seen when it is opened.
 * Only reads, and may run beside appends: what it looks at never changes once written.
 */
import { equals } from 'uint8arrays/equals';
import type { Entry } from '../../protocol/archive/index.ts';
import type { Sha256 } from '../../protocol/crypto/suite.ts';
import {
  hashesAtLevel,
  hashInTile,
  HASH_BYTES,
  perfectRoot,
  splitTile,
  TILE_WIDTH,
  tileLevels,
  tileSpan,
} from '../../protocol/merkle/index.ts';
import { contentKey, contentRange, entryKey, entryRange, sequenceOf, tileKey } from './keys.ts';
import type { Disposals } from './disposals.ts';
import { decodeStoredEntry } from './stored-entry.ts';
import type { Range, ReadablePairs } from './pairs.ts';

/** What LevelDB stores beside each value, in bytes: a key of 9, a type, two lengths, and 8 for the order of writes. */
const RECORD_BYTES_MIN = 9 + 1 + 2 + 8;

/** Something wrong, and the sequence number from which on it is wrong. */
export interface Finding {
  readonly sequence: number;
  readonly problem: string;
}

export interface CheckedWindow {
  readonly findings: readonly Finding[];
  /** The leaf hashes of the window's entries; undefined where an entry is missing or damaged. */
  readonly leaves: readonly (Uint8Array | undefined)[];
  /** How much of the database's log its entries took at least, in bytes. */
  readonly bytes: number;
}

/** Checks the entries of window `index` of a log of `size`, and its tile if that is full. Without `disposals` nothing may be gone. */
export async function checkWindow(
  store: ReadablePairs,
  sha256: Sha256,
  index: number,
  size: number,
  disposals?: Disposals,
): Promise<CheckedWindow> {
  const from = index * TILE_WIDTH;
  const to = Math.min(size, from + TILE_WIDTH);
  const [entries, contents] = await Promise.all([
    readValues(store, entryRange(from, to), entryKey, from, to),
    readValues(store, contentRange(from, to), contentKey, from, to),
  ]);
  const findings: Finding[] = [];
  let time = from === 0 ? 0 : timeBefore(store, sha256, from);
  const leaves = entries.map((stored, at) => {
    const sequence = from + at;
    const decoded = stored && decodeStoredEntry(sha256, stored);
    if (!decoded?.ok) {
      findings.push({ sequence, problem: decoded?.refusal.message ?? 'the entry is missing' });
      return undefined;
    }
    const { entry, leafHash } = decoded.value;
    const problem =
      entry.time < time
        ? 'the entry is older than the one before it'
        : contentProblem(sha256, contents[at], entry, sequence, disposals);
    if (problem !== undefined) findings.push({ sequence, problem });
    time = entry.time;
    return leafHash;
  });
  if (leaves.length === TILE_WIDTH) findings.push(...checkLeafTile(store, sha256, index, leaves));
  return { findings, leaves, bytes: bytesOf(entries) + bytesOf(contents) };
}

/**
 * Checks every stored tile hash at and above `level` 2, and the widths of the tiles: each is the root of the tile below it.
 * Level 1 is checked with the windows.
 */
export function checkUpperTiles(store: ReadablePairs, sha256: Sha256, size: number): Finding[] {
  const findings: Finding[] = [];
  for (let level = 2; level < tileLevels(size); level += 1) {
    for (let at = 0; at < hashesAtLevel(level, size); at += 1) {
      const below = readTile(store, level - 1, at);
      const problem =
        below?.length === TILE_WIDTH * HASH_BYTES
          ? parentProblem(store, level, at, [perfectRoot(sha256, splitTile(below))])
          : `a tile of level ${level - 1} is missing or cut short`;
      if (problem !== undefined) findings.push({ sequence: at * tileSpan(level), problem });
    }
  }
  return findings;
}

/** A tile's bytes; undefined where there is none or it cannot be read. */
export function readTile(store: ReadablePairs, level: number, index: number): Uint8Array | undefined {
  return readValue(store, tileKey(level, index));
}

/** A full level 0 tile against the leaves below it and its root above it. */
function checkLeafTile(
  store: ReadablePairs,
  sha256: Sha256,
  index: number,
  leaves: readonly (Uint8Array | undefined)[],
): Finding[] {
  const sequence = index * TILE_WIDTH;
  const tile = readTile(store, 0, index);
  if (tile?.length !== TILE_WIDTH * HASH_BYTES) {
    return [{ sequence, problem: 'the tile over the entry is missing or cut short' }];
  }
  const findings: Finding[] = leaves.flatMap((leaf, at) =>
    leaf === undefined || equals(leaf, hashInTile(tile, at))
      ? []
      : [{ sequence: sequence + at, problem: 'the entry has another leaf hash than the tile over it' }],
  );
  // Where a bit of the tile flipped, the leaves still lead to the root stored above.
  const roots = [perfectRoot(sha256, splitTile(tile))];
  const present = leaves.filter((leaf) => leaf !== undefined);
  if (findings.length > 0 && present.length === TILE_WIDTH) roots.push(perfectRoot(sha256, present));
  const problem = parentProblem(store, 1, index, roots);
  if (problem !== undefined && findings.length === 0) findings.push({ sequence, problem });
  return findings;
}

/** What is wrong with hash `at` of a tile level, which should be one of `roots`. */
function parentProblem(
  store: ReadablePairs,
  level: number,
  at: number,
  roots: readonly Uint8Array[],
): string | undefined {
  const tile = readTile(store, level, Math.floor(at / TILE_WIDTH));
  const position = at % TILE_WIDTH;
  if (tile === undefined || tile.length < (position + 1) * HASH_BYTES) {
    return `a tile of level ${level} is missing or cut short`;
  }
  const stored = hashInTile(tile, position);
  return roots.some((root) => equals(root, stored))
    ? undefined
    : `the ${tileSpan(level)} entries from here have another root than the tile of level ${level} says`;
}

function contentProblem(
  sha256: Sha256,
  stored: Uint8Array | undefined,
  { sealed }: Entry,
  sequence: number,
  disposals: Disposals | undefined,
): string | undefined {
  if (stored !== undefined && equals(sha256(stored), sealed)) return undefined;
  if (disposals?.explains(sequence, stored) === true) return undefined;
  return stored === undefined ? 'the content is missing' : 'the content is not as it was stored';
}

function timeBefore(store: ReadablePairs, sha256: Sha256, sequence: number): number {
  const stored = readValue(store, entryKey(sequence - 1));
  const decoded = stored && decodeStoredEntry(sha256, stored);
  return decoded?.ok ? decoded.value.entry.time : 0;
}

/** The values of a run of sequence numbers. Where one cannot be read the others still are. */
export async function readValues(
  store: ReadablePairs,
  range: Range,
  keyOf: (sequence: number) => Uint8Array,
  from: number,
  to: number,
): Promise<(Uint8Array | undefined)[]> {
  const values = new Array<Uint8Array | undefined>(to - from).fill(undefined);
  try {
    for await (const [key, value] of store.iterate(range)) values[sequenceOf(key) - from] = value;
  } catch {
    return values.map((_, at) => readValue(store, keyOf(from + at)));
  }
  return values;
}

/** A value that cannot be read is as good as missing: the caller reports it so. */
export function readValue(store: ReadablePairs, key: Uint8Array): Uint8Array | undefined {
  try {
    return store.getSync(key);
  } catch {
    return undefined;
  }
}

function bytesOf(values: readonly (Uint8Array | undefined)[]): number {
  return values.reduce((sum, value) => sum + RECORD_BYTES_MIN + (value?.length ?? 0), 0);
}
