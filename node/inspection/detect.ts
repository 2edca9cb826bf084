/**
 * What a file is, by its bytes: magic numbers (file-type, and what it does not know of what is risky), the directory of
 * zip archives and the beginning of text. Guarantees: a name never decides, but for mail and web pages, which are text.
 */
import { fileTypeFromBuffer } from 'file-type';
import { decodeText } from './decode.ts';
import { zipKind } from './zip-kind.ts';

export const UNKNOWN = 'application/octet-stream';

/** Characters at the beginning of a text that tell what it is. */
const HEAD_CHARACTERS = 4_096;

/** Bytes before `%PDF-` that viewers put up with. */
export const PDF_WITHIN = 1_024;

interface Magic {
  readonly type: string;
  /** Latin-1. */
  readonly bytes: string;
  /** From the end where it is negative. */
  readonly at: number;
}

/** Before what file-type says. */
const MAGIC: readonly Magic[] = [
  { type: 'application/x-ms-shortcut', bytes: 'L\0\0\0\x01\x14\x02\0', at: 0 },
  { type: 'application/x-vhdx', bytes: 'vhdxfile', at: 0 },
  { type: 'application/x-vhd', bytes: 'conectix', at: 0 },
  { type: 'application/x-vhd', bytes: 'conectix', at: -512 },
  { type: 'application/x-vmdk', bytes: 'KDMV', at: 0 },
  { type: 'application/x-apple-diskimage', bytes: 'koly', at: -512 },
  { type: 'application/x-ms-wim', bytes: 'MSWIM\0\0\0', at: 0 },
  { type: 'application/x-iso9660-image', bytes: 'CD001', at: 0x8001 },
  { type: 'application/x-udf-image', bytes: 'BEA01', at: 0x8001 },
  { type: 'application/x-raw-disk-image', bytes: 'FAT12   ', at: 0x36 },
  { type: 'application/x-raw-disk-image', bytes: 'FAT16   ', at: 0x36 },
  { type: 'application/x-raw-disk-image', bytes: 'FAT32   ', at: 0x52 },
  { type: 'application/x-raw-disk-image', bytes: 'EFI PART', at: 512 },
  { type: 'application/x-raw-disk-image', bytes: 'NTFS    ', at: 3 },
  { type: 'application/vnd.ms-htmlhelp', bytes: 'ITSF', at: 0 },
  {
    type: 'application/onenote',
    bytes: '\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3',
    at: 0,
  },
  { type: 'application/x-ole-storage', bytes: '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', at: 0 },
  { type: 'application/x-xar', bytes: 'xar!', at: 0 },
  { type: 'application/x-rar-compressed', bytes: 'Rar!\x1a\x07', at: 0 },
  { type: 'application/x-dex', bytes: 'dex\n', at: 0 },
  { type: 'image/emf', bytes: ' EMF\0\0', at: 40 },
  { type: 'image/wmf', bytes: '\xd7\xcd\xc6\x9a', at: 0 },
];

/** The media type of a file. @param name for texts, whose kind their bytes alone may not tell */
export async function detect(bytes: Uint8Array, name: string): Promise<string> {
  if (bytes.length === 0) return textKind('', name);
  const known = MAGIC.find((magic) => isThere(bytes, magic))?.type ?? (await magicType(bytes));
  if (known === 'application/zip' || startsAsZip(bytes)) return zipKind(bytes);
  // a few letters are magic, too: a text that begins with BM is no picture
  const decoded = isTextual(known) ? decodeText(bytes) : undefined;
  if (decoded !== undefined && known !== 'application/rtf') return textKind(decoded.text, name);
  if (known !== undefined) return known;
  return Buffer.from(bytes.subarray(0, PDF_WITHIN)).includes('%PDF-') ? 'application/pdf' : UNKNOWN;
}

async function magicType(bytes: Uint8Array): Promise<string | undefined> {
  try {
    return (await fileTypeFromBuffer(bytes))?.mime;
  } catch {
    return undefined; // it read on behind the end of a damaged file
  }
}

function startsAsZip([p, k, third, fourth]: Uint8Array): boolean {
  return p === 0x50 && k === 0x4b && ((third === 3 && fourth === 4) || (third === 5 && fourth === 6));
}

/** Whether bytes of that kind may be text all the same. Those of PDF may, and are a document. */
function isTextual(type: string | undefined): boolean {
  return type !== 'application/pdf' && type !== 'application/postscript';
}

function isThere(bytes: Uint8Array, { bytes: magic, at }: Magic): boolean {
  const from = at < 0 ? bytes.length + at : at;
  if (from < 0 || from + magic.length > bytes.length) return false;
  for (let index = 0; index < magic.length; index += 1)
    if (bytes[from + index] !== magic.charCodeAt(index)) return false;
  return true;
}

function textKind(text: string, name: string): string {
  const head = text
    .slice(0, HEAD_CHARACTERS)
    .replace(/^\ufeff/, '')
    .trimStart();
  const root = head.replaceAll(/<!--[\s\S]*?-->|<\?xml[^>]*>|<!doctype svg[^>]*>/gi, '').trimStart();
  if (head.startsWith('#!')) return 'text/x-shellscript';
  if (/^<\?php\b/i.test(head)) return 'application/x-httpd-php';
  if (/^<(\w+:)?svg\b/i.test(root)) return 'image/svg+xml';
  if (/^<(!doctype html|html|head|body|script|iframe|meta|title)\b/i.test(root)) return 'text/html';
  if (/^<\?xml\b/i.test(head)) return 'application/xml';
  if (head.startsWith('%PDF-')) return 'application/pdf';
  if (/^\{\\rt/i.test(head)) return 'application/rtf';
  if (/^From \S+ .*\d{4}\r?\n/.test(head)) return 'application/mbox';
  if (isMail(head)) return 'message/rfc822';
  if (/^[[{]/.test(head) && isJson(text)) return 'application/json';
  return byName(name);
}

/** Two header fields of those that mail begins with (RFC 5322). */
function isMail(head: string): boolean {
  const fields = /^(?:[!-9;-~]+:.*(?:\r?\n[ \t].*)*\r?\n){2,}/.exec(head)?.[0] ?? '';
  return (
    (
      fields.match(/^(received|from|to|subject|date|message-id|mime-version|return-path|content-type):/gim) ??
      []
    ).length > 1
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What programs take a text for that is called so. */
function byName(name: string): string {
  if (/\.(html?|xhtml?|shtml|mht|mhtml|hta)$/i.test(name)) return 'text/html';
  if (/\.eml$/i.test(name)) return 'message/rfc822';
  if (/\.svg$/i.test(name)) return 'image/svg+xml';
  return /\.xml$/i.test(name) ? 'application/xml' : 'text/plain';
}
