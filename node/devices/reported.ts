/** A message that was reported as phishing, as members are shown it: who wrote it and when, and nothing of what it says. */
import type { Content, DecodedMessage } from '../../protocol/message/index.ts';
import type { FeedItem, ReviewOutcome } from '../../protocol/wire/index.ts';
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

/** What an entry says of a message. */
export interface ReportState {
  readonly state: 'reported' | 'confirmed' | 'dismissed';
  readonly message: Uint8Array;
  readonly conversation: Uint8Array;
  /** The entry of the message, which may be disposed of. */
  readonly position: number;
}

/** That a message was reported, or what was decided about that; undefined for an entry that says neither. */
export function reportedState(ledger: Ledger, sequence: number): ReportState | undefined {
  const review =
    ledger.log.entry(sequence)?.kind === 'review' ? ledger.record('review', sequence) : undefined;
  const entry = review?.decision ?? sequence;
  const report = ledger.log.entry(entry)?.kind === 'report' ? ledger.record('report', entry) : undefined;
  const state = review === undefined ? 'reported' : STATES.get(review.outcome);
  if (report?.act.what !== 'made' || state === undefined) return undefined;
  const { conversation, position } = report.act;
  return { state, message: report.message, conversation, position };
}

const STATES = new Map<ReviewOutcome, ReportState['state']>([
  ['confirm', 'confirmed'],
  ['dismiss', 'dismissed'],
]);
