/** Which reader reads which kind of file. The larger libraries are loaded when a file first needs them. */
import type { Read } from '../part.ts';
import { readGzip } from './gzip.ts';
import { readHtml } from './html.ts';
import { readMedia } from './media.ts';
import { readOffice } from './office.ts';
import { readOle } from './ole.ts';
import { readTar } from './tar.ts';
import { readJson, readText } from './text.ts';
import { readXml } from './xml.ts';
import { readZip } from './zip.ts';

const READERS: Readonly<Record<string, Read>> = {
  'application/zip': readZip,
  'application/java-archive': readZip,
  'application/vnd.android.package-archive': readZip,
  'application/epub+zip': readZip,
  'application/gzip': readGzip,
  'application/x-tar': readTar,
  'text/html': readHtml,
  'image/svg+xml': readHtml,
  'application/xml': readXml,
  'application/json': readJson,
  'application/x-httpd-php': readText,
  'message/rfc822': async (reading) => (await import('./email.ts')).readEmail(reading),
  'application/pdf': async (reading) => (await import('./pdf.ts')).readPdf(reading),
  'application/x-ole-storage': readOle,
  'application/x-encrypted-office': readOle,
  'application/msword': readOle,
  'application/vnd.ms-excel': readOle,
  'application/vnd.ms-powerpoint': readOle,
  'application/vnd.ms-outlook': readOle,
  'application/x-msi': readOle,
};

/** Undefined where there is none. @param type as the bytes show it */
export function readerOf(type: string): Read | undefined {
  const known = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  if (known !== undefined) return known;
  if (/^application\/vnd\.(openxmlformats-officedocument|oasis\.opendocument)\./.test(type))
    return readOffice;
  if (/\.macroenabled\.12$/.test(type) && !type.includes('sheet.binary')) return readOffice;
  if (/^(image|audio|video|font)\//.test(type)) return readMedia;
  return type.startsWith('text/') ? readText : undefined;
}
