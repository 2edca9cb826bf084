/**
 * A growing tree and the open tiles at its right edge, as pure data.
 * Growing returns the next tree and the tiles to store with it; the tree that was grown stays as it was.
 */
import type { Sha256 } from '../crypto/suite.ts';
import { EMPTY_FRONTIER, extendFrontier, type Frontier } from './frontier.ts';
import { HASH_BYTES } from './hash.ts';
import { openWidth, TILE_HEIGHT, TILE_WIDTH, tileLevels, type Tile } from './tiles.ts';

export interface TiledTree {
  readonly frontier: Frontier;
  /** For each tile level, the hashes of its last tile while that is not full. */
  readonly open: readonly (readonly Uint8Array[])[];
}

export const EMPTY_TREE: TiledTree = { frontier: EMPTY_FRONTIER, open: [] };

/**
 * Appends leaf hashes. The tiles to store are every tile that filled up, and above level 0 also the open tiles
 * that changed, so that opening a log again needs no more leaves than those of its open level 0 tile.
 */
export function growTree(
  sha256: Sha256,
  tree: TiledTree,
  leaves: readonly Uint8Array[],
): { readonly tree: TiledTree; readonly tiles: readonly Tile[] } {
  const open = tree.open.map((hashes) => [...hashes]);
  const changed = new Map<number, number>();
  const tiles: Tile[] = [];
  const frontier = extendFrontier(sha256, tree.frontier, leaves, (height, index, hash) => {
    if (height % TILE_HEIGHT !== 0) return;
    const level = height / TILE_HEIGHT;
    const hashes = (open[level] ??= []);
    hashes.push(hash);
    const tile = Math.floor(index / TILE_WIDTH);
    if (hashes.length === TILE_WIDTH) {
      tiles.push({ level, index: tile, hashes: joinTile(hashes) });
      open[level] = [];
      changed.delete(level);
    } else if (level > 0) {
      changed.set(level, tile);
    }
  });
  for (const [level, index] of changed) tiles.push({ level, index, hashes: joinTile(open[level] ?? []) });
  return { tree: { frontier, open }, tiles };
}

/**
 * The tree of `size` whose open tiles are given, level 0 first.
 * Throws a RangeError where a tile has another width than the size asks for: check that before.
 */
export function treeFromTiles(
  sha256: Sha256,
  size: number,
  open: readonly (readonly Uint8Array[])[],
): TiledTree {
  const hashes: Uint8Array[] = [];
  for (let level = tileLevels(size) - 1; level >= 0; level -= 1) {
    const tile = open[level] ?? [];
    if (tile.length !== openWidth(level, size)) {
      throw new RangeError(`the open tile of level ${level} has ${tile.length} hashes`);
    }
    hashes.push(...extendFrontier(sha256, EMPTY_FRONTIER, tile).hashes);
  }
  return { frontier: { size, hashes }, open };
}

/** The bytes of a tile of these hashes. */
export function joinTile(hashes: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(hashes.length * HASH_BYTES);
  hashes.forEach((hash, at) => {
    joined.set(hash, at * HASH_BYTES);
  });
  return joined;
}
