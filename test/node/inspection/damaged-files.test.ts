/** Files with bytes changed, cut off or made up: inspection never rejects, and never goes beyond its limits. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { MAX_RISKS, MAX_TEXT_CHARACTERS } from '../../../node/inspection/limits.ts';
import type { Inspection } from '../../../node/inspection/index.ts';
import {
  bytesOf,
  compoundFile,
  inspected,
  pdfOf,
  saidIn,
  wordDocument,
  zipOf,
} from '../../support/inspected.ts';

const RUNS = 150;

const WHOLE: Readonly<Record<string, Uint8Array>> = {
  'a.zip': zipOf({ 'in.zip': zipOf({ 'a.txt': 'words '.repeat(50) }), 'b.docx': wordDocument('more') }),
  'a.docx': wordDocument('words', { 'word/embeddings/b.docx': wordDocument('more') }),
  'a.gz': gzipSync(bytesOf('words '.repeat(50))),
  'a.doc': compoundFile(['WordDocument', 'Macros', 'VBA']),
  'a.pdf': pdfOf('words', '/OpenAction << /S /JavaScript /JS (x) >>'),
  'a.eml': bytesOf(
    'From: a@b.example\r\nSubject: c\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nwords\r\n--x--\r\n',
  ),
  'a.html': bytesOf('<html><p onclick=x>words</p><script>x</script>'),
  'a.xml': bytesOf('<?xml version="1.0"?><a b="c"><![CDATA[words]]></a>'),
  'a.json': bytesOf('{"a": ["words", 1, null]}'),
  'a.txt': Buffer.from('\ufeffwords', 'utf16le'),
};

function assertBounded({ texts, risks, failed, type }: Inspection): void {
  assert.ok(texts.reduce((sum, { text }) => sum + text.length, 0) <= MAX_TEXT_CHARACTERS);
  assert.ok(risks.length <= MAX_RISKS);
  assert.ok(failed === null || failed.length > 0);
  assert.match(type, /^[\w.+-]+\/[\w.+-]+$/);
}

describe('inspection', () => {
  const flips = fc.array(
    fc.tuple(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), fc.integer({ min: 0, max: 255 })),
    {
      minLength: 1,
      maxLength: 20,
    },
  );

  it('answers for a file with any bytes changed', async () => {
    const name = fc.constantFrom(...Object.keys(WHOLE));
    await fc.assert(
      fc.asyncProperty(name, flips, async (which, changes) => {
        const bytes = Buffer.from(WHOLE[which] ?? []);
        for (const [share, value] of changes) bytes[Math.floor(share * bytes.length)] = value;
        assertBounded(await inspected(which, bytes));
      }),
      { numRuns: RUNS },
    );
  });

  it('answers for a file that is cut off anywhere', async () => {
    const name = fc.constantFrom(...Object.keys(WHOLE));
    await fc.assert(
      fc.asyncProperty(name, fc.double({ min: 0, max: 1, noNaN: true }), async (which, share) => {
        const bytes = WHOLE[which] ?? new Uint8Array();
        assertBounded(await inspected(which, bytes.subarray(0, Math.floor(share * bytes.length))));
      }),
      { numRuns: RUNS },
    );
  });

  it('answers for any bytes, under any name', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 2_000 }),
        fc.string({ unit: 'binary' }),
        async (bytes, name) => {
          const found = await inspected(name, bytes, name);
          assertBounded(found);
          for (const { place } of found.risks) assert.doesNotMatch(place, /[\p{Cc}\p{Cf}]/u);
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('gives the whole text of a file that nothing was done to, so that the others are no worse for their kind', async () => {
    for (const [name, bytes] of Object.entries(WHOLE).filter(([name]) => name !== 'a.doc'))
      assert.match(saidIn(await inspected(name, bytes)), /words/, name);
  });
});
