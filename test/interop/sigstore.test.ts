/** Checkpoints and inclusion proofs against an implementation that is not ours: what we write it verifies, what it verifies we do. */
import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { test } from 'node:test';
import { verifyCheckpoint } from '@sigstore/verify/dist/tlog/checkpoint.js';
import { verifyMerkleInclusion } from '@sigstore/verify/dist/tlog/merkle.js';
import { ArchiveLog } from '../../node/archive/index.ts';
import { sodiumSigner, sodiumSuite } from '../../node/crypto/index.ts';
import {
  cosign,
  logOrigin,
  noteKeyId,
  openCheckpoint,
  readCheckpoint,
  witnessName,
  type NoteKey,
} from '../../protocol/checkpoint/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { hashLeaf, verifyInclusion } from '../../protocol/merkle/index.ts';
import { archiveOptions, records } from '../support/archive.ts';
import { FaultyDisk } from '../support/faulty-store.ts';
import { keyOf, rekorEntry } from '../support/published-logs.ts';

const { sha256 } = sodiumSuite;

type Entry = Parameters<typeof verifyMerkleInclusion>[0];
type Log = Parameters<typeof verifyCheckpoint>[1][number];

/** DER before a raw Ed25519 key (RFC 8410). */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

function logOf(key: NoteKey): Log {
  return {
    baseURL: `https://${key.name}`,
    logID: Buffer.from(noteKeyId(sha256, key)),
    publicKey: createPublicKey({ key: Buffer.concat([SPKI, key.publicKey]), format: 'der', type: 'spki' }),
    validFor: { start: new Date(0), end: new Date(8.64e15) },
  };
}

/** An entry with its proof, as the other implementation takes them. */
function entryOf(index: string, body: Uint8Array, proof: readonly Uint8Array[], checkpoint: string): Entry {
  return {
    canonicalizedBody: Buffer.from(body),
    inclusionProof: {
      logIndex: index,
      rootHash: Buffer.alloc(0),
      treeSize: '0',
      hashes: proof.map((hash) => Buffer.from(hash)),
      checkpoint: { envelope: checkpoint },
    },
  } as unknown as Entry;
}

test('entries, proofs and cosigned checkpoints of our archive verify with another implementation', async () => {
  const signer = sodiumSigner(new Uint8Array(32).fill(7));
  const partner = sodiumSigner(new Uint8Array(32).fill(8));
  const origin = logOrigin('acme.test');
  const disk = new FaultyDisk();
  await using log = await ArchiveLog.open(archiveOptions('', { openStore: disk.open }));
  for (const size of [1, 255, 256, 257, 700]) {
    await log.append(records(log.size, size - log.size));
    const checkpoint = await log.checkpoint(signer);
    const { text } = valueOf(readCheckpoint(checkpoint));
    const cosigned = checkpoint + (await cosign(text, witnessName('partner.test'), 1, partner, sha256));
    const logs = [logOf({ name: origin, publicKey: signer.publicKey })];
    for (const sequence of new Set([0, size >> 1, size - 1])) {
      const body = log.entryBytes(sequence) ?? new Uint8Array();
      const entry = entryOf(String(sequence), body, log.inclusionProof(sequence), cosigned);
      verifyMerkleInclusion(entry, verifyCheckpoint(entry, logs));
      const changed = entryOf(String(sequence), body.toReversed(), log.inclusionProof(sequence), cosigned);
      assert.throws(() => verifyMerkleInclusion(changed, verifyCheckpoint(changed, logs)));
    }
    const forged = entryOf('0', new Uint8Array(), [], cosigned.replace(`\n${size}\n`, `\n${size + 1}\n`));
    assert.throws(() => verifyCheckpoint(forged, logs));
  }
});

test('an entry of Rekor with its proof and checkpoint verifies with both', () => {
  const { verifierKey, logIndex, checkpoint, hashes, body } = rekorEntry();
  const key = keyOf(verifierKey);
  const proof = hashes.map((hash) => Uint8Array.from(Buffer.from(hash, 'base64')));
  const leaf = Uint8Array.from(Buffer.from(body, 'base64'));
  const theirs = entryOf(logIndex, leaf, proof, checkpoint);
  verifyMerkleInclusion(theirs, verifyCheckpoint(theirs, [logOf(key)]));
  const { size, root } = valueOf(openCheckpoint(checkpoint, key.name, key.publicKey, sodiumSuite));
  const claim = { index: Number(logIndex), size, root, proof, leafHash: hashLeaf(sha256, leaf) };
  assert.ok(verifyInclusion(sha256, claim).ok);
  assert.ok(!verifyInclusion(sha256, { ...claim, index: claim.index - 1 }).ok);
});
