/** An entry that the archive opens itself: its leaf, and what that commits to, salt first. */
import { z } from 'zod';
import { bytes, count } from '../encoding/index.ts';

/** Bytes stored for entries in one answer: leaves room in a frame for proofs and the certificates of who signed. */
export const MAX_DISCLOSED_BYTES = 524_288;

export const openShape = z.strictObject({
  sequence: count,
  entry: bytes(256),
  salted: bytes(MAX_DISCLOSED_BYTES),
});

export type OpenEntry = z.infer<typeof openShape>;
