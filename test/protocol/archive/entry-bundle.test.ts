/** Entry bundles and tiles, held against a log that Tessera wrote. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sodiumSuite } from '../../../node/crypto/index.ts';
import { decodeEntryBundle, encodeEntryBundle } from '../../../protocol/archive/index.ts';
import { openCheckpoint } from '../../../protocol/checkpoint/index.ts';
import { valueOf } from '../../../protocol/errors/index.ts';
import { EMPTY_TREE, frontierRoot, growTree, hashLeaf, splitTile } from '../../../protocol/merkle/index.ts';
import { TESSERA, keyOf } from '../../support/published-logs.ts';

const { sha256 } = sodiumSuite;

test('a bundle that Tessera wrote holds the entries of its tile, and leads to its checkpoint', () => {
  const { name, publicKey } = keyOf(TESSERA.verifierKey);
  const { size, root } = valueOf(openCheckpoint(TESSERA.checkpoint, name, publicKey, sodiumSuite));
  const entries = valueOf(decodeEntryBundle(TESSERA.bundle, size));
  const leaves = entries.map((entry) => hashLeaf(sha256, entry));
  assert.deepEqual(
    leaves.map((leaf) => [...leaf]),
    splitTile(TESSERA.tile).map((hash) => [...hash]),
  );
  assert.deepEqual(frontierRoot(sha256, growTree(sha256, EMPTY_TREE, leaves).tree.frontier), root);
  assert.deepEqual(encodeEntryBundle(entries), TESSERA.bundle);
});

test('a bundle that is cut short, too long or of another number is refused', () => {
  for (const [bundle, count] of [
    [TESSERA.bundle.subarray(0, -1), 15],
    [TESSERA.bundle, 14],
    [TESSERA.bundle, 16],
    [Uint8Array.of(0), 0],
    [Uint8Array.of(0, 2, 1), 1],
  ] as const) {
    const decoded = decodeEntryBundle(bundle, count);
    assert.equal(decoded.ok ? 'accepted' : decoded.refusal.code, 'encoding.malformed');
  }
});

test('an entry that does not fit its length is not bundled', () => {
  assert.throws(() => encodeEntryBundle([new Uint8Array(65_536)]), RangeError);
});
