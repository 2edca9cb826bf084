/** Plain text, CSV, Markdown and JSON. */
import { decodeText } from '../decode.ts';
import { extensionOf } from '../mismatch.ts';
import type { Reading } from '../part.ts';

/** A cell that has a spreadsheet start a program by Dynamic Data Exchange. */
const DDE = /(^|[,;\t"'])\s*[=+@-][^,;\t\n|]{0,40}\|[^!\n]{0,200}!/m;

export function readText({ part, draft }: Reading): void {
  const decoded = decodeText(part.bytes);
  if (decoded === undefined) {
    draft.fail(part.place, 'is no text in UTF-8, UTF-16 or ISO 8859-1');
    return;
  }
  if (decoded.cut) draft.cut();
  if (['csv', 'tsv', 'txt', 'slk'].includes(extensionOf(part.name)) && DDE.test(decoded.text))
    draft.risk('formula', part.place, 'a cell starts a program when it is opened in a spreadsheet');
  draft.text(part.place, decoded.text.replace(/^\ufeff/, ''));
}

/** With its escapes resolved, so that each word is as people see it. */
export function readJson({ part, draft }: Reading): void {
  const decoded = decodeText(part.bytes);
  if (decoded === undefined) throw new Error('is no text');
  if (decoded.cut) draft.cut();
  const text = decoded.text.replace(/^\ufeff/, '');
  draft.text(part.place, text.includes('\\u') ? JSON.stringify(JSON.parse(text), undefined, 1) : text);
}
