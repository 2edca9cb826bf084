/** What was said in a conversation: read from the archive where the organisation is reached, else from what this device kept. */
import { toString } from 'uint8arrays/to-string';
import { idBytes } from './conversation-book.ts';
import type { FeedEvent, FeedLog, MessageEvent, Reader } from './feed/index.ts';
import { pageOf, type HistoryPage } from './history-page.ts';
import type { Requests } from './session/index.ts';
import { positionOf } from './store/index.ts';

export interface HistoryOptions {
  readonly log: FeedLog;
  readonly reader: Reader;
  /** Undefined while there is no connection. */
  readonly requests: () => Requests | undefined;
}

export class History {
  readonly #options: HistoryOptions;

  constructor(options: HistoryOptions) {
    this.#options = options;
  }

  /** A page of a conversation, newest first, from before a place that the page after it named. */
  async page(conversation: string, before: number | null, limit: number): Promise<HistoryPage> {
    const { log, reader, requests } = this.#options;
    const id = idBytes(conversation);
    const position = before === null ? null : positionOf(before, 0);
    const online = requests();
    if (online !== undefined) {
      const page = await online.ask('history', { conversation: id, before, limit });
      const here = await log.talk(conversation, position, limit);
      const news = here.filter(({ type, sequence }) => type === 'identity' && sequence > (page.cursor ?? 0));
      return pageOf([...reader.read(page), ...news], reader.versions(page), page.cursor);
    }
    const events = await log.talk(conversation, position, limit);
    const next = events.length === limit ? (events[0]?.sequence ?? null) : null;
    return pageOf(events, await this.#versionsOf(events), next);
  }

  /** A message as it was written, then what edited or recalled it, in the order everybody has; as far as is known here. */
  async versions(message: string): Promise<FeedEvent[]> {
    const { log, reader, requests } = this.#options;
    const id = idBytes(message);
    const online = requests();
    if (online !== undefined) return reader.read(await online.ask('versions', { message: id }));
    return log.versions(toString(id, 'hex'));
  }

  async #versionsOf(events: readonly FeedEvent[]): Promise<MessageEvent[]> {
    const { log } = this.#options;
    const versions: MessageEvent[] = [];
    for (const event of events)
      if (event.type === 'message' && event.content.kind === 'text')
        versions.push(...(await log.versions(event.id)));
    return versions;
  }
}
