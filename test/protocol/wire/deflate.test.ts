import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as zlib from 'node:zlib';
import { valueOf, type Result } from '../../../protocol/errors/index.ts';
import { MAX_STRANGER_FRAME_BYTES, zlibDeflate } from '../../../protocol/wire/index.ts';

const packer = zlibDeflate(zlib);

async function codeOf(packed: Uint8Array): Promise<string> {
  const result: Result<Uint8Array> = await packer.inflate(packed);
  return result.ok ? 'ok' : result.refusal.code;
}

test('what is packed comes out the same', async () => {
  const bytes = Uint8Array.from({ length: 3_000 }, (_, i) => i % 97);
  const packed = await packer.deflate(bytes);
  assert.ok(packed.length < bytes.length);
  assert.deepEqual(valueOf(await packer.inflate(packed)), bytes);
});

test('a few bytes that would grow beyond any bundle are refused, and what is not packed is', async () => {
  assert.equal(await codeOf(await packer.deflate(new Uint8Array(MAX_STRANGER_FRAME_BYTES))), 'ok');
  assert.equal(
    await codeOf(await packer.deflate(new Uint8Array(MAX_STRANGER_FRAME_BYTES + 1))),
    'encoding.too-large',
  );
  assert.equal(await codeOf(await packer.deflate(new Uint8Array(100_000_000))), 'encoding.too-large');
  for (const bytes of [new Uint8Array(), Uint8Array.of(1, 2, 3), new Uint8Array(100).fill(0xff)])
    assert.equal(await codeOf(bytes), 'encoding.malformed');
});
