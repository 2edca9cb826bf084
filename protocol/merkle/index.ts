export { EMPTY_FRONTIER, extendFrontier, frontierRoot } from './frontier.ts';
export { emptyRoot, HASH_BYTES, hashLeaf, hashNode } from './hash.ts';
export { proveConsistency, proveInclusion, treeRoot, type HashReader } from './prove.ts';
export { parseTilePath, tilePath, type TileName } from './tile-path.ts';
export { readFromTiles } from './tile-reader.ts';
export { EMPTY_TREE, growTree, joinTile, treeFromTiles, type TiledTree } from './tiled-tree.ts';
export {
  hashesAtLevel,
  hashInTile,
  openWidth,
  perfectRoot,
  splitTile,
  TILE_WIDTH,
  tileLevels,
  tileSpan,
  type Tile,
} from './tiles.ts';
export { verifyConsistency, verifyInclusion, type ConsistencyClaim, type InclusionClaim } from './verify.ts';
