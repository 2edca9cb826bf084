/** XML of any kind: the text between the tags, and what attributes say to people. */
import { decodeMarkup } from '../decode.ts';
import type { InspectionDraft } from '../draft.ts';
import type { Reading } from '../part.ts';
import { localName, parseMarkup, sayAttributes, TextLines } from './markup.ts';

/** Elements after which a new line begins, in Office Open XML, OpenDocument, SVG and XHTML. */
const ENDS_LINE = new Set(
  'p h si tr row br cr table-row list-item title text li div item comment Relationship'.split(' '),
);

/** Elements that stand for a blank. */
const BLANKS = new Set('tab s tc table-cell line-break'.split(' '));

export function readXml({ part, draft }: Reading): void {
  const { text, cut } = decodeMarkup(part.bytes);
  if (cut) draft.cut();
  riskOfEntities(text, part.place, draft);
  draft.text(part.place, xmlText(text, draft.room, true));
}

/**
 * The text of XML, or a little more than a limit of it where it has more.
 * @param isData whether each element is a value of its own; a document's words may be split over several
 */
export function xmlText(xml: string, limit: number, isData: boolean): string {
  const lines = new TextLines(limit);
  parseMarkup(xml, true, {
    onopentag: (_, attributes) => sayAttributes(attributes, lines, isData),
    onprocessinginstruction: (name, said) => {
      if (name !== '?xml' && isData) lines.aside(said);
    },
    ontext: (text) => {
      if (!/^\s*\n\s*$/.test(text)) lines.add(text); // what indents the tags
    },
    oncomment: (text) => lines.aside(text),
    onclosetag: (name) => {
      const local = localName(name);
      if (isData || ENDS_LINE.has(local)) lines.endLine();
      else if (BLANKS.has(local)) lines.add('\t');
    },
  });
  return lines.toString();
}

/** Entities of a document's own are not resolved: whoever does sees something else. */
export function riskOfEntities(xml: string, place: string, draft: InspectionDraft): void {
  if (/<!ENTITY\s/.test(xml))
    draft.risk('external-content', place, 'defines entities, which may stand for files or other text');
}
