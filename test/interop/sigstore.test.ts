/** Checkpoints and inclusion proofs against an implementation that is not ours: what we write it verifies, what it verifies we do. */
import assert from 'node:assert/strict';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { test } from 'node:test';
import { verifyCheckpoint } from '@sigstore/verify/dist/tlog/checkpoint.js';
import { verifyMerkleInclusion } from '@sigstore/verify/dist/tlog/merkle.js';
import { ArchiveLog } from '../../node/archive/index.ts';
import { sodiumSigner, sodiumSuite } from '../../node/crypto/index.ts';
import { Cosignatures, ledgerOn } from '../../node/ledger/index.ts';
import { OwnTree } from '../../node/witness/index.ts';
import { decodeEntryBundle } from '../../protocol/archive/index.ts';
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
import {
  hashLeaf,
  proveInclusion,
  readFromTiles,
  tilePath,
  verifyInclusion,
} from '../../protocol/merkle/index.ts';
import { archiveOptions, records, testSealing } from '../support/archive.ts';
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

test('a proof made from the tiles we serve, and from nothing else, verifies with another implementation', async () => {
  const signer = sodiumSigner(new Uint8Array(32).fill(7));
  const disk = new FaultyDisk();
  await using log = await ArchiveLog.open(archiveOptions('', { openStore: disk.open }));
  await log.append(records(0, 700));
  const ledger = ledgerOn(log, 'acme.test', sha256, testSealing().views);
  const checkpoint = (): Promise<string> => log.checkpoint(signer);
  const tree = new OwnTree({ log, cosignatures: new Cosignatures(ledger), checkpoint, suite: sodiumSuite });
  const served = (level: number | null, index: number): Uint8Array => {
    const width = Math.min(256, Math.floor(700 / 256 ** (level ?? 0)) - index * 256);
    return tree.tile(tilePath({ level, index, width })) ?? assert.fail(`tile ${level} ${index}`);
  };
  const { note } = await tree.checkpoint();
  const logs = [logOf({ name: logOrigin('acme.test'), publicKey: signer.publicKey })];
  for (const sequence of [0, 255, 256, 511, 512, 699]) {
    const bundle = served(null, Math.floor(sequence / 256));
    const entries = valueOf(decodeEntryBundle(bundle, sequence < 512 ? 256 : 700 - 512));
    const proof = proveInclusion(sha256, readFromTiles(sha256, served), sequence, 700);
    const entry = entryOf(String(sequence), entries[sequence % 256]!, proof, note);
    verifyMerkleInclusion(entry, verifyCheckpoint(entry, logs));
  }
});

test('a cosignature of ours verifies over the message that the specification writes, key id and all', async () => {
  const partner = sodiumSigner(new Uint8Array(32).fill(8));
  const text = `${logOrigin('acme.test')}\n7\n${Buffer.alloc(32).toString('base64')}\nepoch 2\n`;
  const line = await cosign(text, 'partner.test/chancery/witness', 1_679_315_147, partner, sha256);
  const [, dash, name, encoded] = /^(—) (\S+) (\S+)\n$/.exec(line) ?? [];
  assert.deepEqual([dash, name], ['—', 'partner.test/chancery/witness']);
  const bytes = Buffer.from(encoded ?? '', 'base64');
  const keyed = Buffer.concat([Buffer.from(`${name}\n\u0004`), partner.publicKey]);
  assert.deepEqual(bytes.subarray(0, 4), createHash('sha256').update(keyed).digest().subarray(0, 4));
  assert.equal(bytes.readBigUInt64BE(4), 1_679_315_147n);
  const message = Buffer.from(`cosignature/v1\ntime 1679315147\n${text}`);
  const key = logOf({ name: name ?? '', publicKey: partner.publicKey }).publicKey;
  assert.ok(verify(null, message, key, bytes.subarray(12)));
  assert.ok(!verify(null, Buffer.from(text), key, bytes.subarray(12)));
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
