/** What the log's entries about officers' acts, and about the schedules in force, say. */
import { z } from 'zod';
import { bytes, hash32 } from '../../protocol/encoding/index.ts';
import { MAX_ACT_BYTES, MAX_POLICY_LENGTH } from '../../protocol/oversight/index.ts';

/** Bytes that signing adds to an act. */
const SIGNING_BYTES = 80;

export const officerActShape = z.strictObject({
  v: z.literal(1),
  /** As it was signed: `protocol/oversight/act.ts`. */
  act: bytes(MAX_ACT_BYTES + SIGNING_BYTES),
  /** Device, issuer and root (DER): it is checked from the log alone. */
  chain: z.array(bytes(2_048)).length(3),
});

export const oversightPolicyShape = z.strictObject({
  v: z.literal(1),
  /** The schedules, as `node/retention/policy.ts` writes them. */
  policy: z.string().max(MAX_POLICY_LENGTH),
  /** SHA-256 of the act that approved it; left out where nothing was shortened. */
  act: hash32.optional(),
});
