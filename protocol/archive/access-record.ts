/** What the archive holds of a look at what was said, as the content of an entry: who looked, why, and at what. */
import { z } from 'zod';
import { count, decodeCbor } from '../encoding/index.ts';
import type { Result } from '../errors/index.ts';

/** Entries that one look shows. */
const MAX_ACCESSED = 512;

/** Bytes of a record: its entries, and what was sought in the words of who sought. */
const MAX_ACCESS_BYTES = 65_536;

export const accessRecordShape = z.strictObject({
  v: z.literal(1),
  actor: z.string(),
  /** The peer id of the officer's device; null where an operator looks, at the node. */
  device: z.string().nullable(),
  /** Whether the entries were listed, handed out to be read, or to be handed on. */
  action: z.enum(['find', 'open', 'export']),
  purpose: z.string(),
  case: z.string(),
  /** What was asked for, in the words of who asked. */
  query: z.string(),
  entries: z.array(count).max(MAX_ACCESSED),
  /** The request that another officer approved; left out where none was needed. */
  approval: count.optional(),
});

export type AccessRecord = Omit<z.infer<typeof accessRecordShape>, 'v'>;

/** Refuses with an `encoding.*` code. */
export function decodeAccessRecord(content: Uint8Array): Result<AccessRecord> {
  return decodeCbor(content, MAX_ACCESS_BYTES, accessRecordShape, 'the record of an access');
}
