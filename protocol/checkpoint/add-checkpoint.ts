/**
 * The body of C2SP tlog-witness's `add-checkpoint`: the size that the witness cosigned last, a proof that leads from there,
 * and the checkpoint. Decoding verifies nothing but the form.
 */
import { toString } from 'uint8arrays/to-string';
import { accept, refuse, type Result } from '../errors/index.ts';
import { readDecimal } from './checkpoint.ts';
import { decodeBase64, NOTE_BYTES_MAX } from './note.ts';

/** Hashes in the proof, at most, as the specification has it: enough for any tree below 2^63 leaves. */
export const PROOF_HASHES_MAX = 63;

const HASH_BYTES = 32;

/** The largest body that is read, in characters: a note, the most hashes in base64, each on its line, and the old size. */
export const ADD_CHECKPOINT_MAX: number = NOTE_BYTES_MAX + PROOF_HASHES_MAX * 45 + 32;

export interface AddCheckpoint {
  /** The size of the tree that the proof starts from; 0 for none. */
  readonly oldSize: number;
  readonly proof: readonly Uint8Array[];
  /** The signed checkpoint, as text. */
  readonly checkpoint: string;
}

export function encodeAddCheckpoint({ oldSize, proof, checkpoint }: AddCheckpoint): string {
  const hashes = proof.map((hash) => `${toString(hash, 'base64pad')}\n`);
  return `old ${oldSize}\n${hashes.join('')}\n${checkpoint}`;
}

/** Refuses with `checkpoint.malformed`: the answer to which is 400. */
export function decodeAddCheckpoint(body: string): Result<AddCheckpoint> {
  if (body.length > ADD_CHECKPOINT_MAX) return malformed(`it has more than ${ADD_CHECKPOINT_MAX} characters`);
  const blank = body.indexOf('\n\n');
  if (blank < 0) return malformed('it has no empty line before the checkpoint');
  const [first = '', ...lines] = body.slice(0, blank).split('\n');
  const oldSize = first.startsWith('old ') ? readDecimal(first.slice(4)) : undefined;
  if (oldSize === undefined) return malformed('its first line is not the old size');
  if (lines.length > PROOF_HASHES_MAX) return malformed(`it has more than ${PROOF_HASHES_MAX} hashes`);
  const proof = lines.map(decodeBase64).filter((hash) => hash?.length === HASH_BYTES) as Uint8Array[];
  if (proof.length !== lines.length) return malformed('a line of its proof is not a hash in base64');
  return accept({ oldSize, proof, checkpoint: body.slice(blank + 2) });
}

function malformed(why: string): ReturnType<typeof refuse> {
  return refuse('checkpoint.malformed', `the request to cosign cannot be read: ${why}; send it anew`);
}
