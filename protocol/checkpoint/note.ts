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

/** The largest note that is read, in bytes: room for 16 post-quantum signatures of nearly 5 kB each. */
export const NOTE_BYTES_MAX = 128 * 1024;

/** The most signature lines that are read: the standard asks for at least 16. */
export const NOTE_SIGNATURES_MAX = 64;

/** C2SP signed-note, "Signature types": Ed25519 over the note text. */
const ED25519 = 0x01;

const KEY_ID_BYTES = 4;
const SIGNATURE_BYTES = 64;
const LINE_PREFIX = '— ';

// Controls other than newline are forbidden in a note; key names also hold no space and no plus.
const CONTROLS = /[\u0000-\u0009\u000b-\u001f]/;
const NAME_FORBIDDEN = /[\s\u0085+]/u;

/** A key that is trusted to sign notes under this name. */
export interface NoteKey {
  readonly name: string;
  /** Raw Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** The id of a key under a name: SHA-256(name || 0x0A || 0x01 || public key), its first 4 bytes. */
export function noteKeyId(sha256: Sha256, key: NoteKey): Uint8Array {
  const input = concat([fromString(key.name), Uint8Array.of(0x0a, ED25519), key.publicKey]);
  return sha256(input).subarray(0, KEY_ID_BYTES);
}

/**
 * Signs a text as a note. The text ends in a newline and is valid for a note, the name holds no space and no plus:
 * anything else is our own fault and throws a RangeError.
 */
export async function signNote(text: string, name: string, signer: Signer, sha256: Sha256): Promise<string> {
  if (!text.endsWith('\n') || CONTROLS.test(text)) throw new RangeError('the text is not the text of a note');
  if (!isName(name)) throw new RangeError('the name is not the name of a note key');
  const signature = await signer.sign(fromString(text));
  const line = concat([noteKeyId(sha256, { name, publicKey: signer.publicKey }), signature]);
  return `${text}\n${LINE_PREFIX}${name} ${toString(line, 'base64pad')}\n`;
}

/**
 * Returns the note's text, final newline included, when `key` signed it.
 * Refuses with `checkpoint.malformed`, or with `checkpoint.bad-signature` when the key's signature is absent or wrong.
 */
export function openNote(note: Uint8Array | string, key: NoteKey, suite: CryptoSuite): Result<string> {
  const decoded = typeof note === 'string' ? note : toString(note);
  const bytes = fromString(decoded);
  if (bytes.length > NOTE_BYTES_MAX) return malformed(`it has more than ${NOTE_BYTES_MAX} bytes`);
  if (typeof note === 'string' ? toString(bytes) !== note : !equals(bytes, note)) {
    return malformed('it is not valid UTF-8');
  }
  if (CONTROLS.test(decoded)) return malformed('it holds a control character');
  const blank = decoded.lastIndexOf('\n\n');
  if (blank < 0 || !decoded.endsWith('\n')) return malformed('it has no signature lines');
  const text = decoded.slice(0, blank + 1);
  const lines = decoded.slice(blank + 2, -1).split('\n');
  if (lines.length > NOTE_SIGNATURES_MAX)
    return malformed(`it has more than ${NOTE_SIGNATURES_MAX} signatures`);
  return verifyLines(text, lines, key, suite);
}

function verifyLines(
  text: string,
  lines: readonly string[],
  key: NoteKey,
  suite: CryptoSuite,
): Result<string> {
  const id = noteKeyId(suite.sha256, key);
  const signed = fromString(text);
  let verified = false;
  for (const line of lines) {
    const parsed = parseLine(line);
    if (parsed === undefined) return malformed('a signature line is not of the form — name base64');
    const { name, keyId, signature } = parsed;
    if (name !== key.name || !equals(keyId, id)) continue;
    if (signature.length !== SIGNATURE_BYTES || !suite.verifyEd25519(key.publicKey, signed, signature)) {
      return refuse(
        'checkpoint.bad-signature',
        `the signature of ${key.name} does not verify; ask for the note again`,
      );
    }
    verified = true;
  }
  if (!verified) {
    return refuse(
      'checkpoint.bad-signature',
      `the note carries no signature of ${key.name}; check the key that is trusted`,
    );
  }
  return accept(text);
}

interface SignatureLine {
  readonly name: string;
  readonly keyId: Uint8Array;
  readonly signature: Uint8Array;
}

function parseLine(line: string): SignatureLine | undefined {
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
