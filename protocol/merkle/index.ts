export { EMPTY_FRONTIER, extendFrontier, frontierRoot, type Frontier, type OnSubtree } from './frontier.ts';
export { emptyRoot, HASH_BYTES, hashLeaf, hashNode } from './hash.ts';
export { proveConsistency, proveInclusion, type HashReader } from './prove.ts';
export { readFromTiles, type TileReader } from './tile-reader.ts';
export { EMPTY_TREE, growTree, joinTile, treeFromTiles, type TiledTree } from './tiled-tree.ts';
export {
  hashesAtLevel,
  hashInTile,
  locateSubtree,
  openWidth,
  perfectRoot,
  splitTile,
  TILE_WIDTH,
  tileLevels,
  tileSpan,
  type Tile,
} from './tiles.ts';
export { verifyConsistency, verifyInclusion, type ConsistencyClaim, type InclusionClaim } from './verify.ts';
