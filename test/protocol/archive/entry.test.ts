import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sodiumSuite } from '../../../node/crypto/index.ts';
import { commitTo, decodeEntry, ENTRY_KINDS, encodeEntry } from '../../../protocol/archive/index.ts';
import { encodeCbor } from '../../../protocol/encoding/index.ts';

const { sha256 } = sodiumSuite;
const sealed = sha256(Uint8Array.of(4, 5, 6));
const commitment = commitTo(sha256, new Uint8Array(16), Uint8Array.of(1, 2, 3));

test('an entry of every kind is read back as it was written', () => {
  for (const kind of ENTRY_KINDS) {
    const entry = { v: 1, kind, time: 1_700_000_000_000, commitment, sealed } as const;
    const decoded = decodeEntry(encodeEntry(entry));
    assert.ok(decoded.ok);
    assert.equal(decoded.value.kind, kind);
    assert.equal(decoded.value.time, entry.time);
    assert.deepEqual([...decoded.value.commitment], [...commitment]);
    assert.deepEqual([...decoded.value.sealed], [...sealed]);
  }
});

test('an entry of another version, of an unknown kind, with more fields or too large is refused', () => {
  const entry = { v: 1, kind: 'message', time: 1, commitment, sealed };
  const code = (value: unknown): string => {
    const decoded = decodeEntry(encodeCbor(value));
    return decoded.ok ? 'accepted' : decoded.refusal.code;
  };
  assert.equal(code(entry), 'accepted');
  assert.equal(code({ ...entry, v: 2 }), 'encoding.unknown-version');
  assert.equal(code({ ...entry, kind: 'gossip' }), 'encoding.malformed');
  assert.equal(code({ ...entry, more: 1 }), 'encoding.malformed');
  assert.equal(code({ ...entry, commitment: new Uint8Array(31) }), 'encoding.malformed');
  assert.equal(code({ ...entry, sealed: new Uint8Array(31) }), 'encoding.malformed');
  assert.equal(code({ ...entry, more: new Uint8Array(300) }), 'encoding.too-large');
});

test('the commitment depends on the salt, so that a short text cannot be guessed from it', () => {
  const salted = commitTo(sha256, new Uint8Array(16).fill(1), Uint8Array.of(1, 2, 3));
  assert.notDeepEqual([...salted], [...commitment]);
  assert.throws(() => commitTo(sha256, new Uint8Array(15), new Uint8Array(0)), RangeError);
});
