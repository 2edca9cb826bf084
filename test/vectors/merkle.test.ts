/** The Merkle proof vectors of transparency-dev: good proofs verify, hostile ones are refused with `proof.invalid`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sodiumSuite } from '../../node/crypto/index.ts';
import { verifyConsistency, verifyInclusion } from '../../protocol/merkle/index.ts';
import type { Result } from '../../protocol/errors/index.ts';
import { readVectors } from '../support/vectors.ts';

interface Proof {
  readonly proof: readonly string[] | null;
  readonly desc: string;
  readonly wantErr: boolean;
}

interface InclusionVector extends Proof {
  readonly leafIdx: number | bigint;
  readonly treeSize: number | bigint;
  readonly root: string;
  readonly leafHash: string;
}

interface ConsistencyVector extends Proof {
  readonly size1: number | bigint;
  readonly size2: number | bigint;
  readonly root1: string;
  readonly root2: string;
}

const { sha256 } = sodiumSuite;
const bytes = (encoded: string): Uint8Array => Uint8Array.from(Buffer.from(encoded, 'base64'));

function check(name: string, result: Result<void>, wantErr: boolean): void {
  assert.equal(result.ok, !wantErr, name);
  if (!result.ok) assert.equal(result.refusal.code, 'proof.invalid', name);
}

test('every published inclusion proof gets the right answer', (t) => {
  const read = readVectors(t, 'merkle/inclusion.json');
  if (read === undefined) return;
  const vectors = Object.entries(read as Record<string, InclusionVector>);
  assert.equal(vectors.length, 98);
  for (const [name, { leafIdx, treeSize, root, leafHash, proof, wantErr }] of vectors) {
    const claim = { index: leafIdx, size: treeSize, root: bytes(root), leafHash: bytes(leafHash) };
    check(name, verifyInclusion(sha256, { ...claim, proof: (proof ?? []).map(bytes) }), wantErr);
  }
});

test('every published consistency proof gets the right answer', (t) => {
  const read = readVectors(t, 'merkle/consistency.json');
  if (read === undefined) return;
  const vectors = Object.entries(read as Record<string, ConsistencyVector>);
  assert.equal(vectors.length, 98);
  for (const [name, { size1, size2, root1, root2, proof, wantErr }] of vectors) {
    const claim = { olderSize: size1, newerSize: size2, olderRoot: bytes(root1), newerRoot: bytes(root2) };
    check(name, verifyConsistency(sha256, { ...claim, proof: (proof ?? []).map(bytes) }), wantErr);
  }
});
