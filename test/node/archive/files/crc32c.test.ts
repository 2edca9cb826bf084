import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32c, masked } from '../../../../node/archive/files/crc32c.ts';

/** RFC 3720, appendix B.4. */
const VECTORS: [string, Uint8Array, number][] = [
  ['zeros', new Uint8Array(32), 0x8a9136aa],
  ['ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ['rising', Uint8Array.from({ length: 32 }, (_, at) => at), 0x46dd794e],
  ['falling', Uint8Array.from({ length: 32 }, (_, at) => 31 - at), 0x113fdb5c],
  ['digits', new TextEncoder().encode('123456789'), 0xe3069283],
];

test('CRC-32C is that of RFC 3720, in one piece or in two', () => {
  for (const [name, bytes, expected] of VECTORS) {
    assert.equal(crc32c(bytes), expected, name);
    assert.equal(crc32c(bytes.subarray(5), crc32c(bytes.subarray(0, 5))), expected, name);
  }
});

test('a checksum is masked as LevelDB does', () => {
  assert.equal(masked(0), 0xa282ead8);
  assert.equal(masked(0x8a9136aa), ((((0x8a9136aa >>> 15) | (0x8a9136aa << 17)) >>> 0) + 0xa282ead8) >>> 0);
});
