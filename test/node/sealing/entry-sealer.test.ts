/** What lies beside an entry opens for its place alone, as it was sealed, and says nothing to who has no key. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { joinSalted } from '../../../protocol/archive/index.ts';
import { sealingUnder, type Sealing } from '../../../node/sealing/index.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (bytes: Uint8Array | undefined): string | undefined => bytes && new TextDecoder().decode(bytes);

const PLACE = { sequence: 65_537, kind: 'message' } as const;
const SALT = new Uint8Array(16).fill(3);
const sealer = sealerOf(1);
const stored = sealer.seal(PLACE, utf8('from alice'), joinSalted({ salt: SALT, content: utf8('hello') }));

function sealerOf(byte: number): Sealing['entries'] {
  return sealingUnder(new Uint8Array(32).fill(byte), randomBytes).entries;
}

test('header and content open as they were sealed, also where there is no header', () => {
  assert.equal(text(sealer.header(PLACE, stored)), 'from alice');
  assert.equal(text(sealer.content(PLACE, stored)?.content), 'hello');
  assert.deepEqual(sealer.content(PLACE, stored)?.salt, SALT);
  const bare = sealer.seal(PLACE, new Uint8Array(), joinSalted({ salt: SALT, content: utf8('hello') }));
  assert.equal(text(sealer.header(PLACE, bare)), '');
  assert.equal(text(sealer.content(PLACE, bare)?.content), 'hello');
});

test('neither text nor salt is in the bytes, and the same is never sealed the same way twice', () => {
  for (const part of [utf8('from alice'), utf8('hello'), SALT])
    assert.equal(Buffer.from(stored).indexOf(part), -1);
  const again = sealer.seal(PLACE, utf8('from alice'), joinSalted({ salt: SALT, content: utf8('hello') }));
  assert.notDeepEqual(again, stored);
});

test('what was sealed opens neither in another place, nor as another kind, nor with another key', () => {
  for (const place of [
    { ...PLACE, sequence: 65_538 },
    { ...PLACE, sequence: 1 },
    { ...PLACE, kind: 'roster' },
  ] as const) {
    assert.equal(sealer.header(place, stored), undefined);
    assert.equal(sealer.content(place, stored), undefined);
  }
  assert.equal(sealerOf(2).header(PLACE, stored), undefined);
  assert.equal(sealerOf(2).content(PLACE, stored), undefined);
});

test('nothing opens after any bit of it has changed', () => {
  const headerEnd = 17 + 'from alice'.length + 16;
  for (let at = 0; at < stored.length; at += 1) {
    const changed = Uint8Array.from(stored);
    changed[at]! ^= 1 << (at % 8);
    const opened = [at >= headerEnd ? undefined : sealer.header(PLACE, changed)];
    if (at < 17 || at >= headerEnd) opened.push(sealer.content(PLACE, changed)?.content);
    assert.ok(
      opened.every((part) => part === undefined),
      `byte ${at}`,
    );
  }
  for (let length = 0; length < stored.length; length += 1)
    assert.equal(sealer.content(PLACE, stored.subarray(0, length)), undefined);
});
