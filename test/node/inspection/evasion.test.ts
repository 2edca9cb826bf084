/** What hides a number or a program from whoever looks, and is found all the same, or told of. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deflateSync } from 'node:zlib';
import { bytesOf, codesOf, inspected, pdfOf, saidIn, wordDocument, zipOf } from '../../support/inspected.ts';

const CARD = '4111111111111111';
const [HEAD, TAIL] = [CARD.slice(0, 7), CARD.slice(7)];

/** The smallest picture, and what comes behind it. */
function pictureWith(behind: string): Uint8Array {
  const picture =
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
  return Buffer.concat([Buffer.from(picture, 'base64'), Buffer.from(behind, 'latin1')]);
}

function workbook(parts: Readonly<Record<string, string>>): Uint8Array {
  const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml';
  return zipOf({
    '[Content_Types].xml': `<Types><Override PartName="/xl/workbook.xml" ContentType="${type}"/></Types>`,
    'xl/workbook.xml': '<workbook><sheets><sheet name="Q1" r:id="r1"/></sheets></workbook>',
    'xl/_rels/workbook.xml.rels':
      '<Relationships><Relationship Id="r1" Target="worksheets/one.xml"/></Relationships>',
    'xl/worksheets/one.xml': '<worksheet><row><c t="s"><v>0</v></c></row></worksheet>',
    ...parts,
  });
}

const strings = (...all: string[]): string =>
  `<sst>${all.map((one) => `<si><t>${one}</t></si>`).join('')}</sst>`;

describe('a number', () => {
  const run = (text: string): string => `</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>${text}`;
  const hidden: readonly (readonly [string, string, string | Uint8Array])[] = [
    ['split over runs of a document', 'a.docx', wordDocument(`${HEAD}${run(TAIL)}`)],
    ['split by a comment in XML', 'a.docx', wordDocument(`${HEAD}<!-- x -->${TAIL}`)],
    ['split by a comment in HTML', 'a.html', `<html><p>${HEAD}<!-- x -->${TAIL}`],
    ['split by an element that says something', 'a.html', `<html><p>${HEAD}<a title="x"></a>${TAIL}`],
    ['in the style of a page', 'a.html', `<html><style>/* ${CARD} */</style><p>x`],
    ['in a script of a page', 'a.html', `<html><script>"${CARD}"</script><p>x`],
    ['in an attribute of data', 'a.xml', `<?xml version="1.0"?><pay card="${CARD}"/>`],
    ['in an entity', 'a.xml', `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e "${CARD}">]><a>&e;</a>`],
    [
      'in the alternative text of a picture',
      'a.docx',
      wordDocument('x', { 'word/header1.xml': `<w:hdr><wp:docPr descr="${CARD}"/></w:hdr>` }),
    ],
    [
      'in a link of a document',
      'a.docx',
      wordDocument('x', {
        'word/_rels/document.xml.rels': `<Relationships><Relationship Type="x/hyperlink" TargetMode="External" Target="https://a.example/${CARD}"/></Relationships>`,
      }),
    ],
    [
      'in a string that no cell refers to',
      'a.xlsx',
      workbook({ 'xl/sharedStrings.xml': strings('x', CARD) }),
    ],
    ['in strings of another part', 'a.xlsx', workbook({ 'xl/other/sharedStrings.xml': strings(CARD) })],
    [
      'split over runs of a string',
      'a.xlsx',
      workbook({ 'xl/sharedStrings.xml': strings(`${HEAD}</t><t>${TAIL}`) }),
    ],
    ['behind a picture', 'a.png', pictureWith(`name,card\nalice,${CARD}\n`)],
    [
      'in an archive that is a part of a document',
      'a.docx',
      wordDocument('x', { 'word/a.xml': zipOf({ 'a.txt': CARD }) }),
    ],
  ];
  for (const [how, name, content] of hidden)
    it(`${how} is read`, async () => {
      const found = await inspected(name, content);
      assert.ok(saidIn(found).includes(CARD), JSON.stringify(found));
    });

  it('in the one or the other of two parts of a name is read, and that there are two is told of', async () => {
    const one = zipOf({ 'a1.txt': 'words', 'a2.txt': CARD });
    const twice = Buffer.from(
      Buffer.from(one)
        .toString('latin1')
        .replaceAll(/a[12]\.txt/g, 'aa.txt'),
      'latin1',
    );
    const found = await inspected('a.zip', twice);
    assert.ok(codesOf(found).includes('hidden-data'));
    const [type, part] = ['[Content_Types].xml', 'word/document.xml'];
    const document = wordDocument('x', { 'word/documenu.xml': `<w:t>${CARD}</w:t>` });
    const both = Buffer.from(document).toString('latin1').replaceAll('word/documenu.xml', part);
    for (const bytes of [
      both,
      Buffer.from(wordDocument(CARD, { 'word/documenu.xml': '<w:t>x</w:t>' }))
        .toString('latin1')
        .replaceAll('word/documenu.xml', part),
    ]) {
      const office = await inspected('a.docx', Buffer.from(bytes, 'latin1'));
      assert.ok(saidIn(office).includes(CARD) && codesOf(office).includes('hidden-data'), type);
    }
  });
});

