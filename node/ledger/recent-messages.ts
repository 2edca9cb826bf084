/** Messages kept in memory after their append: what partners and devices ask for at once. */
import type { HeaderOf } from './headers.ts';
import type { RecordOf } from './records.ts';

/**
 * What they may take, in bytes: a partner that is slower than our members asks for a thousand a moment later. More costs the
 * collector of garbage more than it saves.
 */
const MAX_RECENT_BYTES = 4 * 1024 * 1024;

/** What a message takes beside its envelope, at least, in bytes. */
const HEADED_BYTES = 1_024;

/** A message with what its views were made from. */
export interface HeadedMessage {
  readonly header: HeaderOf<'message'>;
  readonly record: RecordOf<'message'>;
}

export class RecentMessages {
  readonly #messages = new Map<number, HeadedMessage>();
  #bytes = 0;

  get(sequence: number): HeadedMessage | undefined {
    return this.#messages.get(sequence);
  }

  remember(sequence: number, message: HeadedMessage): void {
    this.#messages.set(sequence, message);
    this.#bytes += bytesOf(message);
    while (this.#bytes > MAX_RECENT_BYTES) {
      const [oldest] = this.#messages;
      if (oldest === undefined) return;
      this.#messages.delete(oldest[0]);
      this.#bytes -= bytesOf(oldest[1]);
    }
  }

  forget(): void {
    this.#messages.clear();
    this.#bytes = 0;
  }
}

function bytesOf({ header, record }: HeadedMessage): number {
  const { conversationAfter, tokens } = header;
  return HEADED_BYTES + record.envelope.length + (conversationAfter?.length ?? 0) + (tokens?.length ?? 0);
}
