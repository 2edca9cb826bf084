/** A message that was reported as phishing, as members are shown it: who wrote it and when, and nothing of what it says. */
import type { Content, DecodedMessage } from '../../protocol/message/index.ts';
import type { FeedItem } from '../../protocol/wire/index.ts';
import { equals } from 'uint8arrays/equals';
import type { Ledger, Suspected } from '../ledger/index.ts';
import { redacted } from './redacted.ts';

type Hidden = Omit<Extract<FeedItem, { type: 'redacted' }>, 'type' | 'sequence' | 'time'>;

export function withoutContent(message: DecodedMessage, state: Suspected['state']): Hidden {
  const ruled = { reported: state, warnings: [], redactions: [] };
  return { ...redacted({ ...message, content: without(message.content) }, ruled), ruled };
}

function without(content: Content): Content {
  switch (content.kind) {
    case 'text':
    case 'attachment':
      return { kind: 'text', text: '' };
    case 'edit':
      return { ...content, text: '' };
    case 'recall':
    case 'create':
    case 'membership':
      return content;
  }
}

/** What an entry says of a message: that it was reported, or what was decided about that; undefined where it is about another. */
export function reportedState(
  ledger: Ledger,
  sequence: number,
  message: Uint8Array,
): 'reported' | 'confirmed' | 'dismissed' | undefined {
  const kind = ledger.log.entry(sequence)?.kind;
  const record =
    kind === 'report'
      ? ledger.record(kind, sequence)
      : kind === 'review'
        ? ledger.record(kind, sequence)
        : undefined;
  if (record === undefined || !equals(record.message, message)) return undefined;
  if ('act' in record) return 'reported';
  return record.outcome === 'confirm' ? 'confirmed' : record.outcome === 'dismiss' ? 'dismissed' : undefined;
}
