/** Archives in the zip format. Each file in one is inspected in its turn. */
import { crc32, inflateRawSync } from 'node:zlib';
import { plain, type InspectionDraft } from '../draft.ts';
import { isUnsafePath, riskOfName } from '../names.ts';
import type { Reading } from '../part.ts';
import { isAmbiguous, packedBytes, zipDirectory, type ZipEntry } from '../zip-directory.ts';

/** Goes through an archive. Throws where it is damaged. */
export async function readZip({ part, draft, inspect }: Reading): Promise<void> {
  for await (const { entry, bytes } of unpackedFiles(part, draft)) await inspect({ bytes, name: entry.name });
}

export interface ZipFile {
  readonly entry: ZipEntry;
  readonly bytes: Uint8Array;
}

/** Unpacks what can be, one after the other; tells of what is wrong with the archive and of what cannot be unpacked. */
export async function* unpackedFiles(
  { bytes: archive, place }: Reading['part'],
  draft: InspectionDraft,
): AsyncGenerator<ZipFile> {
  const { entries, more } = await zipDirectory(archive);
  if (isAmbiguous(archive, entries))
    draft.risk('hidden-data', place, 'its directory does not list all that is in it, or lists some twice');
  const names = new Set<string>();
  for (const entry of entries) {
    const name = entry.name.toLowerCase();
    if (names.has(name))
      draft.risk('hidden-data', place, 'lists a name twice, of which programs take one or the other');
    names.add(name);
    const within = `${place}/${plain(entry.name)}`;
    if (!draft.countEntry(place)) return;
    riskOfName(entry.name.slice(entry.name.lastIndexOf('/') + 1), within, draft); // also where it cannot be unpacked
    if (isUnsafePath(entry.name)) draft.risk('unsafe-path', within, 'its path leads out of the archive');
    if (entry.isLink) draft.risk('unsafe-path', within, 'is a link to another file');
    const bytes = entry.isFolder ? undefined : unpacked(archive, entry, within, draft);
    if (bytes !== undefined) yield { entry, bytes };
  }
  if (more) draft.tooManyEntries(place);
}

function unpacked(
  archive: Uint8Array,
  entry: ZipEntry,
  place: string,
  draft: InspectionDraft,
): Uint8Array | undefined {
  if (entry.isEncrypted) {
    draft.encrypted();
    return undefined;
  }
  if (entry.method !== 0 && entry.method !== 8) {
    draft.fail(place, `is packed by method ${entry.method}, which is not read`);
    return undefined;
  }
  try {
    const packed = packedBytes(archive, entry);
    const bytes = draft.unpack(place, packed, entry.method === 0 ? (stored) => stored : inflateRawSync);
    if (bytes !== undefined && crc32(bytes) !== entry.crc32)
      draft.fail(place, 'is damaged (its checksum differs)');
    return bytes;
  } catch (error) {
    draft.fail(place, `is damaged (${(error as Error).message})`);
    return undefined;
  }
}
