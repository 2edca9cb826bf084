/**
 * The geometry of C2SP tlog-tiles: where each hash of the tree lies when it is stored in tiles of
 * 256 hashes, 8 levels of the tree high. Tile level L holds the roots of perfect subtrees of height 8 L;
 * what lies between two tile levels is hashed again from the tile.
 */
import type { Sha256 } from '../crypto/suite.ts';
import { extendFrontier, EMPTY_FRONTIER } from './frontier.ts';
import { HASH_BYTES } from './hash.ts';

/** Levels of the tree in one tile. */
export const TILE_HEIGHT = 8;

/** Hashes in a full tile: 2^8. */
export const TILE_WIDTH = 256;

/** A tile: its level, its index within the level, and its hashes one after the other (at most 8,192 bytes). */
export interface Tile {
  readonly level: number;
  readonly index: number;
  readonly hashes: Uint8Array;
}

/** How many entries one hash at this tile level spans. */
export function tileSpan(level: number): number {
  return TILE_WIDTH ** level;
}

/** How many hashes a tree of `size` has at this tile level, over all its tiles. */
export function hashesAtLevel(level: number, size: number): number {
  return Math.floor(size / tileSpan(level));
}

/** How many hashes the last, open tile of this level has (C2SP tlog-tiles, "Partial Tiles"): 0 to 255. */
export function openWidth(level: number, size: number): number {
  return hashesAtLevel(level, size) % TILE_WIDTH;
}

/** How many tile levels a tree of `size` has: 0 for an empty tree, 1 up to 255 leaves. */
export function tileLevels(size: number): number {
  let levels = 0;
  while (hashesAtLevel(levels, size) > 0) levels += 1;
  return levels;
}

/** The hash at a position of a tile. */
export function hashInTile(hashes: Uint8Array, position: number): Uint8Array {
  return hashes.subarray(position * HASH_BYTES, (position + 1) * HASH_BYTES);
}

/** The single hashes of a tile. */
export function splitTile(hashes: Uint8Array): Uint8Array[] {
  return Array.from({ length: Math.floor(hashes.length / HASH_BYTES) }, (_, at) => hashInTile(hashes, at));
}

/** The root of the perfect subtree over a run of hashes whose count is a power of two. */
export function perfectRoot(sha256: Sha256, hashes: readonly Uint8Array[]): Uint8Array {
  const [root] = extendFrontier(sha256, EMPTY_FRONTIER, hashes).hashes;
  if (root === undefined) throw new RangeError('a subtree has at least one hash');
  return root;
}

/** Where the perfect subtree of a height and index lies: its tile, and which run of that tile's hashes it covers. */
export function locateSubtree(
  height: number,
  index: number,
): { readonly level: number; readonly tile: number; readonly first: number; readonly count: number } {
  const level = Math.floor(height / TILE_HEIGHT);
  const count = 2 ** (height % TILE_HEIGHT);
  const start = index * count;
  return { level, tile: Math.floor(start / TILE_WIDTH), first: start % TILE_WIDTH, count };
}
