/** What a zip archive is, by what lies in it: a document, a program, or just an archive. */
import { inflateRawSync } from 'node:zlib';
import { packedBytes, zipDirectory, type ZipEntry } from './zip-directory.ts';

const ZIP = 'application/zip';

/** Bytes of the small files that say what an archive is. */
const MAX_SAID_BYTES = 256 * 1024;

/** Main parts of an Office Open XML document (ECMA-376), by their content type. */
const OFFICE: readonly (readonly [RegExp, string])[] = [
  [/ms-word\.(document|template)\.macroEnabled/i, 'application/vnd.ms-word.document.macroenabled.12'],
  [/ms-excel\.sheet\.binary\.macroEnabled/i, 'application/vnd.ms-excel.sheet.binary.macroenabled.12'],
  [/ms-excel\.(sheet|template|addin)\.macroEnabled/i, 'application/vnd.ms-excel.sheet.macroenabled.12'],
  [/ms-powerpoint\.\w+\.macroEnabled/i, 'application/vnd.ms-powerpoint.presentation.macroenabled.12'],
  [
    /wordprocessingml\.(document|template)\.main/i,
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  ],
  [
    /spreadsheetml\.(sheet|template)\.main/i,
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  ],
  [
    /presentationml\.(presentation|template|slideshow)\.main/i,
    'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  ],
];

/** The media type of a zip archive; that of any where its directory cannot be read. */
export async function zipKind(bytes: Uint8Array): Promise<string> {
  const entries = await zipDirectory(bytes).then(
    (directory) => directory.entries,
    () => [],
  );
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const types = textOf(bytes, byName.get('[Content_Types].xml'));
  const office = types === undefined ? undefined : OFFICE.find(([pattern]) => pattern.test(types));
  if (office !== undefined) return office[1];
  const said = textOf(bytes, byName.get('mimetype'))?.trim();
  if (said !== undefined && /^application\/(epub\+zip|vnd\.oasis\.opendocument\.[a-z.-]+)$/.test(said))
    return said;
  if (byName.has('AndroidManifest.xml')) return 'application/vnd.android.package-archive';
  if (byName.has('META-INF/MANIFEST.MF')) return 'application/java-archive';
  return ZIP;
}

function textOf(bytes: Uint8Array, entry: ZipEntry | undefined): string | undefined {
  if (entry === undefined || entry.isEncrypted) return undefined;
  try {
    const packed = packedBytes(bytes, entry);
    const unpacked =
      entry.method === 0 ? packed : inflateRawSync(packed, { maxOutputLength: MAX_SAID_BYTES });
    return new TextDecoder().decode(unpacked);
  } catch {
    return undefined; // then it is an archive, and what is in it is read as what it is
  }
}
