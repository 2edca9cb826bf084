/**
 * Who may talk: a conversation's state and the two events that change it, as pure transitions.
 * Guarantees: one owning organisation writes the membership, in dense revisions; everybody else can only talk.
 */
import { z } from 'zod';
import { bytes, count, decodeCbor, encodeCbor, hash32 } from '../encoding/index.ts';
import { accept, refuse, type Result } from '../errors/index.ts';
import type { Sha256 } from '../crypto/suite.ts';
import { MAX_ORIGIN_BYTES, decodeBody, messageId, type DecodedMessage } from '../message/index.ts';
import { equals } from 'uint8arrays/equals';

const MAX_CONVERSATION_BYTES = 131_072;

const shape = z.strictObject({
  v: z.literal(1),
  id: hash32,
  type: z.enum(['direct', 'group']),
  title: z.string(),
  /** The domain whose members alone change the membership. */
  owner: z.string(),
  members: z.array(z.string()),
  revision: count,
  origin: bytes(MAX_ORIGIN_BYTES),
});

export interface Conversation {
  readonly id: Uint8Array;
  readonly type: 'direct' | 'group';
  readonly title: string;
  readonly owner: string;
  readonly members: readonly string[];
  readonly revision: number;
  /** The body of the `create` message: proves owner and type to whoever joins later. */
  readonly origin: Uint8Array;
}

export function encodeConversation(conversation: Conversation): Uint8Array {
  return encodeCbor({ v: 1, ...conversation });
}

export function decodeConversation(bytes: Uint8Array): Result<Conversation> {
  const decoded = decodeCbor(bytes, MAX_CONVERSATION_BYTES, shape, 'conversation');
  if (!decoded.ok) return decoded;
  const { v: _version, ...conversation } = decoded.value;
  return accept(conversation);
}

/** The domain part of a canonical address. */
export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}

/** The organisations that take part, each once, sorted. */
export function domainsOf(conversation: Pick<Conversation, 'members'>): readonly string[] {
  return [...new Set(conversation.members.map(domainOf))].sort();
}

/**
 * What the message makes of the conversation: its first state for a `create`, the next for a `membership`, the
 * same for anything else. Refuses with `message.unknown-conversation`, `message.not-a-member`,
 * `message.not-owner`, `message.stale-membership` or `message.malformed`.
 */
export function advance(
  current: Conversation | undefined,
  message: DecodedMessage,
  sha256: Sha256,
): Result<Conversation> {
  const { content } = message;
  if (content.kind === 'create') return begin(message);
  if (current === undefined && content.kind === 'membership') return join(message, sha256);
  if (current === undefined) {
    return refuse('message.unknown-conversation', 'message is for a conversation that is not known here');
  }
  if (!current.members.includes(message.sender)) {
    return refuse(
      'message.not-a-member',
      `${message.sender} is not a member of the conversation; ask its owner`,
    );
  }
  if (content.kind !== 'membership') return accept(current);
  if (domainOf(message.sender) !== current.owner) {
    return refuse('message.not-owner', `only ${current.owner} changes who is in this conversation`);
  }
  if (current.type === 'direct') {
    return refuse('message.malformed', 'a direct conversation keeps its two members; start a group instead');
  }
  if (!equals(content.origin, current.origin)) {
    return refuse(
      'message.malformed',
      'membership change brings another beginning than the conversation has',
    );
  }
  if (content.revision !== current.revision + 1) {
    return refuse(
      'message.stale-membership',
      `membership revision ${content.revision} does not follow ${current.revision}; read again and retry`,
      { revision: current.revision },
    );
  }
  return accept({ ...current, title: content.title, members: content.members, revision: content.revision });
}

/**
 * What a message from another organisation makes of the conversation: as {@link advance}, but for a change of
 * membership after others that we were not told of, being out of it: that one starts anew from what it brings along.
 */
export function follow(
  current: Conversation | undefined,
  message: DecodedMessage,
  sha256: Sha256,
): Result<Conversation> {
  const { content } = message;
  const missed =
    content.kind === 'membership' && current !== undefined && content.revision > current.revision + 1;
  return missed ? join(message, sha256) : advance(current, message, sha256);
}

function begin(message: DecodedMessage): Result<Conversation> {
  const { content } = message;
  if (content.kind !== 'create') return refuse('message.malformed', 'message does not start a conversation');
  if (!content.members.includes(message.sender)) {
    return refuse('message.not-a-member', 'whoever starts a conversation is a member of it');
  }
  if (message.payload.length > MAX_ORIGIN_BYTES) {
    return refuse(
      'message.too-large',
      `a conversation starts with at most ${MAX_ORIGIN_BYTES} bytes; name fewer members`,
    );
  }
  if (content.type === 'direct' && content.members.length !== 2) {
    return refuse('message.malformed', 'a direct conversation has exactly two members');
  }
  return accept({
    id: message.id,
    type: content.type,
    title: content.title,
    owner: domainOf(message.sender),
    members: content.members,
    revision: 0,
    origin: message.payload,
  });
}

/** The state an organisation starts from that is added to a conversation later. */
function join(message: DecodedMessage, sha256: Sha256): Result<Conversation> {
  const { content } = message;
  if (content.kind !== 'membership')
    return refuse('message.malformed', 'message does not change a membership');
  const origin = decodeBody(content.origin);
  if (!origin.ok) return origin;
  const created = origin.value.content;
  if (created.kind !== 'create' || !equals(messageId(content.origin, sha256), message.conversationId)) {
    return refuse('message.malformed', 'message names another conversation than the one it brings along');
  }
  if (created.type === 'direct') {
    return refuse('message.malformed', 'a direct conversation keeps its two members; start a group instead');
  }
  const owner = domainOf(origin.value.sender);
  if (domainOf(message.sender) !== owner) {
    return refuse('message.not-owner', `only ${owner} changes who is in this conversation`);
  }
  return accept({
    id: message.conversationId,
    type: created.type,
    title: content.title,
    owner,
    members: content.members,
    revision: content.revision,
    origin: content.origin,
  });
}
