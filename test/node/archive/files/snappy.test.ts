import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unpackSnappy } from '../../../../node/archive/files/snappy.ts';

const unpacked = (...packed: number[]): string | undefined => {
  const bytes = unpackSnappy(Uint8Array.from(packed));
  return bytes && Buffer.from(bytes).toString('latin1');
};

test('literals and copies of each length are unpacked', () => {
  assert.equal(unpacked(0), '');
  assert.equal(unpacked(3, 2 << 2, 0x61, 0x62, 0x63), 'abc');
  assert.equal(unpacked(3, 60 << 2, 2, 0x61, 0x62, 0x63), 'abc');
  // one byte of offset, two, four; a copy that reads what it writes
  assert.equal(unpacked(8, 0, 0x61, ((7 - 4) << 2) | 1, 1), 'aaaaaaaa');
  assert.equal(unpacked(6, 1 << 2, 0x61, 0x62, (3 << 2) | 2, 2, 0), 'ababab');
  assert.equal(unpacked(6, 1 << 2, 0x61, 0x62, (3 << 2) | 3, 2, 0, 0, 0), 'ababab');
});

test('what is not packed like that is refused, and nothing is read or written outside', () => {
  for (const packed of [
    [],
    [5, 2 << 2, 0x61, 0x62, 0x63],
    [3, 2 << 2, 0x61],
    [8, 0, 0x61, ((7 - 4) << 2) | 1, 2],
    [8, 0, 0x61, ((7 - 4) << 2) | 1, 0],
    [2, 0, 0x61, ((7 - 4) << 2) | 1, 1],
    [0xff, 0xff, 0xff, 0xff, 0x0f, 0],
    [3, 61 << 2, 2],
  ])
    assert.equal(unpacked(...packed), undefined, String(packed));
});
