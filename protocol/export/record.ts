/**
 * One entry of the log as an export carries it, a line of JSON: the leaf, what the leaf commits to with its salt, and the
 * proof that the log holds it under the checkpoint of the export.
 */
import { z } from 'zod';
import { PROOF_HASHES_MAX } from '../checkpoint/index.ts';
import { count } from '../encoding/index.ts';
import type { Result } from '../errors/index.ts';
import { base64, toBase64 } from './base64.ts';
import { parseExact } from './json.ts';

/** Bytes of a content with its salt: a message, or who looked at messages. */
const MAX_SALTED_BYTES = 131_072;

const shape = z.strictObject({
  sequence: count,
  entry: base64(256),
  salted: base64(MAX_SALTED_BYTES),
  proof: z.array(base64(32)).max(PROOF_HASHES_MAX),
});

export interface ExportedRecord {
  readonly sequence: number;
  /** The leaf of the tree. */
  readonly entry: Uint8Array;
  /** Salt, then content. */
  readonly salted: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** A line, without its newline. */
export function formatRecord({ sequence, entry, salted, proof }: ExportedRecord): string {
  return JSON.stringify({
    sequence,
    entry: toBase64(entry),
    salted: toBase64(salted),
    proof: proof.map(toBase64),
  });
}

/** Refuses with `export.damaged`. */
export function parseRecord(line: string): Result<ExportedRecord> {
  return parseExact(line, shape, formatRecord);
}