describe('a file that is two', () => {
  it('a picture to one program and a PDF to another is told of, and read as both', async () => {
    const pdf = pdfOf(`card ${CARD}`);
    const found = await inspected('a.gif', Buffer.concat([Buffer.from('GIF89a\x01\0\x01\0\0\0\0'), pdf]));
    assert.equal(found.type, 'image/gif');
    assert.ok(codesOf(found).includes('polyglot'));
    assert.ok(saidIn(found).includes(`card ${CARD}`));
    const text = await inspected('a.txt', Buffer.concat([bytesOf('words\n'), pdf]));
    assert.ok(codesOf(text).includes('polyglot'));
  });

  for (const [kind, magic] of [
    ['RAR', 'Rar!\x1a\x07\x01\0'],
    ['7z', '7z\xbc\xaf\x27\x1c\0\x04'],
  ] as const)
    it(`a picture with an archive behind it (${kind}) is told of, and failed: that is not read`, async () => {
      const found = await inspected('a.png', pictureWith(magic));
      assert.deepEqual([codesOf(found), found.failed === null], [['polyglot'], false]);
    });

  it('a text about PDFs, an archive with one, and a picture alone are neither', async () => {
    for (const [name, content] of [
      ['a.txt', 'a PDF begins with %PDF-1.7'],
      ['a.zip', zipOf({ 'a.pdf': pdfOf('words') })],
      ['a.png', pictureWith('')],
    ] as const) {
      const found = await inspected(name, content);
      assert.deepEqual([codesOf(found), found.failed], [[], null], name);
    }
  });
});

describe('what runs', () => {
  const launch = '<< /S /Launch /F (calc.exe) >>';
  /** A PDF with one more object, whose bytes are packed. */
  const pdfWith = (head: string, body: string): Uint8Array => {
    const bytes = deflateSync(Buffer.from(body)).toString('latin1');
    const object = `<< ${head} /Filter /FlateDecode /Length ${bytes.length} >>\nstream\n@@\nendstream`;
    const pdf = Buffer.from(pdfOf('x', '', '', [object])).toString('latin1');
    return Buffer.from(
      pdf.replace('@@', () => bytes),
      'latin1',
    );
  };

  it('in a PDF is told of where its name is written by numbers, or it lies in a stream of objects', async () => {
    const numbered = pdfOf('x', '/OpenAction << /S /L#61unch /F (calc.exe) >>');
    assert.ok(codesOf(await inspected('a.pdf', numbered)).includes('active-content'));
    const streams = [`/Type /ObjStm /N 1 /First 4`, `/N 1 /First 4 /Type /ObjStm`];
    for (const head of streams) {
      const pdf = pdfWith(head, `9 0 ${launch}`);
      assert.ok(codesOf(await inspected('a.pdf', pdf)).includes('active-content'), head);
    }
  });

  it('in an old macro sheet is told of wherever that lies', async () => {
    const types =
      '<Types><Override PartName="/xl/x.xml" ContentType="application/vnd.ms-excel.macrosheet+xml"/></Types>';
    assert.ok(codesOf(await inspected('a.xlsx', workbook({ 'docs/types.xml': types }))).includes('macro'));
  });

  it('in Rich Text under a short mark is not passed for text', async () => {
    assert.match((await inspected('a.txt', '{\\rt1 words}')).failed ?? '', /rtf/);
  });
});
