/**
 * Documents of Office Open XML (ECMA-376) and OpenDocument: the text of every XML part, so that comments, notes, headers and
 * hidden sheets are in it; macros, embedded objects, and what is fetched from elsewhere. Files that lie in a document are
 * inspected in their turn.
 */
import { decodeMarkup, decodeText } from '../decode.ts';
import type { InspectionDraft } from '../draft.ts';
import type { Reading } from '../part.ts';
import { parseMarkup, localName } from './markup.ts';
import { SHARED_STRINGS, sheetText, sharedStrings, sheetNames } from './spreadsheet.ts';
import { riskOfEntities, xmlText } from './xml.ts';
import { unpackedFiles } from './zip.ts';

/** Parts of documents whose bytes nobody but their program understands. */
const OPAQUE = /(^|\/)printerSettings[^/]*$|\.(odttf|fntdata|wdp|jxr)$|(^|\/)(layout-cache|rdf)$/i;

const MACROS =
  /(^|\/)(vbaProject\.bin|vbaData\.xml|macrosheets\/|attachedToolbars\.bin)|^(Basic|Scripts)\/.+/i;

/** Parts that say how the others hang together. */
const PLUMBING = /(^|\/)\[Content_Types\]\.xml$|\.rels$/;

/** Parts whose elements are values: properties of the document, and data that it shows. */
const VALUES = /^(docProps|customXml)\/|^(meta|settings)\.xml$/;

/** Relationships that fetch something that runs or is shown, unlike a link that a person follows. */
const FETCHES =
  /\/(attachedTemplate|oleObject|frame|externalLinkPath|externalLink|subDocument|image|video|audio|mailMergeSource)$/;

/** Reads a document. Throws where it is damaged. */
export async function readOffice({ part, draft, inspect }: Reading): Promise<void> {
  const xml = new Map<string, string>();
  for await (const { entry, bytes } of unpackedFiles(part, draft)) {
    if (MACROS.test(entry.name))
      draft.risk('macro', part.place, 'carries macros, which run when it is opened');
    if (/(^|\/)(activeX|embeddings)\/|^Object/.test(entry.name) && /\.bin$/i.test(entry.name))
      draft.risk('embedded-object', part.place, 'carries an object that another program opens');
    if (/\.(xml|rels|vml|rdf)$/i.test(entry.name) && decodeText(bytes) !== undefined) {
      const { text, cut } = decodeMarkup(bytes);
      if (cut) draft.cut();
      riskOfXml(entry.name, text, part.place, draft);
      xml.set(xml.has(entry.name) ? `${entry.name} (${xml.size})` : entry.name, text);
    } else if (entry.name !== 'mimetype') {
      await inspect({ bytes, name: entry.name, opaque: OPAQUE.test(entry.name) });
    }
  }
  if (xml.size === 0) throw new Error('holds no part of a document');
  const names = sheetNames(xml);
  const strings = sharedStrings(xml);
  const used = new Set<number>();
  for (const [name, text] of xml) {
    if (name === SHARED_STRINGS || PLUMBING.test(name)) continue;
    const sheet = names.get(name);
    const said =
      sheet === undefined
        ? xmlText(text, draft.room, VALUES.test(name))
        : sheetText(text, strings, draft.room, used);
    draft.text(placeOf(part.place, name, sheet), said);
  }
  const unused = strings.filter((_, index) => !used.has(index)); // of no cell, and there all the same
  draft.text(placeOf(part.place, SHARED_STRINGS, undefined), unused.join('\n'));
}

function placeOf(document: string, name: string, sheet: string | undefined): string {
  if (sheet !== undefined) return `${document}, sheet "${sheet}"`;
  const [, slide] = /^ppt\/slides\/slide(\d+)\.xml$/.exec(name) ?? [];
  if (slide !== undefined) return `${document}, slide ${slide}`;
  return name === 'word/document.xml' || name === 'content.xml' ? document : `${document}, ${name}`;
}

function riskOfXml(name: string, xml: string, place: string, draft: InspectionDraft): void {
  riskOfEntities(xml, place, draft);
  if (/\.rels$/.test(name)) riskOfRelationships(xml, place, draft);
  if (/\bDDE(AUTO)?\b/.test(xml) && /instrText|fldSimple|ddeLink/.test(xml))
    draft.risk('formula', place, 'a field starts a program by Dynamic Data Exchange');
  if (/<(\w+:)?ddeLink\b/.test(xml))
    draft.risk('formula', place, 'a link starts a program by Dynamic Data Exchange');
  if (name === 'META-INF/manifest.xml' && /<(\w+:)?encryption-data\b/.test(xml)) draft.encrypted();
  if (/vnd\.sun\.star\.script:|vnd\.ms-office\.vbaProject|vnd\.ms-excel\.(intl)?macrosheet/i.test(xml))
    draft.risk('macro', place, 'carries macros, which run when it is opened');
}

function riskOfRelationships(xml: string, place: string, draft: InspectionDraft): void {
  parseMarkup(xml, true, {
    onopentag: (tag, { TargetMode, Type, Target = '' }) => {
      if (localName(tag) !== 'Relationship' || TargetMode !== 'External') return;
      draft.text(`${place}, links`, Target);
      if (!FETCHES.test(Type ?? '')) return;
      draft.risk(
        'external-content',
        place,
        `fetches a part of it from elsewhere (${(Type ?? '').replace(/.*\//, '')})`,
      );
    },
  });
}
