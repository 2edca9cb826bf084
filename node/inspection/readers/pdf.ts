/**
 * PDF (ISO 32000-2), by the part of PDF.js that runs without a browser: the text of its pages, notes and forms, what runs
 * when it is opened, and each file in it. Guarantees: no script of it is run, no font or other file is fetched.
 */
import { constants, inflateSync } from 'node:zlib';
import { getResolvedPDFJS } from 'unpdf';
import type { InspectionDraft } from '../draft.ts';
import { MAX_PAGES } from '../limits.ts';
import type { Reading } from '../part.ts';

type Library = Awaited<ReturnType<typeof getResolvedPDFJS>>;
type Document = Awaited<ReturnType<Library['getDocument']>['promise']>;

/** What starts something, by the names that stand in the file where it is not compressed (12.6.4). */
const ACTIONS = /\/(JavaScript|JS|Launch|RichMedia|ImportData|SubmitForm)\b/g;

/** The dictionary of a stream of objects, up to where its bytes begin. */
const OBJECT_STREAM = /\/Type\s*\/ObjStm\b[^]{0,1000}?stream\r?\n/g;

/** Throws where it is damaged. */
export async function readPdf({ part, draft, inspect }: Reading): Promise<void> {
  riskOfActions(part, draft);
  const document = await open(part.bytes);
  if (document === undefined) {
    draft.encrypted();
    return;
  }
  try {
    const files = await readPages(document, part.place, draft);
    await readRest(document, part.place, draft);
    for (const [id, { filename }] of (await document.getAttachments()) ?? []) files.set(id, filename);
    for (const [id, name] of files) {
      draft.risk('embedded-object', part.place, 'carries another file');
      if (!draft.countEntry(part.place)) return;
      const bytes = await document.getAttachmentContent(id);
      if (bytes === null) draft.fail(part.place, 'carries a file that cannot be read');
      else if (draft.unpack(part.place, bytes, (same) => same) === undefined) return;
      else await inspect({ bytes, name });
    }
  } finally {
    await document.loadingTask.destroy();
  }
}

/** Undefined where it needs a password. */
async function open(bytes: Uint8Array): Promise<Document | undefined> {
  const { getDocument } = await getResolvedPDFJS();
  const task = getDocument({
    data: new Uint8Array(bytes), // it takes the bytes away
    useSystemFonts: false,
    disableFontFace: true,
    useWorkerFetch: false,
    useWasm: false,
    disableAutoFetch: true,
    maxImageSize: 1, // no image is needed
    enableXfa: true,
    verbosity: 0,
  });
  try {
    return await task.promise;
  } catch (error) {
    if ((error as Error).name === 'PasswordException') return undefined;
    throw error;
  }
}

/** Reads the pages; the names of the files that notes on them carry, by their ids. */
async function readPages(
  document: Document,
  place: string,
  draft: InspectionDraft,
): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (let number = 1; number <= document.numPages; number += 1) {
    if (number > MAX_PAGES || draft.room <= 0) {
      draft.cut();
      break;
    }
    const page = await document.getPage(number);
    const { items } = await page.getTextContent();
    const text = items.map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : '')).join('');
    draft.text(`${place}, page ${number}`, text);
    const notes = (await page.getAnnotations()) as readonly Note[];
    draft.text(`${place}, page ${number}, notes`, notes.flatMap(saidBy).join('\n'));
    for (const { fileId, file, attachmentId, attachment, richMedia } of notes) {
      if (typeof fileId === 'string') files.set(fileId, file?.filename ?? 'file');
      if (typeof attachmentId === 'string') files.set(attachmentId, attachment?.filename ?? 'file');
      if (typeof richMedia?.fileId === 'string') files.set(richMedia.fileId, richMedia.filename ?? 'media');
    }
    if (((await page.getJSActions()) as object | null) !== null)
      draft.risk('active-content', place, `page ${number} holds a script`);
    page.cleanup();
  }
  return files;
}

/** What PDF.js tells of an annotation (12.5), as far as it is used here: it has no types for it. */
interface Note {
  readonly titleObj?: { readonly str?: string };
  readonly contentsObj?: { readonly str?: string };
  readonly fieldValue?: string | readonly string[] | null;
  readonly alternativeText?: string;
  readonly url?: string;
  readonly unsafeUrl?: string;
  readonly fileId?: string | null;
  readonly file?: { readonly filename?: string };
  readonly attachmentId?: string | null;
  readonly attachment?: { readonly filename?: string };
  readonly richMedia?: { readonly fileId?: string; readonly filename?: string } | null;
}

/** What notes, fields and links say. */
function saidBy({
  titleObj,
  contentsObj,
  fieldValue,
  alternativeText,
  url,
  unsafeUrl,
}: Note): readonly string[] {
  return [titleObj?.str, contentsObj?.str, fieldValue, alternativeText, url ?? unsafeUrl]
    .flat()
    .filter((said) => typeof said === 'string' && said !== '')
    .map(String);
}

async function readRest(document: Document, place: string, draft: InspectionDraft): Promise<void> {
  if ((await document.getJSActions()) !== null) draft.risk('active-content', place, 'holds a script');
  const action: unknown = ((await document.getOpenAction()) as { action?: unknown } | null)?.action;
  if (action !== undefined) draft.risk('active-content', place, 'does something when it is opened');
  if (document.isPureXfa) draft.fail(place, 'is an XFA form, whose text is not read');
  const { info } = await document.getMetadata();
  const said = Object.values(info as Record<string, unknown>).filter((value) => typeof value === 'string');
  draft.text(`${place}, properties`, said.join('\n'));
}

/** Also where names are written by numbers (7.3.5), and in streams of objects (7.5.7). */
function riskOfActions({ bytes, place }: Reading['part'], draft: InspectionDraft): void {
  const raw = latin1(bytes);
  const parts = [raw];
  for (const { index, 0: head } of raw.matchAll(OBJECT_STREAM)) {
    const from = index + head.length;
    const end = raw.indexOf('endstream', from);
    const unpacked = draft.unpack(place, bytes.subarray(from, end < 0 ? undefined : end), inflated);
    if (unpacked === undefined) break;
    parts.push(latin1(unpacked));
  }
  for (const part of parts) {
    const named = part.replaceAll(/#([0-9a-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    for (const [, name] of named.matchAll(ACTIONS))
      draft.risk('active-content', place, `holds an action (${name ?? ''})`);
  }
}

/** Nothing of what is not packed by deflate, or is encrypted: PDF.js reads that, as far as it is to be read. */
function inflated(packed: Uint8Array, options: { maxOutputLength: number }): Uint8Array {
  try {
    return inflateSync(packed, { ...options, finishFlush: constants.Z_SYNC_FLUSH });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw error;
    return new Uint8Array();
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
