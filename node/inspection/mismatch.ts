/**
 * Whether a file's name and declared type agree with its bytes. Guarantees: what says nothing (no ending, an ending nobody
 * knows, `application/octet-stream`) disagrees with nothing.
 */
import { supportedExtensions, supportedMimeTypes } from 'file-type';
import { riskOfExtension } from './risk-table.ts';
import { UNKNOWN } from './detect.ts';

/** Kinds that have several names: types first, the real one before all, then endings. */
const KINDS: readonly (readonly [types: string, extensions: string])[] = [
  ['application/zip application/x-zip-compressed application/x-zip', 'zip zipx'],
  ['application/gzip application/x-gzip application/x-tgz application/x-compressed-tar', 'gz tgz svgz emz'],
  ['application/x-tar application/tar', 'tar'],
  ['application/x-rar-compressed application/vnd.rar application/x-rar', 'rar'],
  ['application/x-7z-compressed', '7z'],
  ['image/jpeg image/jpg image/pjpeg', 'jpg jpeg jpe jfif'],
  ['image/png image/apng image/x-png', 'png apng'],
  ['image/tiff', 'tif tiff dng nef cr2 arw'],
  ['image/bmp image/x-ms-bmp image/x-bmp', 'bmp dib'],
  ['image/heic image/heif image/heic-sequence', 'heic heif'],
  ['image/emf image/x-emf', 'emf'],
  ['image/wmf image/x-wmf', 'wmf'],
  ['application/pdf application/x-pdf', 'pdf ai'],
  ['application/rtf text/rtf', 'rtf doc'],
  [
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document application/vnd.openxmlformats-officedocument.wordprocessingml.template',
    'docx dotx',
  ],
  [
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet application/vnd.openxmlformats-officedocument.spreadsheetml.template',
    'xlsx xltx',
  ],
  [
    'application/vnd.openxmlformats-officedocument.presentationml.presentation application/vnd.openxmlformats-officedocument.presentationml.slideshow application/vnd.openxmlformats-officedocument.presentationml.template',
    'pptx ppsx potx',
  ],
  [
    'application/vnd.ms-word.document.macroenabled.12 application/vnd.ms-word.template.macroenabled.12',
    'docm dotm',
  ],
  [
    'application/vnd.ms-excel.sheet.macroenabled.12 application/vnd.ms-excel.template.macroenabled.12 application/vnd.ms-excel.addin.macroenabled.12',
    'xlsm xltm xlam',
  ],
  ['application/vnd.ms-excel.sheet.binary.macroenabled.12', 'xlsb'],
  [
    'application/vnd.ms-powerpoint.presentation.macroenabled.12 application/vnd.ms-powerpoint.slideshow.macroenabled.12 application/vnd.ms-powerpoint.template.macroenabled.12 application/vnd.ms-powerpoint.addin.macroenabled.12',
    'pptm ppsm potm ppam',
  ],
  ['application/msword', 'doc dot'],
  ['application/vnd.ms-excel application/msexcel application/x-msexcel', 'xls xlt xla'],
  ['application/vnd.ms-powerpoint application/mspowerpoint', 'ppt pps pot'],
  ['application/vnd.ms-outlook', 'msg oft'],
  ['application/x-msi', 'msi msp mst'],
  ['application/x-ole-storage', 'doc xls ppt msg vsd mpp pub db'],
  ['application/x-encrypted-office', 'docx xlsx pptx docm xlsm pptm xlsb doc xls ppt'],
  ['application/vnd.oasis.opendocument.text', 'odt ott'],
  ['application/vnd.oasis.opendocument.spreadsheet', 'ods ots'],
  ['application/vnd.oasis.opendocument.presentation', 'odp otp'],
  ['application/x-msdownload application/vnd.microsoft.portable-executable', 'exe dll sys ocx scr cpl com'],
  ['application/x-elf', 'elf so o bin out run ko'],
  ['application/x-mach-binary', 'macho dylib o'],
  ['application/java-archive application/x-java-archive', 'jar war ear'],
  ['application/x-iso9660-image', 'iso img'],
  ['application/x-udf-image', 'iso img udf'],
  ['application/x-raw-disk-image', 'img ima bin dd raw'],
  ['application/onenote application/msonenote', 'one onetoc2 onepkg'],
];

