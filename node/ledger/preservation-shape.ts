/** What the log's entries about requests for preservation say. */
import { z } from 'zod';
import { bytes, hash32 } from '../../protocol/encoding/index.ts';
import { MAX_PRESERVATION_BYTES } from '../../protocol/statement/index.ts';

/** Bytes of a statement with its signature. */
const MAX_STATEMENT_BYTES = MAX_PRESERVATION_BYTES + 80;

export const preservationShape = z.strictObject({
  v: z.literal(1),
  /** The other organisation. */
  partner: z.string(),
  /** Whether we asked it, or it asked us. */
  direction: z.enum(['sent', 'received']),
  /** The id of the request. */
  id: hash32,
  state: z.enum(['requested', 'delivered', 'accepted', 'declined', 'withdrawn']),
  /** Whether the partner has all that we said of it. */
  told: z.boolean(),
  /** What was signed and came to this: by us or by them; empty where a partner knows nothing of what is withdrawn. */
  statement: bytes(MAX_STATEMENT_BYTES),
  /** The certificates that verify it where they signed it; none where we did. */
  chain: z.array(bytes(2_048)).max(3),
  /** The officer who acts, here or there. */
  actor: z.string(),
  reason: z.string(),
});
