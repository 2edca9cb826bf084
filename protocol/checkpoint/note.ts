/**
 * C2SP signed notes: a text with signatures below it, each under a key's name and a 4-byte key id.
 * A note that was opened carries the exact text that was signed. Signatures by other keys are tolerated and not
 * looked at: any number of witnesses can add theirs.
 */
import { concat } from 'uint8arrays/concat';
import { equals } from 'uint8arrays/equals';
import { fromString } from 'uint8arrays/from-string';
import { toString } from 'uint8arrays/to-string';
import type { CryptoSuite, Sha256, Signer } from '../crypto/suite.ts';
import { accept, refuse, type Result } from '../errors/index.ts';
import { noteKeyId, type NoteKey } from './note-key.ts';

/** The largest note that is read, in bytes: room for 16 post-quantum signatures of nearly 5 kB each. */
export const NOTE_BYTES_MAX = 128 * 1024;

/** The most signature lines that are read: the standard asks for at least 16. */
export const NOTE_SIGNATURES_MAX = 64;

const KEY_ID_BYTES = 4;
const SIGNATURE_BYTES = 64;
const LINE_PREFIX = '— ';

// Controls other than newline are forbidden in a note; key names also hold no space and no plus.
const CONTROLS = /[\u0000-\u0009\u000b-\u001f]/;
const NAME_FORBIDDEN = /[\s\u0085+]/u;

/** One signature line: whose it says it is, and what the key made. */
export interface NoteSignature {
  readonly name: string;
  readonly keyId: Uint8Array;
  readonly signature: Uint8Array;
}

/** A note taken apart. Nothing of it is verified. */
export interface ParsedNote {
  /** The text, final newline included. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/**
 * Signs a text as a note. The text ends in a newline and is valid for a note, the name holds no space and no plus:
 * anything else is our own fault and throws a RangeError.
 */
export async function signNote(text: string, name: string, signer: Signer, sha256: Sha256): Promise<string> {
  if (!text.endsWith('\n') || CONTROLS.test(text)) throw new RangeError('the text is not the text of a note');
  const signature = await signer.sign(fromString(text));
  const keyId = noteKeyId(sha256, { name, publicKey: signer.publicKey });
  return `${text}\n${signatureLine({ name, keyId, signature })}`;
}

/** A signature as a line of a note, final newline included. Throws a RangeError for a name that no key can have. */
export function signatureLine({ name, keyId, signature }: NoteSignature): string {
  if (!isName(name)) throw new RangeError('the name is not the name of a note key');
  return `${LINE_PREFIX}${name} ${toString(concat([keyId, signature]), 'base64pad')}\n`;
}

/** Takes a note apart and verifies nothing. Refuses with `checkpoint.malformed`. */
export function parseNote(note: Uint8Array | string): Result<ParsedNote> {
  const decoded = typeof note === 'string' ? note : toString(note);
  const bytes = fromString(decoded);
  if (bytes.length > NOTE_BYTES_MAX) return malformed(`it has more than ${NOTE_BYTES_MAX} bytes`);
  if (typeof note === 'string' ? toString(bytes) !== note : !equals(bytes, note)) {
    return malformed('it is not valid UTF-8');
  }
  if (CONTROLS.test(decoded)) return malformed('it holds a control character');
  const blank = decoded.lastIndexOf('\n\n');
  if (blank < 0) return malformed('it has no signature lines');
  const signatures = parseSignatures(decoded.slice(blank + 2));
  return signatures.ok
    ? accept({ text: decoded.slice(0, blank + 1), signatures: signatures.value })
    : signatures;
}

/** Reads signature lines: the end of a note, or what a witness answers. Refuses with `checkpoint.malformed`. */
export function parseSignatures(lines: string): Result<readonly NoteSignature[]> {
  if (!lines.endsWith('\n')) return malformed('it has no signature lines');
  const split = lines.slice(0, -1).split('\n');
  if (split.length > NOTE_SIGNATURES_MAX)
    return malformed(`it has more than ${NOTE_SIGNATURES_MAX} signatures`);
  const parsed = split.map(parseLine).filter((line) => line !== undefined);
  return parsed.length === split.length
    ? accept(parsed)
    : malformed('a signature line is not of the form — name base64');
}

/**
 * Returns the note's text, final newline included, when `key` signed it.
 * Refuses with `checkpoint.malformed`, or with `checkpoint.bad-signature` when the key's signature is absent or wrong.
 */
export function openNote(note: Uint8Array | string, key: NoteKey, suite: CryptoSuite): Result<string> {
  const opened = openSigned(note, key, suite);
  return opened.ok ? accept(opened.value.text) : opened;
}

/** The same, with the key's signature line. */
export function openSigned(
  note: Uint8Array | string,
  key: NoteKey,
  suite: CryptoSuite,
): Result<{ readonly text: string; readonly line: string }> {
  const parsed = parseNote(note);
  if (!parsed.ok) return parsed;
  const { text, signatures } = parsed.value;
  const own = signaturesOf(signatures, key.name, noteKeyId(suite.sha256, key));
  const signed = fromString(text);
  const valid = ({ signature }: NoteSignature): boolean =>
    signature.length === SIGNATURE_BYTES && suite.verifyEd25519(key.publicKey, signed, signature);
  const [first] = own;
  if (first === undefined) {
    return refuse(
      'checkpoint.bad-signature',
      `the note carries no signature of ${key.name}; check the key that is trusted`,
    );
  }
  return own.every(valid) ? accept({ text, line: signatureLine(first) }) : badSignature(key.name);
}

/** The signatures under a name and key id: of one key, but for a forger’s. */
export function signaturesOf(
  signatures: readonly NoteSignature[],
  name: string,
  keyId: Uint8Array,
): NoteSignature[] {
  return signatures.filter((line) => line.name === name && equals(line.keyId, keyId));
}

/** A signature of a known key that does not verify: the whole note is to be refused. */
export function badSignature(name: string): ReturnType<typeof refuse> {
  return refuse(
    'checkpoint.bad-signature',
    `the signature of ${name} does not verify; ask for the note again`,
  );
}

function parseLine(line: string): NoteSignature | undefined {
  if (!line.startsWith(LINE_PREFIX)) return undefined;
  const [name = '', encoded = '', ...rest] = line.slice(LINE_PREFIX.length).split(' ');
  const bytes = decodeBase64(encoded);
  if (!isName(name) || rest.length > 0 || bytes === undefined || bytes.length <= KEY_ID_BYTES)
    return undefined;
  return { name, keyId: bytes.subarray(0, KEY_ID_BYTES), signature: bytes.subarray(KEY_ID_BYTES) };
}

/** Standard base64 with padding (RFC 4648, section 4), in its one canonical form. */
export function decodeBase64(encoded: string): Uint8Array | undefined {
  try {
    const bytes = fromString(encoded, 'base64pad');
    return toString(bytes, 'base64pad') === encoded ? bytes : undefined;
  } catch {
    return undefined;
  }
}

function isName(name: string): boolean {
  return name !== '' && !NAME_FORBIDDEN.test(name) && !CONTROLS.test(name);
}

function malformed(why: string): ReturnType<typeof refuse> {
  return refuse('checkpoint.malformed', `the signed note cannot be read: ${why}; ask for it again`);
}
