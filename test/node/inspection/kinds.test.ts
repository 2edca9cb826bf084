import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import {
  codesOf,
  compoundFile,
  inspected,
  wordDocument,
  zipOf,
  type Content,
} from '../../support/inspected.ts';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** The beginning of a program for Windows. */
const PE = Buffer.alloc(512);
PE.write('MZ');
PE.writeUInt32LE(128, 60);
PE.write('PE\0\0', 128);

const SHORTCUT = Buffer.concat([
  Buffer.from('4c0000000114020000000000c000000000000046', 'hex'),
  Buffer.alloc(56),
]);
const ISO = Buffer.alloc(0x8800);
ISO.write('\x01CD001\x01', 0x8000, 'latin1');

describe('the kind of a file', () => {
  const kinds: readonly (readonly [name: string, Content, type: string])[] = [
    ['a.png', PNG, 'image/png'],
    ['a.txt', 'some words', 'text/plain'],
    ['a.txt', 'BMW and other words that begin as a picture does', 'text/plain'],
    ['a.csv', 'a,b\n1,2\n', 'text/plain'],
    ['a.json', '{"a": [1, 2]}', 'application/json'],
    ['a.xml', '<?xml version="1.0"?><a>b</a>', 'application/xml'],
    ['a', '<!-- x --><!DOCTYPE html><p>b</p>', 'text/html'],
    ['a', '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', 'image/svg+xml'],
    ['a', 'From: a@b.example\r\nSubject: c\r\n\r\nd', 'message/rfc822'],
    ['a', '#!/bin/sh\ntrue\n', 'text/x-shellscript'],
    ['a', '{\\rtf1 words}', 'application/rtf'],
    ['a', zipOf({ 'a.txt': 'b' }), 'application/zip'],
    ['a', zipOf({ 'META-INF/MANIFEST.MF': 'Manifest-Version: 1.0' }), 'application/java-archive'],
    ['a', wordDocument('b'), 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
    [
      'a',
      zipOf({ mimetype: 'application/vnd.oasis.opendocument.text', 'content.xml': '<a>b</a>' }),
      'application/vnd.oasis.opendocument.text',
    ],
    [
      'a',
      zipOf({ 'content.xml': '<a>b</a>', mimetype: 'application/vnd.oasis.opendocument.spreadsheet' }),
      'application/vnd.oasis.opendocument.spreadsheet',
    ],
    ['a', compoundFile(['WordDocument']), 'application/msword'],
    ['a', compoundFile(['EncryptedPackage']), 'application/x-encrypted-office'],
    ['a', PE, 'application/x-msdownload'],
    ['a', readFileSync(process.execPath).subarray(0, 65_536), 'application/x-elf'],
    ['a', SHORTCUT, 'application/x-ms-shortcut'],
    ['a', ISO, 'application/x-iso9660-image'],
    ['a', Buffer.from('Rar!\x1a\x07\x01\x00 and so on', 'latin1'), 'application/x-rar-compressed'],
    ['a', Buffer.from('377abcaf271c0004', 'hex'), 'application/x-7z-compressed'],
    ['a', Buffer.from([1, 2, 3, 4, 5, 6, 0, 9]), 'application/octet-stream'],
  ];
  for (const [name, content, type] of kinds) {
    it(`is ${type}, whatever ${name} says`, async () => {
      assert.equal((await inspected(name, content)).type, type);
    });
  }

  it('of a program, a shortcut, a disk image and a script is a risk under any name', async () => {
    assert.deepEqual(codesOf(await inspected('a.pdf', PE, 'application/pdf')), [
      'executable',
      'type-mismatch',
    ]);
    assert.deepEqual(codesOf(await inspected('a.txt', SHORTCUT)), ['shortcut', 'type-mismatch']);
    assert.deepEqual(codesOf(await inspected('a', ISO)), ['disk-image']);
    assert.deepEqual(codesOf(await inspected('a', '#!/bin/sh\ntrue\n')), ['script']);
  });

  it('that nobody reads is a failure, and never passes for a file without text', async () => {
    for (const content of [
      PE,
      SHORTCUT,
      ISO,
      Buffer.from([1, 2, 3, 4, 5, 6, 0, 9]),
      Buffer.from('377abcaf271c0004', 'hex'),
    ])
      assert.notEqual((await inspected('a', content)).failed, null);
    const picture = await inspected('a.png', PNG, 'image/png');
    assert.deepEqual([picture.failed, picture.texts], [null, []]);
  });
});

describe('a mismatch', () => {
  const agreeing: readonly (readonly [name: string, type: string, Content])[] = [
    ['a.png', 'image/png', PNG],
    ['a.txt', 'text/plain', 'words'],
    ['a.csv', 'text/csv', 'a,b'],
    ['notes.md', 'text/markdown; charset=utf-8', '# words'],
    ['a.py', 'text/x-python', 'print(1)'],
    ['a.json', 'application/json', '{}'],
    ['a.docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', wordDocument('b')],
    ['a.zip', 'application/x-zip-compressed', zipOf({ 'a.txt': 'b' })],
    ['a.doc', 'application/msword', compoundFile(['WordDocument'])],
    ['a.unheard-of', 'application/octet-stream', zipOf({ 'a.txt': 'b' })],
    ['no ending', '', PNG],
  ];
  for (const [name, type, content] of agreeing) {
    it(`is not found where ${name} and "${type}" agree with the bytes`, async () => {
      assert.equal((await inspected(name, content, type)).mismatch, false);
    });
  }

  const lying: readonly (readonly [name: string, type: string, Content])[] = [
    ['a.jpg', 'image/jpeg', PNG],
    ['a.pdf', 'application/pdf', 'words'],
    ['a.pdf', '', 'words'],
    ['a.pdf', 'application/pdf', zipOf({ 'a.txt': 'b' })],
    ['a.txt', 'text/plain', zipOf({ 'a.txt': 'b' })],
    ['a.txt', 'image/png', 'words'],
    ['a.txt', 'text/plain', PE],
    ['a.docx', '', zipOf({ 'a.txt': 'b' })],
    ['a.docx', '', compoundFile(['WordDocument'])],
    ['a.png', 'image/png', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
  ];
  for (const [name, type, content] of lying) {
    it(`is found where ${name} or "${type}" say something else than the bytes`, async () => {
      const found = await inspected(name, content, type);
      assert.equal(found.mismatch, true, found.type);
      assert.ok(codesOf(found).includes('type-mismatch'));
    });
  }
});

describe('the name of a file', () => {
  const risky: readonly (readonly [name: string, ...codes: string[]])[] = [
    ['setup.exe', 'executable'],
    ['run.ps1', 'script'],
    ['macro.DOCM', 'macro'],
    ['link.url', 'shortcut'],
    ['disk.vhd', 'disk-image'],
    ['keys.reg', 'settings'],
    ['setup.msi', 'installer'],
    ['invoice.pdf.exe', 'double-extension', 'executable'],
    ['invoice.pdf.js', 'double-extension', 'script'],
    ['invoice\u202efdp.exe', 'executable', 'hidden-name'],
    ['invoice.pdf                         .scr', 'double-extension', 'executable', 'hidden-name'],
    ['run.bat. ', 'script'],
  ];
  for (const [name, ...codes] of risky) {
    it(`${JSON.stringify(name)} is a risk: ${codes.join(', ')}`, async () => {
      assert.deepEqual(
        codesOf(await inspected(name, 'words')).filter((code) => code !== 'type-mismatch'),
        codes,
      );
    });
  }

  it('that is harmless is no risk', async () => {
    for (const name of [
      'report.2026.txt',
      'شكرا.txt',
      'family 👩‍👩‍👧.txt',
      'archive.tar.gz.txt',
      '.gitignore',
      'README',
    ])
      assert.deepEqual(codesOf(await inspected(name, 'words')), [], name);
  });

  it('is shown without what would reorder or break the line it is shown in', async () => {
    const { risks } = await inspected('a\u202eb\nc.exe', 'words');
    for (const { place } of risks) assert.equal(place, 'a\ufffdb\ufffdc.exe');
  });
});
