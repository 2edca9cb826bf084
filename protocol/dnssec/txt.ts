/** TXT records (RFC 1035, section 3.3.14): character strings of at most 255 bytes, which read as one text. */
import { concat } from 'uint8arrays/concat';
import { fromString } from 'uint8arrays/from-string';
import { toString } from 'uint8arrays/to-string';

const MAX_STRING_BYTES = 255;

/** The strings of the rdata, joined and read as UTF-8; `undefined` if they do not fill the rdata exactly. */
export function parseTxt(rdata: Uint8Array): string | undefined {
  const parts: Uint8Array[] = [];
  let at = 0;
  while (at < rdata.length) {
    const end = at + 1 + (rdata[at] ?? 0);
    if (end > rdata.length) return undefined;
    parts.push(rdata.subarray(at + 1, end));
    at = end;
  }
  return parts.length === 0 ? undefined : toString(concat(parts), 'utf8');
}

/** The rdata of one text, cut into strings of the greatest length. */
export function encodeTxt(text: string): Uint8Array {
  const bytes = fromString(text, 'utf8');
  const parts: Uint8Array[] = [];
  for (let at = 0; at === 0 || at < bytes.length; at += MAX_STRING_BYTES) {
    const part = bytes.subarray(at, at + MAX_STRING_BYTES);
    parts.push(Uint8Array.of(part.length), part);
  }
  return concat(parts);
}
