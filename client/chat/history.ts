/** A page of a conversation as it is shown: what failed its checks first, and news where it came among the messages. */
import type { FeedEvent, HistoryPage, ShownMessage } from '../index.ts';

export function shownEvents({ messages, unverified, news }: HistoryPage): (FeedEvent | ShownMessage)[] {
  const shown: (FeedEvent | ShownMessage)[] = [...messages];
  for (const event of news) {
    const next = shown.findIndex(({ sequence }) => sequence > event.sequence);
    shown.splice(next < 0 ? shown.length : next, 0, event);
  }
  return [...unverified, ...shown];
}
