/**
 * What is known of the people of partners, so that a change of it can be told to those whom it concerns: the keys and
 * the name each was last seen with, and the conversations with them. Two views, since different facts change them.
 */
import { equals } from 'uint8arrays/equals';
import { z } from 'zod';
import { domainOf, type Conversation } from '../../protocol/conversation/index.ts';
import { decodeCbor, encodeCbor, hash32, seconds } from '../../protocol/encoding/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { Op } from '../archive/index.ts';
import { put } from './fact.ts';
import type { Views } from './view.ts';

/** Keys remembered of one person: a device a month for five years. */
const MAX_KEYS = 64;

/** Conversations remembered with one person, the latest: whoever is in none of them is not told of changes. */
export const MAX_CONVERSATIONS = 256;

const MAX_BYTES = 16_384;

const knownShape = z.strictObject({
  v: z.literal(1),
  name: z.string(),
  roles: z.array(z.string()),
  /** Seconds: when the certificate begins that said so. An older one changes nothing. */
  from: seconds,
  /** Raw public keys, the latest last. */
  keys: z.array(hash32).max(MAX_KEYS),
});

const talksShape = z.array(hash32).max(MAX_CONVERSATIONS);

/** A person as their certificates showed them so far. */
export type Acquaintance = Omit<z.infer<typeof knownShape>, 'v'>;

export function acquaintance(views: Views, address: string): Acquaintance | undefined {
  return views.decoded(views.keys.known(domainOf(address), address), (value) => opened(value, knownShape));
}

/** The roles of somebody of a partner, as their certificates showed them; none where they showed none yet. */
export function rolesOf(views: Views, address: string): readonly string[] {
  return acquaintance(views, address)?.roles ?? [];
}

export function acquaintanceOp(
  { keys: viewKeys }: Views,
  address: string,
  { name, roles, from, keys }: Acquaintance,
): Op {
  const record = { v: 1, name, roles, from, keys: keys.slice(-MAX_KEYS) };
  return put(viewKeys.known(domainOf(address), address), encodeCbor(record));
}

/** The conversations with a person of a partner, the latest last. */
export function talksWith(views: Views, address: string): readonly Uint8Array[] {
  return views.decoded(views.keys.talks(domainOf(address), address), conversationsIn) ?? [];
}

export function conversationsIn(value: Uint8Array): readonly Uint8Array[] {
  return opened(value, talksShape);
}

/** What remembers that these people, none of them our own, take part in a conversation. */
export function talkOps(views: Views, { id }: Conversation, strangers: readonly string[]): Op[] {
  return strangers.flatMap((address) => {
    const known = talksWith(views, address);
    if (known.some((other) => equals(other, id))) return [];
    const talks = [...known, id].slice(-MAX_CONVERSATIONS);
    return [put(views.keys.talks(domainOf(address), address), encodeCbor(talks))];
  });
}

function opened<T>(value: Uint8Array, shape: z.ZodType<T>): T {
  const decoded = decodeCbor(value, MAX_BYTES, shape, 'acquaintance');
  if (!decoded.ok)
    throw new ChanceryError('archive.damaged', `a view is damaged: ${decoded.refusal.message}`);
  return decoded.value;
}
