/**
 * C2SP tlog-checkpoints: the signed head of a log, as text. The log's origin is also the name of its key.
 * A checkpoint that was opened is signed by that key; cosignatures of witnesses beside it are tolerated.
 */
import { fromString } from 'uint8arrays/from-string';
import { toString } from 'uint8arrays/to-string';
import type { CryptoSuite, Sha256, Signer } from '../crypto/suite.ts';
import { accept, refuse, type Result } from '../errors/index.ts';
import { decodeBase64, openSigned, parseNote, signNote } from './note.ts';

const ROOT_BYTES = 32;
const DECIMAL = /^(0|[1-9][0-9]*)$/;

export interface Checkpoint {
  readonly origin: string;
  /** How many entries the log has. */
  readonly size: number;
  /** The root hash of the tree of that size, 32 bytes. */
  readonly root: Uint8Array;
  /** Lines after the root: opaque here. Witnesses sign them without a word on what they say. */
  readonly extensions: readonly string[];
  /** The exact text that was signed: what a witness cosigns. */
  readonly text: string;
}

/** A checkpoint whose signature was verified. */
export interface SignedCheckpoint extends Checkpoint {
  /** The note with the log's signature alone. */
  readonly note: string;
}

/** What a log signs as its head. */
export interface Head {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
  readonly extensions?: readonly string[];
}

/** The origin of an organisation's log, which is also the name of the key that signs its checkpoints. */
export function logOrigin(domain: string): string {
  return `${domain}/chancery`;
}

/**
 * The signed checkpoint of a log's head, as text. A log never signs two heads that are not consistent.
 * Throws a RangeError for an extension that is empty or more than a line.
 */
export async function signCheckpoint(head: Head, signer: Signer, sha256: Sha256): Promise<string> {
  const { origin, size, root, extensions = [] } = head;
  if (extensions.some((line) => line === '' || line.includes('\n')))
    throw new RangeError('an extension of a checkpoint is one line');
  const lines = [origin, String(size), toString(root, 'base64pad'), ...extensions];
  return signNote(`${lines.join('\n')}\n`, origin, signer, sha256);
}

/**
 * Opens a checkpoint of `origin`, signed by its raw Ed25519 `publicKey`.
 * Refuses with `checkpoint.malformed` (also when it is of another log, or larger than 2^53 - 1) or
 * `checkpoint.bad-signature`.
 */
export function openCheckpoint(
  note: Uint8Array | string,
  origin: string,
  publicKey: Uint8Array,
  suite: CryptoSuite,
): Result<SignedCheckpoint> {
  const opened = openSigned(note, { name: origin, publicKey }, suite);
  if (!opened.ok) return opened;
  const { text, line } = opened.value;
  const read = readText(text);
  if (!read.ok) return read;
  if (read.value.origin !== origin) return malformed(`its origin is not ${origin}`);
  return accept({ ...read.value, note: `${text}\n${line}` });
}

/** What a checkpoint says, whoever signed it: for one that was opened before, or whose log is still to be looked up. */
export function readCheckpoint(note: Uint8Array | string): Result<Checkpoint> {
  const parsed = parseNote(note);
  return parsed.ok ? readText(parsed.value.text) : parsed;
}

/** A decimal as the C2SP specifications write sizes; undefined for anything else, and above 2^53 - 1. */
export function readDecimal(text: string): number | undefined {
  const value = Number(text);
  return DECIMAL.test(text) && Number.isSafeInteger(value) ? value : undefined;
}

/** The SHA-256 of a log’s origin in hex: where a witness shows the log’s latest checkpoint (tlog-witness). */
export function originHash(sha256: Sha256, origin: string): string {
  return toString(sha256(fromString(origin)), 'hex');
}

function readText(text: string): Result<Checkpoint> {
  const [origin = '', decimal = '', encoded = '', ...extensions] = text.slice(0, -1).split('\n');
  if (origin === '') return malformed('it has no origin');
  const size = readDecimal(decimal);
  if (size === undefined) return malformed('its size is not a usable number');
  const root = decodeBase64(encoded);
  if (root?.length !== ROOT_BYTES) return malformed('its root is not a hash in base64');
  if (extensions.includes('')) return malformed('it has an empty line');
  return accept({ origin, size, root, extensions, text });
}

function malformed(why: string): ReturnType<typeof refuse> {
  return refuse('checkpoint.malformed', `the checkpoint cannot be used: ${why}; ask the log for it again`);
}
