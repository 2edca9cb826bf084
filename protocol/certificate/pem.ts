/** The textual encoding of certificates and keys (RFC 7468, strict form; line ends of either kind). */
import { fromString } from 'uint8arrays/from-string';
import { toString } from 'uint8arrays/to-string';
import { accept, refuse, type Result } from '../errors/index.ts';

/** Characters of a text that are looked at: a certificate or key takes less than a tenth. */
const MAX_PEM_CHARACTERS = 65_536;

const LINE = 64;
const FORM = /^-----BEGIN ([A-Z0-9 ]+)-----\n((?:[A-Za-z0-9+/=]{1,64}\n)+)-----END \1-----$/;

/** The PEM text of the bytes, ending with a line end; the label is e.g. `CERTIFICATE`. */
export function encodePem(label: string, der: Uint8Array): string {
  const text = toString(der, 'base64pad');
  const lines: string[] = [];
  for (let at = 0; at < text.length; at += LINE) lines.push(text.slice(at, at + LINE));
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

/** The bytes of the one PEM block in the text. Refuses with `encoding.too-large` or `encoding.malformed`. */
export function decodePem(label: string, text: string): Result<Uint8Array> {
  if (text.length > MAX_PEM_CHARACTERS) {
    return refuse('encoding.too-large', `a PEM text has ${text.length} characters; give one block only`);
  }
  const [, found, body] = FORM.exec(text.replaceAll('\r\n', '\n').trim()) ?? [];
  if (found !== label || body === undefined) {
    return refuse('encoding.malformed', `the text is not one PEM block of the kind ${label}`);
  }
  const base64 = body.replaceAll('\n', '');
  try {
    const der = fromString(base64, 'base64pad');
    if (toString(der, 'base64pad') === base64) return accept(der);
  } catch {
    // not base64: as below
  }
  return refuse('encoding.malformed', `the PEM block ${label} does not hold canonical base64`);
}
