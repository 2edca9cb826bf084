/**
 * C2SP tlog-checkpoints: the signed head of a log, as text. The log's origin is also the name of its key.
 * A checkpoint that was opened is signed by that key; cosignatures of witnesses beside it are tolerated.
 */
import { toString } from 'uint8arrays/to-string';
import type { CryptoSuite, Sha256, Signer } from '../crypto/suite.ts';
import { accept, refuse, type Result } from '../errors/index.ts';
import { decodeBase64, openNote, signNote } from './note.ts';

const ROOT_BYTES = 32;
const DECIMAL = /^(0|[1-9][0-9]*)$/;

export interface Checkpoint {
  readonly origin: string;
  /** How many entries the log has. */
  readonly size: number;
  /** The root hash of the tree of that size, 32 bytes. */
  readonly root: Uint8Array;
  /** Lines after the root that this program gives no meaning to. */
  readonly extensions: readonly string[];
  /** The exact text that was signed: what a witness cosigns. */
  readonly text: string;
}

/** The origin of an organisation's log, which is also the name of the key that signs its checkpoints. */
export function logOrigin(domain: string): string {
  return `${domain}/chancery`;
}

/** The signed checkpoint of a log's head, as text. A log never signs two heads that are not consistent. */
export async function signCheckpoint(
  head: Pick<Checkpoint, 'origin' | 'size' | 'root'>,
  signer: Signer,
  sha256: Sha256,
): Promise<string> {
  const text = `${head.origin}\n${head.size}\n${toString(head.root, 'base64pad')}\n`;
  return signNote(text, head.origin, signer, sha256);
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
): Result<Checkpoint> {
  const opened = openNote(note, { name: origin, publicKey }, suite);
  return opened.ok ? parseText(opened.value, origin) : opened;
}

function parseText(text: string, expected: string): Result<Checkpoint> {
  const [origin = '', decimal = '', encoded = '', ...extensions] = text.slice(0, -1).split('\n');
  if (origin !== expected) return malformed(`its origin is not ${expected}`);
  const size = Number(decimal);
  if (!DECIMAL.test(decimal) || !Number.isSafeInteger(size))
    return malformed('its size is not a usable number');
  const root = decodeBase64(encoded);
  if (root?.length !== ROOT_BYTES) return malformed('its root is not a hash in base64');
  if (extensions.includes('')) return malformed('it has an empty line');
  return accept({ origin, size, root, extensions, text });
}

function malformed(why: string): ReturnType<typeof refuse> {
  return refuse('checkpoint.malformed', `the checkpoint cannot be used: ${why}; ask the log for it again`);
}
