/** A member who writes without pause: as many messages under way as a person with a fast tool could have. */
import type { Client, Outcome } from '../../client/index.ts';

export interface LoadOptions {
  readonly client: Client;
  readonly conversation: string;
  readonly inFlight: number;
  /**
   * Messages that are written beyond those that are waited for; without end where nothing is said. What is written while
   * nodes are started has to be caught up with, on a slow machine for longer than the test takes.
   */
  readonly ahead?: number;
}

export class Load {
  /** Ids in the order in which they were written. */
  readonly written: string[] = [];
  /** Position in the organisation's log of each message that was acknowledged. */
  readonly acknowledged = new Map<string, number>();
  /** Any other end of a message. */
  readonly others: Outcome[] = [];
  readonly #options: LoadOptions;
  readonly #writers: Promise<void>[];
  #stopped = false;
  #count = 0;
  /** How many were waited for so far. */
  #wanted = 0;
  #goOn = Promise.withResolvers<undefined>();
  #waiting: { readonly least: number; readonly resolve: () => void }[] = [];

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#writers = Array.from({ length: options.inFlight }, () => this.#write());
  }

  /** Resolves after so many acknowledgements from now. */
  async moreAcknowledged(count: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const least = this.acknowledged.size + count;
    this.#waiting.push({ least, resolve: () => resolve(undefined) });
    this.#wanted = Math.max(this.#wanted, least);
    this.#wake();
    await promise;
  }

  /** Writes nothing more; resolves when it is known what became of all that was written. */
  async finish(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await Promise.all(this.#writers);
  }

  #wake(): void {
    this.#goOn.resolve(undefined);
    this.#goOn = Promise.withResolvers();
  }

  async #write(): Promise<void> {
    const { client, conversation, ahead = Infinity } = this.#options;
    while (!this.#stopped) {
      if (this.#count >= this.#wanted + ahead) {
        await this.#goOn.promise;
        continue;
      }
      const place = this.#count++;
      const { id, sent } = await client.send(conversation, `message ${place} ${'.'.repeat(500)}`);
      this.written[place] = id;
      const outcome = await sent;
      if (outcome.state === 'archived') this.acknowledged.set(id, outcome.sequence);
      else this.others.push(outcome);
      const due = this.#waiting.filter(({ least }) => this.acknowledged.size >= least);
      this.#waiting = this.#waiting.filter((waiting) => !due.includes(waiting));
      for (const { resolve } of due) resolve();
    }
  }
}
