/**
 * C2SP tlog-cosignatures, version 1: a witness's timed statement that a checkpoint is the largest it has seen of a log,
 * and consistent with all it saw before. It is one more signature line of the checkpoint's note. What is signed begins
 * with its own header, so that it cannot pass for a note's signature, and a checkpoint's cannot pass for it.
 */
import { concat } from 'uint8arrays/concat';
import { fromString } from 'uint8arrays/from-string';
import type { CryptoSuite, Sha256, Signer } from '../crypto/suite.ts';
import { accept, type Result } from '../errors/index.ts';
import { noteKeyId, type NoteKey } from './note-key.ts';
import { badSignature, parseNote, signatureLine, signaturesOf, type NoteSignature } from './note.ts';

const TIME_BYTES = 8;
const SIGNATURE_BYTES = 64;

/** Who cosigned, and when. */
export interface Cosignature {
  readonly witness: NoteKey;
  /** Seconds since 1970, as the witness's clock had it. */
  readonly time: number;
  /** The signature line, final newline included. */
  readonly line: string;
}

/** The name of an organisation's key as a witness. */
export function witnessName(domain: string): string {
  return `${domain}/chancery/witness`;
}

/** The signature line with which a witness cosigns a checkpoint's text, at `time` in seconds since 1970. */
export async function cosign(
  text: string,
  name: string,
  time: number,
  signer: Signer,
  sha256: Sha256,
): Promise<string> {
  const signature = concat([encodeTime(time), await signer.sign(signedBytes(text, time))]);
  const keyId = noteKeyId(sha256, { name, publicKey: signer.publicKey }, 'cosignature');
  return signatureLine({ name, keyId, signature });
}

/**
 * Which of these witnesses cosigned a checkpoint, each once with its latest time; lines of others are not looked at.
 * Refuses with `checkpoint.malformed`, or with `checkpoint.bad-signature` where a line of one of them does not verify.
 */
export function openCosignatures(
  note: Uint8Array | string,
  witnesses: readonly NoteKey[],
  suite: CryptoSuite,
): Result<readonly Cosignature[]> {
  const parsed = parseNote(note);
  if (!parsed.ok) return parsed;
  const found: Cosignature[] = [];
  for (const witness of witnesses) {
    const keyId = noteKeyId(suite.sha256, witness, 'cosignature');
    let latest: Cosignature | undefined;
    for (const line of signaturesOf(parsed.value.signatures, witness.name, keyId)) {
      const time = verifiedTime(parsed.value.text, line, witness, suite);
      if (time === undefined) return badSignature(witness.name);
      if (latest === undefined || time > latest.time) latest = { witness, time, line: signatureLine(line) };
    }
    if (latest !== undefined) found.push(latest);
  }
  return accept(found);
}

/** The time of a cosignature that verifies; undefined for one that does not, or that leaves the time out. */
function verifiedTime(
  text: string,
  { signature }: NoteSignature,
  { publicKey }: NoteKey,
  suite: CryptoSuite,
): number | undefined {
  if (signature.length !== TIME_BYTES + SIGNATURE_BYTES) return undefined;
  const time = decodeTime(signature);
  if (time === 0 || !Number.isSafeInteger(time)) return undefined;
  const valid = suite.verifyEd25519(publicKey, signedBytes(text, time), signature.subarray(TIME_BYTES));
  return valid ? time : undefined;
}

/** tlog-cosignature, "Ed25519 signed message". */
function signedBytes(text: string, time: number): Uint8Array {
  return fromString(`cosignature/v1\ntime ${time}\n${text}`);
}

function encodeTime(time: number): Uint8Array {
  const bytes = new Uint8Array(TIME_BYTES);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(time));
  return bytes;
}

function decodeTime(bytes: Uint8Array): number {
  return Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0));
}
