import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTilePath, tilePath } from '../../../protocol/merkle/index.ts';

const NAMES = [
  ['tile/0/000', { level: 0, index: 0, width: 256 }],
  ['tile/0/x001/x234/067', { level: 0, index: 1_234_067, width: 256 }],
  ['tile/1/x273/000.p/17', { level: 1, index: 273_000, width: 17 }],
  ['tile/63/999.p/255', { level: 63, index: 999, width: 255 }],
  ['tile/entries/x001/000', { level: null, index: 1_000, width: 256 }],
  ['tile/entries/000.p/1', { level: null, index: 0, width: 1 }],
] as const;

test('tiles and bundles are named as tlog-tiles has it, and found again by their name', () => {
  for (const [path, name] of NAMES) {
    assert.equal(tilePath(name), path);
    assert.deepEqual(parseTilePath(path), name);
  }
});

test('what is not exactly a name is none', () => {
  for (const path of [
    '',
    'checkpoint',
    'tile/0/0',
    'tile/0/0000',
    'tile/00/000',
    'tile/64/000',
    'tile/-1/000',
    'tile/0/x000/001',
    'tile/0/001/000',
    'tile/0/x001',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/01',
    'tile/0/000.p/',
    'tile/0/000/',
    '/tile/0/000',
    'tile/data/000',
    `tile/0/${'x999/'.repeat(6)}999`,
  ])
    assert.equal(parseTilePath(path), undefined, path);
});
