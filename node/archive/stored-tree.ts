/** Builds the tree of a log again from what is stored: its open tiles, and the leaves of its last window. */
import type { Sha256 } from '../../protocol/crypto/suite.ts';
import {
  HASH_BYTES,
  hashesAtLevel,
  openWidth,
  splitTile,
  TILE_WIDTH,
  tileLevels,
  treeFromTiles,
  type TiledTree,
} from '../../protocol/merkle/index.ts';
import { readTile } from './check.ts';
import type { ReadablePairs } from './pairs.ts';

/**
 * The tree of a log of `size`; undefined where a leaf or tile is missing or cut short. Stored tiles may already be longer,
 * since they grow on while a check runs.
 */
export function rebuildTree(
  store: ReadablePairs,
  sha256: Sha256,
  size: number,
  openLeaves: readonly (Uint8Array | undefined)[],
): TiledTree | undefined {
  const leaves = openLeaves.filter((leaf) => leaf !== undefined);
  if (leaves.length !== openWidth(0, size)) return undefined;
  const open = [leaves];
  for (let level = 1; level < tileLevels(size); level += 1) {
    const width = openWidth(level, size);
    const index = Math.floor(hashesAtLevel(level, size) / TILE_WIDTH);
    const tile = width === 0 ? undefined : readTile(store, level, index);
    const hashes = splitTile(tile ?? new Uint8Array(0)).slice(0, width);
    if (hashes.length !== width) return undefined;
    open.push(hashes);
  }
  return treeFromTiles(sha256, size, open);
}

const UNKNOWN = new Uint8Array(HASH_BYTES);

/**
 * A tree for a log that is not proven, so that what is whole in it can be read: what is missing is zeros, which are the
 * hash of nothing. No root of it means anything.
 */
export function standInTree(
  store: ReadablePairs,
  sha256: Sha256,
  size: number,
  openLeaves: readonly (Uint8Array | undefined)[],
): TiledTree {
  const open = Array.from({ length: tileLevels(size) }, (_, level) => {
    const index = Math.floor(hashesAtLevel(level, size) / TILE_WIDTH);
    const known = level === 0 ? openLeaves : splitTile(readTile(store, level, index) ?? new Uint8Array(0));
    return Array.from({ length: openWidth(level, size) }, (_hash, at) => known[at] ?? UNKNOWN);
  });
  return treeFromTiles(sha256, size, open);
}
