/** What a message says: its kinds, closed; each version of the format may add one, none may change. */
import { fromString } from 'uint8arrays/from-string';
import { z } from 'zod';
import { bytes, count, hash32 } from '../encoding/index.ts';
import { parseAddress } from '../names/index.ts';
import { MAX_MEMBERS, MAX_ORIGIN_BYTES, MAX_TEXT_BYTES, MAX_TITLE_BYTES } from './limits.ts';

/** Text of at most `max` bytes of UTF-8, without lone surrogates, which have no UTF-8. */
function text(max: number): z.ZodType<string> {
  return z.string().refine((value) => value.isWellFormed() && fromString(value).length <= max, {
    error: `not well-formed text of at most ${max} bytes`,
  });
}

/** An address in its canonical form, so that nobody is shown under a name that only looks like theirs. */
const address = z.string().refine(
  (text) => {
    const parsed = parseAddress(text);
    return parsed.ok && parsed.value.text === text;
  },
  { error: 'not an address in its canonical form' },
);

/** Canonical addresses in ascending order, each once: two lists of the same people are the same bytes. */
const members = z
  .array(address)
  .min(1)
  .max(MAX_MEMBERS)
  .refine((list) => list.every((member, index) => index === 0 || member > (list[index - 1] ?? '')), {
    error: 'members are not in ascending order, each once',
  });

/** Starts a conversation. Its owner is the organisation of the sender; its id is the message's id. */
const create = z.strictObject({
  kind: z.literal('create'),
  type: z.enum(['direct', 'group']),
  title: text(MAX_TITLE_BYTES),
  members,
});

/**
 * Replaces the membership: `revision` is the current one plus one, so two changes cannot cross unseen.
 * `origin` is the body of the `create` message, whose hash the conversation's id is: an organisation that joins
 * late learns from it who owns the conversation, and nobody can claim someone else's.
 */
const membership = z.strictObject({
  kind: z.literal('membership'),
  origin: bytes(MAX_ORIGIN_BYTES),
  revision: count.min(1),
  title: text(MAX_TITLE_BYTES),
  members,
});

const said = z.strictObject({ kind: z.literal('text'), text: text(MAX_TEXT_BYTES) });

/**
 * Another wording of a text that its writer sent before, named by that message's id. The text it had stays in every archive;
 * whoever reads is shown the newest.
 */
const edit = z.strictObject({ kind: z.literal('edit'), target: hash32, text: text(MAX_TEXT_BYTES) });

/** Takes a text back: whoever reads is shown that, and no longer the text. It stays in every archive, and nothing undoes it. */
const recall = z.strictObject({ kind: z.literal('recall'), target: hash32 });

export const contentShape = z.discriminatedUnion('kind', [create, membership, said, edit, recall]);

export type CreateContent = z.infer<typeof create>;
export type MembershipContent = z.infer<typeof membership>;
export type TextContent = z.infer<typeof said>;
export type EditContent = z.infer<typeof edit>;
export type RecallContent = z.infer<typeof recall>;
export type Content = z.infer<typeof contentShape>;
