/**
 * Reads the roots of perfect subtrees from stored tiles, for making proofs. What was hashed of a tile is kept: the proofs
 * of neighbouring leaves share nearly all of it.
 */
import type { Sha256 } from '../crypto/suite.ts';
import { EMPTY_FRONTIER, extendFrontier } from './frontier.ts';
import type { HashReader } from './prove.ts';
import { TILE_HEIGHT, locateSubtree, splitTile } from './tiles.ts';

/** A tile's hashes, one after the other. Throws where the tile is missing. */
export type TileReader = (level: number, index: number) => Uint8Array;

/** The roots of a tile's perfect subtrees, by height and index within the tile. */
type Subtrees = readonly (readonly Uint8Array[])[];

/** Tiles of which these are kept: a proof reads two of each level, and a tree of 2^56 leaves has seven. Half a megabyte. */
const MAX_KEPT = 16;

/**
 * Reads tiles as they are when they are first needed: a reader is for a log as of one size. Throws a RangeError where a
 * tile does not reach as far as the subtree does.
 */
export function readFromTiles(sha256: Sha256, readTile: TileReader): HashReader {
  const kept = new Map<string, Subtrees>();
  const subtreesOf = (level: number, tile: number): Subtrees => {
    const name = `${level}/${tile}`;
    const known = kept.get(name);
    if (known !== undefined) return known;
    const subtrees = hashSubtrees(sha256, readTile(level, tile));
    const [oldest] = kept.keys();
    if (kept.size >= MAX_KEPT && oldest !== undefined) kept.delete(oldest);
    kept.set(name, subtrees);
    return subtrees;
  };
  return (height, index) => {
    const { level, tile, first, count } = locateSubtree(height, index);
    const root = subtreesOf(level, tile)[height % TILE_HEIGHT]?.[first / count];
    if (root === undefined) throw new RangeError(`tile ${tile} of level ${level} is too short`);
    return root;
  };
}

function hashSubtrees(sha256: Sha256, hashes: Uint8Array): Subtrees {
  const rows: Uint8Array[][] = [];
  extendFrontier(sha256, EMPTY_FRONTIER, splitTile(hashes), (height, _index, hash) => {
    (rows[height] ??= []).push(hash);
  });
  return rows;
}
