/** A message that was checked, as it is shown. */
import { toString } from 'uint8arrays/to-string';
import type { Content } from '../../protocol/message/index.ts';
import type { Ruled } from '../../protocol/wire/index.ts';
import type { MessageEvent } from './event.ts';
import type { CheckedMessage } from './verifier.ts';

/** @param ownAddress whose device shows it */
export function messageEvent(
  { sequence, time }: Pick<MessageEvent, 'sequence' | 'time'>,
  position: string,
  { message, sender }: CheckedMessage,
  ownAddress: string,
  ruled?: Ruled,
): MessageEvent {
  return {
    type: 'message',
    position,
    sequence,
    time,
    id: toString(message.id, 'hex'),
    conversation: toString(message.conversationId, 'hex'),
    parents: message.parents.map((parent) => toString(parent, 'hex')),
    sentAt: message.time,
    sender,
    own: sender.address === ownAddress,
    content: shown(message.content),
    ...(ruled === undefined ? {} : { ruled: ruledIn(ruled) }),
  };
}

function ruledIn({ held, reported, warnings, redactions }: Ruled): NonNullable<MessageEvent['ruled']> {
  return {
    ...(held === undefined ? {} : { held }),
    ...(reported === undefined ? {} : { reported }),
    ...{ warnings, redacted: redactions.length > 0 },
  };
}

function shown(content: Content): MessageEvent['content'] {
  switch (content.kind) {
    case 'text':
    case 'create':
      return content;
    case 'membership': {
      const { kind, revision, title, members } = content;
      return { kind, revision, title, members };
    }
    case 'attachment': {
      const { name, type, size, digest } = content.file;
      return { ...content, file: { name, type, size, digest: toString(digest, 'hex') } };
    }
    case 'edit':
    case 'recall':
      return { ...content, target: toString(content.target, 'hex') };
  }
}
