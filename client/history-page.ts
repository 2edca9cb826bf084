/** A page of a conversation's history, sorted by what is to be done with it. */
import { inDisplayOrder, type FeedEvent, type IdentityEvent, type MessageEvent } from './feed/index.ts';

export interface HistoryPage {
  /** In the order every client shows. */
  readonly messages: readonly MessageEvent[];
  /** What failed its checks, to be shown as such. */
  readonly unverified: readonly FeedEvent[];
  /** What changed meanwhile of who is in it, as this device was told. */
  readonly news: readonly IdentityEvent[];
  /** To ask for the page before; null at the beginning. */
  readonly before: number | null;
}

/** @param before to ask for the page before; null at the beginning */
export function pageOf(events: readonly FeedEvent[], before: number | null): HistoryPage {
  return {
    messages: inDisplayOrder(events),
    unverified: events.filter(({ type }) => type === 'unverified'),
    news: events.filter((event) => event.type === 'identity'),
    before,
  };
}
