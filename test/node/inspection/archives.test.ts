import assert from 'node:assert/strict';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { MAX_ENTRIES } from '../../../node/inspection/limits.ts';
import {
  codesOf,
  inFolder,
  inspected,
  runIn,
  saidIn,
  wordDocument,
  zipOf,
  type Content,
} from '../../support/inspected.ts';
import { requireCommands } from '../../support/requirements.ts';

const MIB = 1024 * 1024;

/** What a text is packed into, again and again, the innermost first. */
function nested(name: string, content: Content, times: number): Uint8Array {
  return times === 1 ? zipOf({ [name]: content }) : zipOf({ 'in.zip': nested(name, content, times - 1) });
}

/** An archive whose directory lists its one entry many times over (the overlap of a "better zip bomb"). */
function listedOften(content: Content, times: number): Uint8Array {
  const zip = Buffer.from(zipOf({ 'a.txt': content }));
  const end = zip.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  const at = zip.readUInt32LE(end + 16);
  const record = zip.subarray(at, end);
  const tail = Buffer.from(zip.subarray(end));
  tail.writeUInt16LE(times, 8);
  tail.writeUInt16LE(times, 10);
  tail.writeUInt32LE(record.length * times, 12);
  return Buffer.concat([zip.subarray(0, at), ...Array.from({ length: times }, () => record), tail]);
}

