/**
 * What the views are made from where that is not the whole content: of a message who, where and when, and keyed tokens
 * of what was said; of a receipt which rows of ours it settles. A header can be opened when its content no longer can.
 */
import { z } from 'zod';
import { bytes, count, decodeCbor, encodeCbor, hash32, milliseconds } from '../../protocol/encoding/index.ts';
import { TOKEN_BYTES } from '../sealing/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { MAX_TOKENS } from './token-set.ts';

/** Bytes of a header: a membership message has a whole conversation in it. */
const MAX_HEADER_BYTES = 196_608;

const SHAPES = {
  message: z.strictObject({
    v: z.literal(1),
    id: hash32,
    conversation: hash32,
    sender: z.string(),
    device: hash32,
    kind: z.string(),
    /** The sender's claim. */
    origin: milliseconds,
    /** The partner it came from; null for one of our own. */
    from: z.string().nullable(),
    /** Its position in the partner's log, as the partner said; null for one of our own. */
    position: count.nullable(),
    /** The conversation as it is from then on, encoded, where the message changed it. */
    conversationAfter: bytes(MAX_HEADER_BYTES).nullable(),
    /** The id of the message that it edits or recalls. */
    target: hash32.optional(),
    /** The hash of the sealed file that it brings along. */
    file: hash32.optional(),
    /** What it is found by, made from what it says as it was archived: see `message-tokens.ts`. */
    tokens: bytes(MAX_TOKENS * TOKEN_BYTES).optional(),
    /** The schedule it was archived under, and the days for which that keeps it whatever the schedule becomes. */
    keep: z.strictObject({ schedule: z.string().max(64), floorDays: count }).optional(),
    /** It is kept back until somebody looked at it. */
    held: z.literal(true).optional(),
  }),
  receipt: z.strictObject({
    v: z.literal(1),
    from: z.string(),
    /** The messages it is about: position in our log, sender, id. */
    settled: z.array(z.tuple([count, z.string(), hash32])).min(1),
    /** The first position that may still wait for the partner. */
    next: count,
    /** Of those that were released after they came: their places in the outbox. */
    released: z.array(count).optional(),
  }),
} as const;

export type HeaderKind = keyof typeof SHAPES;
export type HeaderOf<K extends HeaderKind> = Omit<z.infer<(typeof SHAPES)[K]>, 'v'>;

export function hasHeader(kind: string): kind is HeaderKind {
  return Object.hasOwn(SHAPES, kind);
}

export function encodeHeader<K extends HeaderKind>(_kind: K, header: HeaderOf<K>): Uint8Array {
  return encodeCbor({ v: 1, ...header });
}

/** Decodes what this program wrote; throws `archive.damaged` otherwise. */
export function headerOf<K extends HeaderKind>(kind: K, header: Uint8Array): HeaderOf<K> {
  const shape = SHAPES[kind] as unknown as z.ZodType<HeaderOf<K>>;
  const decoded = decodeCbor(header, MAX_HEADER_BYTES, shape, `header of a ${kind}`);
  if (!decoded.ok) throw new ChanceryError('archive.damaged', decoded.refusal.message);
  return decoded.value;
}
