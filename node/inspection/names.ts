/** What is risky about a file's name: its ending, and what makes it read as another. */
import type { InspectionDraft } from './draft.ts';
import { extensionOf } from './mismatch.ts';
import { RISK_CODES, riskOfExtension } from './risk-table.ts';

/** Endings that people take for harmless. */
const HARMLESS = new Set(
  'pdf doc docx xls xlsx ppt pptx odt ods odp rtf txt csv md jpg jpeg png gif bmp tif tiff mp3 mp4 mov avi zip eml htm html'.split(
    ' ',
  ),
);

/** Embeddings, overrides and isolates of Unicode (UAX #9): they reorder what is shown. */
const REORDERS = /[\u202a-\u202e\u2066-\u2069]/u;

/** Spaces that push an ending out of sight, and characters that show nothing. */
const HIDES = /[\p{Zs}\u2800\u3164\uffa0]{8,}|[\p{Cc}\u200b\u2060\ufeff]/u;

export function riskOfName(name: string, place: string, draft: InspectionDraft): void {
  if (REORDERS.test(name))
    draft.risk('hidden-name', place, 'its name holds characters that reverse how it is read');
  else if (HIDES.test(name))
    draft.risk('hidden-name', place, 'its name holds blanks or characters that hide its end');
  const extension = extensionOf(name);
  const code = riskOfExtension(extension);
  if (code === undefined) return;
  draft.risk(code, place, `.${extension}: ${RISK_CODES[code]}`);
  const before = extensionOf(name.slice(0, name.toLowerCase().lastIndexOf(`.${extension}`)));
  if (HARMLESS.has(before) && !HARMLESS.has(extension))
    draft.risk('double-extension', place, `.${before}.${extension}: ${RISK_CODES['double-extension']}`);
}

/** Whether a path in an archive leads out of the folder that it is unpacked to. */
export function isUnsafePath(path: string): boolean {
  return /^([a-z]:|[/\\])|(^|[/\\])\.\.([/\\]|$)/i.test(path);
}
