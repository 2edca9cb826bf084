/**
 * Edits and recalls: who may make them, and of what. Only the organisation of a message's writer hands them on, in the order
 * of its log, so everybody sees them in one order, and the last one counts.
 */
import { equals } from 'uint8arrays/equals';
import { refuse } from '../errors/index.ts';
import type { DecodedMessage } from '../message/index.ts';

/** What is known of the message that an edit or a recall is about. */
export interface Target {
  readonly conversation: Uint8Array;
  readonly sender: string;
  readonly kind: string;
  readonly recalled: boolean;
}

/** The id of the message that this one is about; undefined for one that stands for itself. */
export function targetOf({ content }: Pick<DecodedMessage, 'content'>): Uint8Array | undefined {
  return content.kind === 'edit' || content.kind === 'recall' ? content.target : undefined;
}

/**
 * Why an edit or a recall does not count, by what is known of its target: `message.unknown-target`,
 * `message.not-author`, `message.malformed` or `message.recalled`.
 */
export function refuseRevision(
  message: Pick<DecodedMessage, 'conversationId' | 'sender' | 'content'>,
  target: Target | undefined,
): ReturnType<typeof refuse> | undefined {
  const what = message.content.kind;
  if (target === undefined || !equals(target.conversation, message.conversationId))
    return refuse(
      'message.unknown-target',
      `there is no such message in this conversation that the ${what} could be about`,
    );
  if (target.sender !== message.sender)
    return refuse('message.not-author', `${target.sender} wrote that message; nobody else can ${what} it`);
  if (target.kind !== 'text')
    return refuse('message.malformed', `only a text is edited or recalled, by the id of its first wording`);
  if (target.recalled)
    return refuse('message.recalled', 'that message was recalled; what was recalled stays so');
  return undefined;
}
