/** What becomes of messages of the outbox: told to whoever wrote one, and written anew without what the policy takes out of it. */
import { ChanceryError } from '../protocol/errors/index.ts';
import type { Redaction } from '../protocol/wire/index.ts';
import { Listeners } from './listeners.ts';
import type { Outbox, Outcome, Outgoing } from './outbox/index.ts';
import type { Writer } from './writer.ts';

/** What became of a message of the outbox. */
export interface Settled {
  readonly id: string;
  readonly conversation: string;
  readonly outcome: Outcome;
}

export interface SettlingOptions {
  readonly outbox: Outbox;
  readonly writer: Writer;
  /** Hears what this device could not keep. */
  readonly trouble: (trouble: ChanceryError) => void;
}

export class Settling {
  readonly #options: SettlingOptions;
  readonly #settled = new Listeners<Settled>();

  constructor(options: SettlingOptions) {
    this.#options = options;
  }

  onSettled(listener: (settled: Settled) => void): () => void {
    return this.#settled.add(listener);
  }

  settle(item: Outgoing, outcome: Outcome): void {
    if (outcome.state === 'refused' && outcome.redactions !== undefined) {
      this.watch(this.#sendWithout(item, outcome, outcome.redactions));
      return;
    }
    if (outcome.state === 'refused') this.watch(this.#options.writer.withdraw(item));
    this.#options.outbox.settle(item, outcome);
    this.#tell(item, outcome);
  }

  /** What the policy takes out of a message is left out, and the rest signed and sent anew: one outcome for both. */
  async #sendWithout(item: Outgoing, refused: Outcome, redactions: readonly Redaction[]): Promise<void> {
    const { outbox, writer } = this.#options;
    outbox.drop(item);
    await writer.withdraw(item);
    const again = await writer.without(item, redactions).catch(() => undefined);
    if (again === undefined) {
      item.outcome.resolve(refused);
      this.#tell(item, refused);
      return;
    }
    const { sending, text } = again;
    void sending.sent.then((sent) => {
      const redacted = { id: sending.id, text };
      item.outcome.resolve(sent.state === 'archived' ? { ...sent, redacted } : sent);
    });
  }

  #tell({ id, conversation }: Outgoing, outcome: Outcome): void {
    this.#settled.emit({ id, conversation, outcome });
  }

  /** A write that nobody waits for: what it leaves undone is made good by sending again. */
  watch(writing: Promise<void>): void {
    writing.catch((cause: unknown) => {
      const text = `this device cannot keep what it knows: ${(cause as Error).message}`;
      this.#options.trouble(new ChanceryError('internal', text, { cause }));
    });
  }
}
