/** The tree against a naive recursive reading of RFC 6962, section 2.1. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sodiumSuite } from '../../../node/crypto/index.ts';
import {
  EMPTY_TREE,
  frontierRoot,
  growTree,
  hashLeaf,
  hashNode,
  joinTile,
  openWidth,
  proveConsistency,
  proveInclusion,
  readFromTiles,
  splitTile,
  tileLevels,
  treeFromTiles,
  verifyConsistency,
  verifyInclusion,
  type HashReader,
  type TiledTree,
} from '../../../protocol/merkle/index.ts';

const { sha256 } = sodiumSuite;
const LEAVES = Array.from({ length: 1500 }, (_, at) => hashLeaf(sha256, Uint8Array.of(at >> 8, at & 255)));
const hex = (hash: Uint8Array): string => Buffer.from(hash).toString('hex');

function naiveRoot(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  if (only === undefined) return sha256(new Uint8Array(0));
  if (leaves.length === 1) return only;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return hashNode(sha256, naiveRoot(leaves.slice(0, split)), naiveRoot(leaves.slice(split)));
}

/** Grows a tree in groups of the given sizes and keeps its tiles, as a log does. */
function grow(groups: readonly number[]): {
  tree: TiledTree;
  tiles: Map<string, Uint8Array>;
  read: HashReader;
} {
  let tree = EMPTY_TREE;
  const tiles = new Map<string, Uint8Array>();
  for (const count of groups) {
    const from = tree.frontier.size;
    const grown = growTree(sha256, tree, LEAVES.slice(from, from + count));
    tree = grown.tree;
    for (const { level, index, hashes } of grown.tiles) tiles.set(`${level}/${index}`, hashes);
  }
  const open = tree.open[0] ?? [];
  tiles.set(`0/${Math.floor(tree.frontier.size / 256)}`, joinTile(open));
  return { tree, tiles, read: readFromTiles(sha256, (level, index) => tiles.get(`${level}/${index}`)!) };
}

const groupings = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 8 }).map((sizes) => {
  let left = 1500;
  return sizes.flatMap((size) => {
    const taken = Math.min(size, left);
    left -= taken;
    return taken > 0 ? [taken] : [];
  });
});

test('the root does not depend on how appends were grouped', () => {
  fc.assert(
    fc.property(groupings, (groups) => {
      const { tree } = grow(groups);
      const size = groups.reduce((sum, count) => sum + count, 0);
      assert.equal(tree.frontier.size, size);
      assert.equal(hex(frontierRoot(sha256, tree.frontier)), hex(naiveRoot(LEAVES.slice(0, size))));
    }),
    { numRuns: 40 },
  );
});

test('growing a tree leaves the tree it was grown from as it was', () => {
  const before = grow([300]).tree;
  const root = hex(frontierRoot(sha256, before.frontier));
  growTree(sha256, before, LEAVES.slice(300, 700));
  assert.equal(hex(frontierRoot(sha256, before.frontier)), root);
  assert.deepEqual(
    before.open.map((hashes) => hashes.length),
    [44, 1],
  );
});

test('a tree is rebuilt from its stored tiles at every size', () => {
  for (const size of [1, 2, 255, 256, 257, 511, 512, 513, 1024, 1499]) {
    const { tree, tiles } = grow([size]);
    const open = Array.from({ length: tileLevels(size) }, (_, level) => {
      const tile = tiles.get(`${level}/${Math.floor(size / 256 ** (level + 1))}`) ?? new Uint8Array(0);
      return splitTile(tile).slice(0, openWidth(level, size));
    });
    const rebuilt = treeFromTiles(sha256, size, open);
    assert.deepEqual(rebuilt.frontier.hashes.map(hex), tree.frontier.hashes.map(hex), `size ${size}`);
  }
});

test('tiles are as wide as C2SP tlog-tiles says for a tree of 70,000', () => {
  assert.equal(tileLevels(70_000), 3);
  assert.deepEqual(
    [0, 1, 2].map((level) => openWidth(level, 70_000)),
    [112, 17, 1],
  );
  assert.equal(openWidth(1, 256), 1);
  assert.equal(openWidth(0, 256), 0);
});

test('every entry can be proven to be in the tree, and nothing else can', () => {
  const size = 1300;
  const { read } = grow([size]);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: size }), fc.nat(), fc.nat(), (treeSize, at, wrong) => {
      const index = at % treeSize;
      const proof = proveInclusion(sha256, read, index, treeSize);
      const root = naiveRoot(LEAVES.slice(0, treeSize));
      const claim = { index, size: treeSize, leafHash: LEAVES[index]!, proof, root };
      assert.ok(verifyInclusion(sha256, claim).ok);
      const other = wrong % 1500;
      if (other !== index) assert.ok(!verifyInclusion(sha256, { ...claim, leafHash: LEAVES[other]! }).ok);
      assert.ok(!verifyInclusion(sha256, { ...claim, proof: [...proof, root] }).ok);
      if (proof.length > 0) assert.ok(!verifyInclusion(sha256, { ...claim, proof: proof.slice(1) }).ok);
    }),
    { numRuns: 60 },
  );
});

test('every older tree can be proven to be a prefix of a newer one, and no other tree can', () => {
  const size = 1300;
  const { read } = grow([700, 600]);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: size }), fc.nat(), (newerSize, at) => {
      const olderSize = 1 + (at % newerSize);
      const proof = proveConsistency(sha256, read, olderSize, newerSize);
      const olderRoot = naiveRoot(LEAVES.slice(0, olderSize));
      const newerRoot = naiveRoot(LEAVES.slice(0, newerSize));
      const claim = { olderSize, newerSize, olderRoot, newerRoot, proof };
      assert.ok(verifyConsistency(sha256, claim).ok, `${olderSize} in ${newerSize}`);
      const forged = naiveRoot(LEAVES.slice(1, olderSize + 1));
      assert.ok(!verifyConsistency(sha256, { ...claim, olderRoot: forged }).ok);
      assert.ok(!verifyConsistency(sha256, { ...claim, proof: [...proof, newerRoot] }).ok);
    }),
    { numRuns: 60 },
  );
});
