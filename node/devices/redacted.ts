/** A message as its readers are shown it when the policy takes something out of it. */
import { mask } from '../../protocol/detect/index.ts';
import type { Content, DecodedMessage } from '../../protocol/message/index.ts';
import type { FeedItem, Redaction, Ruled } from '../../protocol/wire/index.ts';

type Redacted = Omit<Extract<FeedItem, { type: 'redacted' }>, 'type' | 'sequence' | 'time' | 'ruled'>;

export function redacted(message: DecodedMessage, { redactions }: Ruled): Redacted {
  const { id, conversationId, device, sender, parents, time, content } = message;
  return {
    ...{ message: id, conversation: conversationId, device, sender, parents: [...parents], sent: time },
    content: without(content, redactions),
  };
}

function without(content: Content, redactions: readonly Redaction[]): Content {
  if (!('text' in content)) return content;
  const found = redactions.map(({ start, end, type }) => ({ start, end, detector: type }));
  return { ...content, text: mask(content.text, found) };
}
