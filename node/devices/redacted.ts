/** A message as its readers are shown it when the policy takes something out of it. */
import { mask } from '../../protocol/detect/index.ts';
import type { Content, DecodedMessage } from '../../protocol/message/index.ts';
import type { FeedItem, Redaction, Ruled } from '../../protocol/wire/index.ts';
import type { RecordOf } from '../ledger/index.ts';

type Redacted = Omit<Extract<FeedItem, { type: 'redacted' }>, 'type' | 'sequence' | 'time' | 'ruled'>;

/** What a decision takes out of a message's text, in order; what overlaps is one. */
export function redactionsIn({ reasons }: RecordOf<'decision'>): Redaction[] {
  const found = reasons
    .filter(({ outcome }) => outcome === 'redact')
    .flatMap(({ findings }) => findings)
    .filter(({ place }) => place === 'text')
    .map(({ start, end, type }) => ({ start, end, type }))
    .sort((one, other) => one.start - other.start);
  const apart: Redaction[] = [];
  for (const one of found) {
    const last = apart.at(-1);
    if (last === undefined || one.start > last.end) apart.push({ ...one });
    else last.end = Math.max(last.end, one.end);
  }
  return apart;
}

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
