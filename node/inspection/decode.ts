/**
 * Bytes as text: UTF-8 and UTF-16 with or without a byte order mark, else windows-1252, of which ISO 8859-1 is part.
 * Guarantees: what has control characters that text does not have is no text.
 */
import { MAX_TEXT_CHARACTERS } from './limits.ts';

/** Bytes looked at to tell what they are. */
const SAMPLE_BYTES = 64 * 1024;

/** Bytes decoded of one file: as many as its text could need, in any encoding. */
const MAX_DECODED_BYTES = 4 * MAX_TEXT_CHARACTERS;

/** Share of zero bytes in one half of the positions, and none to speak of in the other, that tells UTF-16. */
const ZEROS = 0.3;
const NO_ZEROS = 0.05;

const NOT_TEXT = /[\0-\x08\x0b\x0e-\x1a\x1c-\x1f]/;

export interface Decoded {
  readonly text: string;
  /** Whether there is more of it. */
  readonly cut: boolean;
}

/** The text of a file; undefined where it is none. */
export function decodeText(bytes: Uint8Array): Decoded | undefined {
  const cut = bytes.length > MAX_DECODED_BYTES;
  const part = cut ? bytes.subarray(0, MAX_DECODED_BYTES) : bytes;
  const encoding = markOf(part) ?? utf16Of(part.subarray(0, SAMPLE_BYTES));
  if (encoding !== undefined) return asText(new TextDecoder(encoding).decode(part), cut);
  try {
    // as a stream: the end may be in the midst of a character
    return asText(new TextDecoder('utf-8', { fatal: true }).decode(part, { stream: cut }), cut);
  } catch {
    const sample = new TextDecoder('windows-1252').decode(part.subarray(0, SAMPLE_BYTES));
    if (asText(sample, cut) === undefined) return undefined;
    return asText(new TextDecoder('windows-1252').decode(part), cut);
  }
}

/** The text of XML or HTML, whatever it is: in the encoding it says, where it has no byte order mark. */
export function decodeMarkup(bytes: Uint8Array): Decoded {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 1024));
  const [, label] = /(?:encoding|charset)\s*=\s*["']?([\w.:-]+)/i.exec(head) ?? [];
  const cut = bytes.length > MAX_DECODED_BYTES;
  const part = cut ? bytes.subarray(0, MAX_DECODED_BYTES) : bytes;
  const detected = markOf(part) ?? utf16Of(part.subarray(0, SAMPLE_BYTES));
  const named = label === undefined || /^utf-?16/i.test(label) ? undefined : decoderOf(label);
  const decoder = detected !== undefined ? new TextDecoder(detected) : named;
  if (decoder !== undefined) return { text: decoder.decode(part), cut };
  return decodeText(bytes) ?? { text: new TextDecoder('utf-8').decode(part), cut };
}

function asText(text: string, cut: boolean): Decoded | undefined {
  return NOT_TEXT.test(text) ? undefined : { text, cut };
}

function decoderOf(label: string): InstanceType<typeof TextDecoder> | undefined {
  try {
    return new TextDecoder(label);
  } catch {
    return undefined;
  }
}

function markOf([first, second, third]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return first === 0xef && second === 0xbb && third === 0xbf ? 'utf-8' : undefined;
}

function utf16Of(sample: Uint8Array): string | undefined {
  const half = Math.floor(sample.length / 2);
  if (half < 2) return undefined;
  let [even, odd] = [0, 0];
  for (let at = 0; at < half * 2; at += 1) {
    if (sample[at] !== 0) continue;
    if (at % 2 === 0) even += 1;
    else odd += 1;
  }
  if (odd > half * ZEROS && even < half * NO_ZEROS) return 'utf-16le';
  return even > half * ZEROS && odd < half * NO_ZEROS ? 'utf-16be' : undefined;
}
