/**
 * A message: one event in a conversation, signed by the device that wrote it.
 * Guarantees: the signed bytes are carried exactly and never rebuilt; the id is the hash of those bytes, so one
 * id can never stand for two messages. Decoded is not verified: see `verify.ts`.
 */
import { z } from 'zod';
import type { CryptoSuite, Sha256, Signer } from '../crypto/suite.ts';
import {
  bytes,
  decodeCbor,
  decodeProven,
  encodeCbor,
  exactly,
  hash32,
  milliseconds,
} from '../encoding/index.ts';
import { accept, refuse, type Result } from '../errors/index.ts';
import { signedBytes } from '../signing/index.ts';
import { contentShape, type Content } from './content.ts';
import { MAX_ENVELOPE_BYTES, MAX_PARENTS } from './limits.ts';

const envelopeShape = z.tuple([bytes(MAX_ENVELOPE_BYTES), exactly(64)]);

const bodyShape = z.strictObject({
  v: z.literal(1),
  /** The id of the conversation's `create` message; null in that message itself. */
  conversation: hash32.nullable(),
  /** Canonical address of the writer; must be the one the device's certificate names. */
  sender: z.string().max(320),
  /** SHA-256 of the device certificate (DER) under which it is signed. */
  device: hash32,
  /** Ids of the messages the writer had seen last: the causal order of the conversation. */
  parents: z.array(hash32).max(MAX_PARENTS),
  /** The writer's clock. A claim: orders for display, never decides. */
  time: milliseconds,
  /** Random, so that neither id nor leaf lets a short text be guessed once the text is disposed of. */
  salt: exactly(16),
  content: contentShape,
});

export interface MessageBody {
  readonly conversation: Uint8Array | null;
  readonly sender: string;
  readonly device: Uint8Array;
  readonly parents: readonly Uint8Array[];
  readonly time: number;
  readonly salt: Uint8Array;
  readonly content: Content;
}

/** A message as decoded: well-formed, nothing more. */
export interface DecodedMessage extends MessageBody {
  /** SHA-256 of the signed bytes: the idempotency key, and the conversation's id for a `create`. */
  readonly id: Uint8Array;
  /** The conversation it belongs to, its own id for a `create`. */
  readonly conversationId: Uint8Array;
  /** The body as carried, and with its context as signed. */
  readonly payload: Uint8Array;
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
  /** The envelope as it came: what is archived and passed on. */
  readonly envelope: Uint8Array;
}

/** Encodes, signs and wraps a message. `body.salt` is 16 fresh random bytes. */
export async function signMessage(body: MessageBody, signer: Signer): Promise<Uint8Array> {
  const payload = encodeCbor({ v: 1, ...body });
  return encodeCbor([payload, await signer.sign(signedBytes('message', payload))]);
}

/** Decodes an envelope of at most {@link MAX_ENVELOPE_BYTES}. Refuses with `message.too-large`, `message.malformed` or an `encoding.*` code. */
export function decodeMessage(envelope: Uint8Array, suite: CryptoSuite): Result<DecodedMessage> {
  if (envelope.length > MAX_ENVELOPE_BYTES) {
    return refuse(
      'message.too-large',
      `message has ${envelope.length} bytes; at most ${MAX_ENVELOPE_BYTES} are accepted`,
    );
  }
  const outer = decodeCbor(envelope, MAX_ENVELOPE_BYTES, envelopeShape, 'message');
  if (!outer.ok) return outer;
  const body = decodeBody(outer.value[0]);
  return body.ok ? accept(messageOf(envelope, outer.value, body.value, suite)) : body;
}

/** The message in an envelope that was accepted once and is proven to be the same since. */
export function decodeProvenMessage(envelope: Uint8Array, suite: CryptoSuite): DecodedMessage {
  const outer = decodeProven(envelope, envelopeShape);
  return messageOf(envelope, outer, decodeProven(outer[0], bodyShape), suite);
}

/** What the message in such an envelope says. */
export function provenContent(envelope: Uint8Array): Content {
  return decodeProven(decodeProven(envelope, envelopeShape)[0], bodyShape).content;
}

function messageOf(
  envelope: Uint8Array,
  [payload, signature]: z.infer<typeof envelopeShape>,
  { conversation, sender, device, parents, time, salt, content }: MessageBody,
  suite: CryptoSuite,
): DecodedMessage {
  const signed = signedBytes('message', payload);
  const id = suite.sha256(signed);
  return {
    conversation,
    sender,
    device,
    parents,
    time,
    salt,
    content,
    id,
    conversationId: conversation ?? id,
    payload,
    signed,
    signature,
    envelope,
  };
}

/** The id that an envelope has whatever its body says, so that even one that is not understood can be answered for. */
export function envelopeId(envelope: Uint8Array, sha256: Sha256): Uint8Array | null {
  const outer = decodeCbor(envelope, MAX_ENVELOPE_BYTES, envelopeShape, 'message');
  return outer.ok ? messageId(outer.value[0], sha256) : null;
}

/** Decodes what is signed, without its signature. Refuses with `message.malformed` or an `encoding.*` code. */
export function decodeBody(payload: Uint8Array): Result<MessageBody> {
  const decoded = decodeCbor(payload, MAX_ENVELOPE_BYTES, bodyShape, 'message body');
  if (!decoded.ok) return decoded;
  const { v: _version, ...body } = decoded.value;
  if ((body.content.kind === 'create') !== (body.conversation === null)) {
    return refuse('message.malformed', 'message has no conversation, or starts one within another');
  }
  return accept(body);
}

/** The id of the message with this body: SHA-256 of the bytes that are signed. */
export function messageId(payload: Uint8Array, sha256: Sha256): Uint8Array {
  return sha256(signedBytes('message', payload));
}
