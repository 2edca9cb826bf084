/**
 * Fetches the files of messages for a replica, in the order of the log, and knows how far they are here. Guarantees: an entry
 * counts as held only once its file is in its place; a file that the primary lacks as well holds up none of the others: the
 * verifier names it, and asks the other nodes. What was disposed of is not missed.
 */
import type { Logger } from 'pino';
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { FrameChannel } from '../../protocol/wire/index.ts';
import type { SealedFiles } from '../attachments/index.ts';
import { Signal, type Backoff } from '../federation/index.ts';
import { Messages, type Ledger } from '../ledger/index.ts';
import { fetchFile } from './file-exchange.ts';

/** Files that are passed over since the primary lacks them: more are a primary that is to be mended first. */
const MAX_LACKING = 10_000;

export interface FileFollowerOptions {
  readonly ledger: Ledger;
  readonly files: SealedFiles;
  /** A replication stream to the primary. */
  readonly open: () => Promise<{ channel: FrameChannel }>;
  readonly backoff: Backoff;
  readonly logger: Logger;
}

interface Missing {
  readonly sequence: number;
  readonly sealed: Uint8Array;
}

export class FileFollower {
  readonly #options: FileFollowerOptions;
  readonly #messages: Messages;
  readonly #wake = new Signal();
  readonly #lacking = new Set<number>();
  #looking: Promise<unknown> = Promise.resolve();
  #next = 0;
  #stopped = false;
  #running: Promise<void> | undefined;
  #channel: FrameChannel | undefined;
  /** Told of each file that has come. */
  onCome: () => void = () => undefined;

  constructor(options: FileFollowerOptions) {
    this.#options = options;
    this.#messages = new Messages(options.ledger);
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake.fire();
    this.#options.backoff.skip();
    this.#channel?.abort(new ChanceryError('archive.closed', 'the node stops'));
    await this.#running;
  }

  /** How many entries are here with the files that they bring along; what is missing is fetched. */
  async heldUpTo(): Promise<number> {
    const missing = await this.#missing();
    if (missing === undefined) return this.#next;
    this.#wake.fire();
    return missing.sequence;
  }

  /** The first file that is not here, and that the primary may have. */
  #missing(): Promise<Missing | undefined> {
    const found = this.#looking.then(() => this.#look());
    this.#looking = found.catch(() => undefined);
    return found;
  }

  async #look(): Promise<Missing | undefined> {
    const { ledger, files } = this.#options;
    const { size } = ledger.log;
    for await (const row of this.#messages.files(this.#next)) {
      if (!files.has(row.sealed) && !this.#lacking.has(row.sequence)) {
        this.#next = row.sequence;
        return row;
      }
    }
    this.#next = Math.max(this.#next, size);
    return undefined;
  }

  async #run(): Promise<void> {
    const { backoff, logger } = this.#options;
    while (!this.#isStopped()) {
      try {
        const waiting = this.#wake.wait();
        if ((await this.#missing()) === undefined) {
          this.onCome(); // the verifier may have had it from another node
          await waiting;
        } else await this.#session();
      } catch (error) {
        if (this.#isStopped()) return;
        logger.info({ err: error }, 'the files of messages could not be fetched; it is tried again');
        await backoff.wait();
      }
    }
  }

  /** A method, since a stop can come while another is awaited. */
  #isStopped(): boolean {
    return this.#stopped;
  }

  /** One stream, as long as something is missing. */
  async #session(): Promise<void> {
    const { channel } = await this.#options.open();
    this.#channel = channel;
    try {
      for (let next = await this.#missing(); next !== undefined; next = await this.#missing()) {
        if (this.#isStopped()) break;
        await this.#fetch(channel, next);
        this.#options.backoff.reset();
        this.onCome();
      }
      await channel.close();
    } catch (error) {
      channel.abort(error as Error);
      throw error;
    } finally {
      this.#channel = undefined;
    }
  }

  async #fetch(channel: FrameChannel, { sequence, sealed }: Missing): Promise<void> {
    const { ledger, files, logger } = this.#options;
    const isWanted = (): boolean => !ledger.isDisposed(sequence);
    const fetched = await fetchFile(channel, sealed, files, isWanted);
    if (fetched === 'here' || !isWanted()) return;
    logger.warn({ sequence, fetched }, 'the primary does not have the file of a message as it was sealed');
    if (this.#lacking.size >= MAX_LACKING)
      throw new ChanceryError('archive.damaged', 'the primary lacks too many files; mend it first');
    this.#lacking.add(sequence);
  }
}
