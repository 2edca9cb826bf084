/** Reads the roots of perfect subtrees from stored tiles, for making proofs. */
import type { Sha256 } from '../crypto/suite.ts';
import type { HashReader } from './prove.ts';
import { HASH_BYTES } from './hash.ts';
import { hashInTile, locateSubtree, perfectRoot } from './tiles.ts';

/** A tile's hashes, one after the other. Throws where the tile is missing. */
export type TileReader = (level: number, index: number) => Uint8Array;

/** Throws a RangeError where a tile does not reach as far as the subtree does. */
export function readFromTiles(sha256: Sha256, readTile: TileReader): HashReader {
  return (height, index) => {
    const { level, tile, first, count } = locateSubtree(height, index);
    const hashes = readTile(level, tile);
    if (hashes.length < (first + count) * HASH_BYTES) {
      throw new RangeError(`tile ${tile} of level ${level} is too short`);
    }
    return perfectRoot(
      sha256,
      Array.from({ length: count }, (_, at) => hashInTile(hashes, first + at)),
    );
  };
}