/** Texts that are more than plain; each may also be called plain text. */
const TEXTS: readonly (readonly [types: string, extensions: string])[] = [
  ['text/html application/xhtml+xml', 'html htm xhtml xht shtml hta'],
  ['image/svg+xml', 'svg'],
  ['application/xml text/xml', 'xml'],
  ['application/json', 'json'],
  ['message/rfc822 multipart/related', 'eml mht mhtml'],
];

/** Binary kinds whose declared type alone says nothing: programs name these any way. */
const LENIENT = /^(audio|video|font)\//;

/** Endings that only text has. */
const PLAIN_TEXT = /^(txt|csv|tsv|md|log)$/;

const words = (line: string): readonly string[] => line.split(' ');
const kinds = KINDS.map(([types, extensions]) => ({ types: words(types), extensions: words(extensions) }));
const texts = TEXTS.map(([types, extensions]) => ({ types: words(types), extensions: words(extensions) }));

/** Endings and types of files that are no text. */
const binaryExtensions = new Set([...supportedExtensions, ...kinds.flatMap(({ extensions }) => extensions)]);
const binaryTypes = new Set<string>([...supportedMimeTypes, ...kinds.flatMap(({ types }) => types)]);
for (const { types, extensions } of texts) {
  for (const extension of extensions) binaryExtensions.delete(extension);
  for (const type of types) binaryTypes.delete(type);
}
for (const extension of ['ics', 'vcf', 'ps', 'eps', 'xml', 'out', 'raw', 'bin'])
  binaryExtensions.delete(extension);
for (const type of binaryTypes)
  if (type.startsWith('text/') || type.endsWith('+xml')) binaryTypes.delete(type);

/** @param real as {@link detect} tells; @param declared without parameters, undefined where nobody says */
export function isMismatch(real: string, name: string, declared: string | undefined): boolean {
  if (real === UNKNOWN) return false;
  const extension = extensionOf(name);
  const said = declared?.split(';')[0]?.trim().toLowerCase() ?? '';
  return disagrees(real, extension, said === UNKNOWN ? '' : said);
}

/** The ending of a name in lower case without its dot; empty where it has none. */
export function extensionOf(name: string): string {
  return /\.([^.\s]{1,20})[.\s]*$/.exec(name)?.[1]?.toLowerCase() ?? '';
}

function disagrees(real: string, extension: string, declared: string): boolean {
  const text = texts.find(({ types }) => types[0] === real);
  if (text !== undefined || isPlainText(real)) {
    const others = texts.filter((other) => other !== text);
    return (
      binaryExtensions.has(extension) ||
      binaryTypes.has(declared) ||
      (/^(image|audio|video|font)\//.test(declared) && text?.types.includes(declared) !== true) ||
      (text !== undefined && others.some(({ types }) => types.includes(declared)))
    );
  }
  const kind = kinds.find(({ types }) => types[0] === real);
  if (LENIENT.test(real)) {
    const family = (type: string): boolean => LENIENT.test(type);
    return (declared !== '' && !family(declared)) || isOtherKind(real, extension);
  }
  if (kind === undefined) return (declared !== '' && declared !== real) || isOtherKind(real, extension);
  return (
    (declared !== '' && !kind.types.includes(declared)) ||
    (extension !== '' && !kind.extensions.includes(extension) && isKnown(extension))
  );
}

/** Whether an ending belongs to text, or to a kind that has a row here, and so not to one that has none. */
function isOtherKind(real: string, extension: string): boolean {
  if (PLAIN_TEXT.test(extension)) return true;
  const rows = [...kinds, ...texts].filter(({ extensions }) => extensions.includes(extension));
  return rows.length > 0 && rows.every(({ types }) => !types.includes(real));
}

function isKnown(extension: string): boolean {
  return (
    PLAIN_TEXT.test(extension) ||
    texts.some(({ extensions }) => extensions.includes(extension)) ||
    binaryExtensions.has(extension) ||
    riskOfExtension(extension) !== undefined
  );
}

function isPlainText(real: string): boolean {
  return real.startsWith('text/') || real === 'application/x-httpd-php' || real === 'application/mbox';
}
