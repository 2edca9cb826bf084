/** The value of a view opens under its own key alone; a name in a key tells nothing of the text, and always stands for it. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { sealingUnder, type Sealing } from '../../../node/sealing/index.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const sealerOf = (byte: number): Sealing['views'] =>
  sealingUnder(new Uint8Array(32).fill(byte), randomBytes).views;

const sealer = sealerOf(1);
const KEY = utf8('a key');
const VALUE = utf8('alice@acme.test');

test('a value opens under its key, and not as that of another key, changed, or with another secret', () => {
  const stored = sealer.seal(KEY, VALUE, 70_000);
  assert.deepEqual(sealer.open(KEY, stored), VALUE);
  assert.equal(Buffer.from(stored).indexOf(VALUE), -1);
  assert.equal(sealer.open(utf8('b key'), stored), undefined);
  assert.equal(sealerOf(2).open(KEY, stored), undefined);
  for (let at = 0; at < stored.length; at += 1) {
    const changed = Uint8Array.from(stored);
    changed[at]! ^= 1 << (at % 8);
    assert.equal(sealer.open(KEY, changed), undefined, `byte ${at}`);
  }
  for (let length = 0; length < stored.length; length += 1)
    assert.equal(sealer.open(KEY, stored.subarray(0, length)), undefined);
});

test('a name is the same for the same text and secret, and 16 bytes that hold nothing of it', () => {
  const name = sealer.nameOf('alice@acme.test');
  assert.deepEqual(sealer.nameOf('alice@acme.test'), name);
  assert.deepEqual(sealerOf(1).nameOf('alice@acme.test'), name);
  assert.equal(name.length, 16);
  const others = [sealer.nameOf('alice@acme.tes'), sealer.nameOf(''), sealerOf(2).nameOf('alice@acme.test')];
  for (const other of others) assert.notDeepEqual(other, name);
});
