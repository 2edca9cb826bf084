/** What happens for a member, as it is shown and as the device keeps it: verified messages, deliveries, and what failed its checks. */
import { fromString } from 'uint8arrays/from-string';
import { z } from 'zod';
import { inOrder } from '../../protocol/conversation/index.ts';
import { count, decodeCbor, encodeCbor, milliseconds } from '../../protocol/encoding/index.ts';
import type { Result } from '../../protocol/errors/index.ts';
import { identityNewsShape } from '../../protocol/wire/index.ts';

/** Bytes of an event: a message's envelope and who wrote it; of one that is shown again, with all its versions. */
const MAX_EVENT_BYTES = 1_048_576;

const id = z.string().length(64);

/** Who wrote, as their own organisation certified it; `level` and `since` are what our organisation says of theirs. */
const senderShape = z.strictObject({
  address: z.string(),
  name: z.string(),
  roles: z.array(z.string()),
  domain: z.string(),
  level: z.enum(['own', 'dnssec', 'pinned', 'dns', 'none']),
  since: milliseconds,
  /** Whether they are of another organisation. */
  external: z.boolean(),
});

const place = {
  /** Place in the feed: sorts as text, to read on from. */
  position: z.string(),
  /** Position in the organisation's log, and when it was archived. */
  sequence: count,
  time: milliseconds,
};

const messageShape = z.strictObject({
  type: z.literal('message'),
  ...place,
  id,
  conversation: id,
  parents: z.array(id),
  /** The writer's clock: a claim. */
  sentAt: milliseconds,
  sender: senderShape,
  /** Whether this member wrote it, on whichever device. */
  own: z.boolean(),
  content: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('text'), text: z.string() }),
    z.strictObject({ kind: z.literal('edit'), target: id, text: z.string() }),
    z.strictObject({ kind: z.literal('recall'), target: id }),
    z.strictObject({
      kind: z.literal('attachment'),
      text: z.string(),
      file: z.strictObject({
        name: z.string(),
        type: z.string(),
        size: count,
        /** SHA-256 of its bytes, in hex. */
        digest: id,
      }),
    }),
    z.strictObject({
      kind: z.literal('create'),
      type: z.enum(['direct', 'group']),
      title: z.string(),
      members: z.array(z.string()),
    }),
    z.strictObject({
      kind: z.literal('membership'),
      revision: count,
      title: z.string(),
      members: z.array(z.string()),
    }),
  ]),
  /** What the organisation's policy says of it, if anything. */
  ruled: z
    .strictObject({
      /** It waits for a review, or was turned down: nobody else sees it. */
      held: z.literal(true).optional(),
      /** It was reported as phishing, and what it says is not shown: an officer has yet to decide, or confirmed it. */
      reported: z.enum(['reported', 'confirmed']).optional(),
      /** What to beware of. */
      warnings: z.array(z.string()),
      /** Something was taken out of its text: what is left is not under its writer's signature. */
      redacted: z.boolean(),
    })
    .optional(),
});

const eventShape = z.discriminatedUnion('type', [
  messageShape,
  /** What the organisation decided about a message of this member's that had been held. */
  z.strictObject({
    type: z.literal('reviewed'),
    ...place,
    message: id,
    outcome: z.enum(['release', 'reject']),
    text: z.string(),
  }),
  /**
   * A message was reported as phishing, and is shown to nobody of the organisation until an officer has decided, or for good;
   * with `dismissed` it is shown again, as it is then, with all that edited or recalled it.
   */
  z.strictObject({
    type: z.literal('report'),
    ...place,
    message: id,
    conversation: id,
    state: z.enum(['reported', 'confirmed', 'dismissed']),
    again: z.array(messageShape),
  }),
  z.strictObject({
    type: z.literal('delivery'),
    ...place,
    message: id,
    /** The partner organisation whose receipt it is. */
    domain: z.string(),
    outcome: z.discriminatedUnion('state', [
      z.strictObject({ state: z.literal('archived'), position: count }),
      z.strictObject({ state: z.literal('refused'), code: z.string(), text: z.string() }),
    ]),
  }),
  /**
   * What changed of the identity of a person, or of an organisation, that this member talks with, as our organisation
   * saw it.
   */
  z.strictObject({
    type: z.literal('identity'),
    ...place,
    ...identityNewsShape.shape,
    external: z.boolean(),
    /** The conversations on this device that it concerns. */
    conversations: z.array(id),
  }),
  /** Something came that this device could not verify, or that its organisation's archive cannot show any more. */
  z.strictObject({ type: z.literal('unverified'), ...place, code: z.string(), text: z.string() }),
]);

export type FeedEvent = z.infer<typeof eventShape>;
export type MessageEvent = Extract<FeedEvent, { type: 'message' }>;
export type DeliveryEvent = Extract<FeedEvent, { type: 'delivery' }>;
export type ReportEvent = Extract<FeedEvent, { type: 'report' }>;
export type IdentityEvent = Extract<FeedEvent, { type: 'identity' }>;
export type Sender = z.infer<typeof senderShape>;

export function encodeEvent(event: FeedEvent): Uint8Array {
  return encodeCbor(event);
}

export function decodeEvent(encoded: Uint8Array): Result<FeedEvent> {
  return decodeCbor(encoded, MAX_EVENT_BYTES, eventShape, 'event');
}

/** The messages among the events in the one order every client shows. */
export function inDisplayOrder(events: readonly FeedEvent[]): MessageEvent[] {
  const messages = events.flatMap((event) =>
    event.type === 'message'
      ? [
          {
            id: fromString(event.id, 'hex'),
            parents: event.parents.map((parent) => fromString(parent, 'hex')),
            time: event.sentAt,
            event,
          },
        ]
      : [],
  );
  return inOrder(messages).map(({ event }) => event);
}
