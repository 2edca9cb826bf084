/**
 * PDF (ISO 32000-2), by the part of PDF.js that runs without a browser: the text of its pages, notes and forms, what runs
 * when it is opened, and each file in it. Guarantees: no script of it is run, no font or other file is fetched.
 */
import { getResolvedPDFJS } from 'unpdf';
import type { InspectionDraft } from '../draft.ts';
import { MAX_PAGES } from '../limits.ts';
import type { Reading } from '../part.ts';

type Library = Awaited<ReturnType<typeof getResolvedPDFJS>>;
type Document = Awaited<ReturnType<Library['getDocument']>['promise']>;
type Page = Awaited<ReturnType<Document['getPage']>>;

/** What starts something, by the names that stand in the file where it is not compressed (12.6.4). */
const ACTIONS = /\/(JavaScript|JS|Launch|RichMedia|ImportData|SubmitForm)\b/g;

/** Throws where it is damaged. */
export async function readPdf({ part, draft, inspect }: Reading): Promise<void> {
  for (const [, name] of latin1(part.bytes).matchAll(ACTIONS))
    draft.risk('active-content', part.place, `holds an action (${name ?? ''})`);
  const document = await open(part.bytes);
  if (document === undefined) {
    draft.encrypted();
    return;
  }
  try {
    await readPages(document, part.place, draft);
    await readRest(document, part.place, draft);
    const files = (await document.getAttachments()) as Record<string, Attachment> | null;
    for (const { filename, content } of Object.values(files ?? {})) {
      if (!draft.countEntry(part.place)) return;
      if (draft.unpack(part.place, content, (same) => same) === undefined) return;
      draft.risk('embedded-object', part.place, 'carries another file');
      await inspect({ bytes: content, name: filename });
    }
  } finally {
    await document.loadingTask.destroy();
  }
}

interface Attachment {
  readonly filename: string;
  readonly content: Uint8Array;
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

async function readPages(document: Document, place: string, draft: InspectionDraft): Promise<void> {
  for (let number = 1; number <= document.numPages; number += 1) {
    if (number > MAX_PAGES || draft.room <= 0) {
      draft.cut();
      return;
    }
    const page = await document.getPage(number);
    const { items } = await page.getTextContent();
    const text = items.map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : '')).join('');
    draft.text(`${place}, page ${number}`, text);
    draft.text(`${place}, page ${number}, notes`, await notesOf(page));
    if (((await page.getJSActions()) as object | null) !== null)
      draft.risk('active-content', place, `page ${number} holds a script`);
    page.cleanup();
  }
}

/** What notes, fields and links of a page say. */
async function notesOf(page: Page): Promise<string> {
  const notes = (await page.getAnnotations()) as readonly Record<string, unknown>[];
  return notes
    .flatMap(({ contentsObj, titleObj, fieldValue, alternativeText, url, unsafeUrl }) => [
      (titleObj as { str?: unknown } | undefined)?.str,
      (contentsObj as { str?: unknown } | undefined)?.str,
      ...(Array.isArray(fieldValue) ? (fieldValue as unknown[]) : [fieldValue]),
      alternativeText,
      url ?? unsafeUrl,
    ])
    .filter((said) => typeof said === 'string' && said !== '')
    .join('\n');
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

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