describe('an archive', () => {
  it('made by zip is read with all that is in it', async (t) => {
    if (!requireCommands(t, ['zip'], 'zip')) return;
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'notes.txt'), 'words');
      writeFileSync(join(folder, 'report.docx'), wordDocument('in the report'));
      runIn(folder, 'zip', '-q', 'archive.zip', 'notes.txt', 'report.docx');
      const found = await inspected(
        'archive.zip',
        readFileSync(join(folder, 'archive.zip')),
        'application/zip',
      );
      assert.deepEqual(
        { ...found, texts: found.texts.filter(({ text }) => text.trim() !== '') },
        {
          type: 'application/zip',
          mismatch: false,
          risks: [],
          encrypted: false,
          truncated: false,
          failed: null,
          texts: [
            { place: 'archive.zip/notes.txt', text: 'words' },
            { place: 'archive.zip/report.docx', text: 'in the report\n' },
          ],
        },
      );
    });
  });

  it('that is streamed, with sizes behind the files, is read', async (t) => {
    if (!requireCommands(t, ['zip'], 'zip')) return;
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'notes.txt'), 'words '.repeat(1_000));
      runIn(folder, 'sh', '-c', 'zip -q - notes.txt - < notes.txt | cat > archive.zip');
      const found = await inspected('archive.zip', readFileSync(join(folder, 'archive.zip')));
      assert.deepEqual([codesOf(found), found.texts.length], [[], 2]);
    });
  });

  it('made by tar, packed by gzip or not, is read', async (t) => {
    if (!requireCommands(t, ['tar', 'gzip'], 'tar gzip')) return;
    await inFolder(async (folder) => {
      const long = `${'long-'.repeat(30)}name.txt`;
      writeFileSync(join(folder, 'notes.txt'), 'words');
      writeFileSync(join(folder, long), 'more words');
      runIn(folder, 'tar', '-cf', 'a.tar', 'notes.txt', long);
      runIn(folder, 'tar', '-czf', 'a.tar.gz', 'notes.txt', long);
      for (const name of ['a.tar', 'a.tar.gz']) {
        const found = await inspected(name, readFileSync(join(folder, name)));
        assert.deepEqual([found.failed, found.mismatch, codesOf(found)], [null, false, []], name);
        assert.equal(saidIn(found), 'words\nmore words', name);
      }
    });
  });

  it('whose files are encrypted is told of, and their names are looked at', async (t) => {
    if (!requireCommands(t, ['zip'], 'zip')) return;
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'invoice.pdf.exe'), 'words');
      writeFileSync(join(folder, 'open.txt'), 'seen');
      runIn(folder, 'zip', '-q', '-P', 'secret', 'a.zip', 'invoice.pdf.exe');
      runIn(folder, 'zip', '-q', 'a.zip', 'open.txt');
      const found = await inspected('a.zip', readFileSync(join(folder, 'a.zip')));
      assert.deepEqual([found.encrypted, saidIn(found)], [true, 'seen']);
      assert.deepEqual(codesOf(found), ['double-extension', 'executable']);
    });
  });

  it('of the formats 7z and rar is never taken for read', async (t) => {
    if (!requireCommands(t, ['7z'], 'p7zip-full')) return;
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'a.txt'), 'words');
      runIn(folder, '7z', 'a', 'a.7z', 'a.txt');
      const found = await inspected(
        'a.7z',
        readFileSync(join(folder, 'a.7z')),
        'application/x-7z-compressed',
      );
      assert.deepEqual([found.type, found.mismatch], ['application/x-7z-compressed', false]);
      assert.match(found.failed ?? '', /not read/);
    });
  });

  it('on a disk image made by genisoimage is never taken for read', async (t) => {
    if (!requireCommands(t, ['genisoimage'], 'genisoimage')) return;
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'a.txt'), 'words');
      runIn(folder, 'genisoimage', '-quiet', '-o', 'a.iso', 'a.txt');
      const found = await inspected('invoice.pdf', readFileSync(join(folder, 'a.iso')));
      assert.deepEqual([codesOf(found), found.failed === null], [['disk-image', 'type-mismatch'], false]);
    });
  });

  it('in an archive is read three deep, and no deeper', async () => {
    const three = await inspected('a.zip', nested('a.txt', 'words', 3));
    assert.deepEqual(
      [three.failed, three.texts],
      [null, [{ place: 'a.zip/in.zip/in.zip/a.txt', text: 'words' }]],
    );
    const four = await inspected('a.zip', nested('a.exe', 'words', 4));
    assert.deepEqual([codesOf(four), four.texts], [['archive-depth', 'executable'], []]);
    assert.match(four.failed ?? '', /more than 3 archives/);
  });

  it('that is gzip in gzip without end is not followed', async () => {
    let bytes: Uint8Array = Buffer.from('words');
    for (let level = 0; level < 20; level += 1) bytes = gzipSync(bytes);
    assert.ok(codesOf(await inspected('a.gz', bytes)).includes('archive-depth'));
  });

  it('that unpacks to far more than it is, is a finding and no crash', async (t) => {
    if (!requireCommands(t, ['zip'], 'zip')) return;
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'zeros'), '');
      truncateSync(join(folder, 'zeros'), 200 * MIB);
      runIn(folder, 'zip', '-q', '-1', 'a.zip', 'zeros');
      const found = await inspected('a.zip', readFileSync(join(folder, 'a.zip')));
      assert.deepEqual(codesOf(found), ['archive-bomb']);
      assert.match(found.failed ?? '', /more bytes than are read/);
    });
    const packed = await inspected('a.gz', gzipSync(Buffer.alloc(40 * MIB)));
    assert.deepEqual(codesOf(packed), ['archive-bomb']);
  });

  it('whose one file is listed thousands of times is read no more than the limit allows', async () => {
    const found = await inspected('a.zip', listedOften(Buffer.alloc(MIB, 'abc '), 1_000));
    assert.deepEqual(codesOf(found), ['archive-bomb', 'hidden-data']);
    assert.notEqual(found.failed, null);
  });

  it('of more files than are read is told of', async () => {
    const files = Array.from({ length: MAX_ENTRIES + 1 }, (_, index) => [`${index}.txt`, ''] as const);
    const found = await inspected('a.zip', zipOf(Object.fromEntries(files)));
    assert.deepEqual([codesOf(found), found.failed === null], [['archive-bomb'], false]);
  });

  it('whose files would land elsewhere is told of', async (t) => {
    const found = await inspected('a.zip', zipOf({ '../../etc/cron.d/x': 'words', 'C:\\x.txt': 'words' }));
    assert.deepEqual(codesOf(found), ['unsafe-path']);
    assert.equal(found.risks.length, 2);
    if (!requireCommands(t, ['tar', 'ln'], 'tar coreutils')) return;
    await inFolder(async (folder) => {
      runIn(folder, 'ln', '-s', '/etc/passwd', 'link');
      runIn(folder, 'tar', '-cf', 'a.tar', 'link');
      assert.deepEqual(codesOf(await inspected('a.tar', readFileSync(join(folder, 'a.tar')))), [
        'unsafe-path',
      ]);
    });
  });

  it('that hides a file from its directory is told of', async () => {
    const hidden = wordDocument('hidden', { 'hidden.exe': 'hidden' });
    const shown = Buffer.from(zipOf({ 'a.txt': 'words' }));
    const end = shown.lastIndexOf('PK\x05\x06', undefined, 'latin1');
    const at = shown.readUInt32LE(end + 16);
    shown.writeUInt32LE(at + hidden.length, end + 16);
    shown.writeUInt32LE(hidden.length, at + 42);
    const found = await inspected('a.zip', Buffer.concat([hidden, shown]));
    assert.deepEqual(
      [found.type, codesOf(found), saidIn(found)],
      ['application/zip', ['hidden-data'], 'words'],
    );
  });

  it('behind a picture is read, and told of', async () => {
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    );
    const found = await inspected('a.png', Buffer.concat([png, zipOf({ 'a.txt': 'words' })]), 'image/png');
    assert.deepEqual([found.type, saidIn(found)], ['image/png', 'words']);
    assert.ok(codesOf(found).includes('polyglot'));
  });

  it('that is cut off, or has a damaged file, is failed', async () => {
    const zip = zipOf({ 'a.txt': 'words '.repeat(100), 'b.txt': 'more' });
    const cut = await inspected('a.zip', zip.subarray(0, zip.length - 30));
    assert.match(cut.failed ?? '', /damaged/);
    const gz = gzipSync('words '.repeat(100));
    assert.match((await inspected('a.gz', gz.subarray(0, gz.length - 20))).failed ?? '', /damaged/);
    const flipped = Buffer.from(zip);
    flipped.fill(0xff, 40, 46);
    const found = await inspected('a.zip', flipped);
    assert.match(found.failed ?? '', /a\.zip\/a\.txt: is damaged/);
    assert.equal(saidIn(found), 'more');
  });
});
