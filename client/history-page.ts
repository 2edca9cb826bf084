/** A page of a conversation's history, sorted by what is to be done with it. */
import { inDisplayOrder, type FeedEvent, type IdentityEvent, type MessageEvent } from './feed/index.ts';

/** What became of a text or a file since it was sent: its newest wording, or that it was taken back. */
export type Revision =
  | { readonly state: 'edited'; readonly text: string; readonly time: number }
  | { readonly state: 'recalled'; readonly time: number };

/** A message as it is shown now. Its content is as it was written. */
export interface ShownMessage extends MessageEvent {
  /** Null where nobody edited or recalled it. */
  readonly revision: Revision | null;
}

export interface HistoryPage {
  /** In the order every client shows: each with what became of it, instead of edits and recalls themselves. */
  readonly messages: readonly ShownMessage[];
  /** What failed its checks, to be shown as such. */
  readonly unverified: readonly FeedEvent[];
  /** What changed meanwhile of who is in it, as this device was told. */
  readonly news: readonly IdentityEvent[];
  /** To ask for the page before; null at the beginning. */
  readonly before: number | null;
}

/**
 * @param versions what edits or recalls messages of the page, beside what is in it
 * @param before to ask for the page before; null at the beginning
 */
export function pageOf(
  events: readonly FeedEvent[],
  versions: readonly MessageEvent[],
  before: number | null,
): HistoryPage {
  const messages = inDisplayOrder(events);
  const newest = newestOf([...messages, ...versions]);
  return {
    messages: messages
      .filter(({ content }) => !('target' in content))
      .map((message) => ({ ...message, revision: revisionOf(message, newest.get(message.id)) })),
    unverified: events.filter(({ type }) => type === 'unverified'),
    news: events.filter((event) => event.type === 'identity'),
    before,
  };
}

/** By the id of what they are about, the one that came last: everybody has them in the order of the writer's organisation. */
function newestOf(events: readonly MessageEvent[]): Map<string, MessageEvent> {
  const newest = new Map<string, MessageEvent>();
  for (const event of events) {
    if (!('target' in event.content)) continue;
    const known = newest.get(event.content.target);
    if (known === undefined || known.sequence < event.sequence) newest.set(event.content.target, event);
  }
  return newest;
}

/** Whether a message can be edited or recalled: a text, or a file, which is only recalled. */
export function isRevisable({ content }: MessageEvent): boolean {
  return content.kind === 'text' || content.kind === 'attachment';
}

/** Only who wrote a message revises it, and in its conversation only: whatever else is said of it does not count here either. */
function revisionOf(message: MessageEvent, version: MessageEvent | undefined): Revision | null {
  if (version === undefined || !isRevisable(message)) return null;
  if (version.sender.address !== message.sender.address || version.conversation !== message.conversation)
    return null;
  const { content, time } = version;
  if (content.kind === 'edit' && message.ruled?.reported !== undefined) return null;
  if (content.kind === 'edit' && message.content.kind === 'text')
    return { state: 'edited', text: content.text, time };
  return content.kind === 'recall' ? { state: 'recalled', time } : null;
}
