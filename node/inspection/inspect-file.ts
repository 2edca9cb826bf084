/**
 * What is inside a file: its kind, risks and text, and those of all files in it. Guarantees: what cannot be read is told of
 * as `failed` or `encrypted`, so that policy can refuse it; nothing is run, resolved or fetched. Takes as long and as much
 * room as a hostile file makes it: {@link InspectionPool} bounds both.
 */
import { detect, PDF_WITHIN, UNKNOWN } from './detect.ts';
import { InspectionDraft, plain } from './draft.ts';
import type { Declared, Inspection } from './inspection.ts';
import { MAX_DEPTH } from './limits.ts';
import { isMismatch } from './mismatch.ts';
import { riskOfName } from './names.ts';
import type { Inner, Part } from './part.ts';
import { readerOf } from './readers/reader-of.ts';
import { oleKind, OLE } from './readers/ole.ts';
import { readZip } from './readers/zip.ts';
import { zipBehind } from './zip-directory.ts';
import { RISK_CODES, riskOfType } from './risk-table.ts';

/** Inspects a file. Never rejects. */
export async function inspectFile(
  bytes: Uint8Array,
  { name, type: declared }: Declared,
): Promise<Inspection> {
  const draft = new InspectionDraft();
  const part: Part = { bytes, name, declared, place: plain(name), level: 0, opaque: false };
  const type = await inspectPart(part, draft);
  return draft.finish(type, isMismatch(type, name, declared));
}

/** The media type of a part, whose risks and text are in the draft afterwards. */
async function inspectPart(part: Part, draft: InspectionDraft): Promise<string> {
  const { bytes, name, declared, place, opaque } = part;
  try {
    riskOfName(name, place, draft);
    const type = await typeOf(bytes, name);
    const code = riskOfType(type);
    if (code !== undefined) draft.risk(code, place, `${type}: ${RISK_CODES[code]}`);
    if (!opaque && isMismatch(type, name, declared))
      draft.risk('type-mismatch', place, `is ${type}, which its name or declared type do not say`);
    await read(part, type, draft);
    return type;
  } catch (error) {
    draft.fail(place, `is damaged, or not what it seems (${(error as Error).message})`);
    return UNKNOWN;
  }
}

async function typeOf(bytes: Uint8Array, name: string): Promise<string> {
  const type = await detect(bytes, name);
  return type === OLE ? oleKind(bytes) : type;
}

async function read(part: Part, type: string, draft: InspectionDraft): Promise<void> {
  const { bytes, place, opaque } = part;
  const inspect = (inner: Inner): Promise<void> => inspectInner(part, inner, draft);
  const reader = readerOf(type);
  if (reader !== undefined) {
    try {
      await reader({ part, draft, inspect });
    } catch (error) {
      draft.fail(place, `is damaged (${(error as Error).message})`);
    }
  } else if (!(opaque && type === UNKNOWN)) {
    draft.fail(place, type === UNKNOWN ? 'is of no known kind' : `is ${type}, which is not read`);
  }
  if (isPdfWithin(bytes, type)) {
    draft.risk('polyglot', place, 'is a PDF, too');
    await readerOf('application/pdf')?.({ part, draft, inspect });
  }
  const behind = isZip(bytes) ? undefined : zipBehind(bytes);
  if (behind === undefined) return;
  draft.risk('polyglot', place, 'is an archive, too');
  await readZip({ part: { ...part, bytes: behind }, draft, inspect });
}

async function inspectInner(outer: Part, inner: Inner, draft: InspectionDraft): Promise<void> {
  const place = `${outer.place}/${plain(inner.name)}`;
  const level = inner.level ?? outer.level + 1;
  const name = inner.name.slice(inner.name.lastIndexOf('/') + 1);
  if (level > MAX_DEPTH) {
    riskOfName(name, place, draft);
    draft.risk('archive-depth', place, `lies in more than ${MAX_DEPTH} archives`);
    draft.fail(place, `lies in more than ${MAX_DEPTH} archives, and was not read`);
    return;
  }
  await inspectPart(
    { bytes: inner.bytes, name, declared: inner.declared, place, level, opaque: inner.opaque ?? false },
    draft,
  );
}

/** Whether viewers of PDF open what is something else by its beginning. In archives one may just lie first. */
function isPdfWithin(bytes: Uint8Array, type: string): boolean {
  if (!/^(image|audio|video|font|text)\//.test(type)) return false;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return buffer.subarray(0, PDF_WITHIN).includes('%PDF-') && buffer.includes('endobj');
}

function isZip([p, k]: Uint8Array): boolean {
  return p === 0x50 && k === 0x4b;
}
