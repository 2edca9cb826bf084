/**
 * What entries do beyond the views, on every node that has the log: certificates take contents away, holds are laid on what
 * is there, and releases end them. Guarantees: in the order of the log, one at a time; what was broken off is done at the
 * next start, before anything else. A file goes after the content that had its key, and is noted until it is gone.
 */
import type { Logger } from 'pino';
import {
  del,
  holdsOn,
  matterOf,
  pendingEffects,
  textOf,
  type Hold,
  type Holds,
  type Ledger,
} from '../ledger/index.ts';
import { isSealed } from '../archive/index.ts';
import type { SealedFiles } from '../attachments/index.ts';
import type { Removal } from './removal.ts';

/** Entries that a hold is held against before others go first. */
const STEP = 256;

export interface EffectsOptions {
  readonly ledger: Ledger;
  readonly holds: Holds;
  readonly removal: () => Removal;
  /** The files of messages, beside the log. */
  readonly files: Pick<SealedFiles, 'remove'>;
  readonly log: Logger;
}

export class Effects {
  readonly #options: EffectsOptions;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: EffectsOptions) {
    this.#options = options;
  }

  /** Does all that is pending; resolves once it is. Rejects with what kept it: it is tried again with the next call. */
  run(): Promise<void> {
    const done = this.#running.then(() => this.#runAll());
    this.#running = done.catch(() => undefined);
    return done;
  }

  /** From now on by itself, whenever an entry came that has an effect. */
  watch(): void {
    const { ledger, log } = this.#options;
    const onFailed = (error: unknown): void =>
      log.error(
        { err: error, alarm: true },
        'what the log says of retention could not be done; it is tried again',
      );
    ledger.watch((kinds) => {
      if (kinds.has('disposal') || kinds.has('hold') || kinds.has('hold-release')) this.run().catch(onFailed);
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #runAll(): Promise<void> {
    const { ledger, removal } = this.#options;
    const taken: number[] = [];
    for (const sequence of await pendingEffects(ledger)) {
      if (this.#stopped) return;
      const kind = ledger.log.entry(sequence)?.kind;
      if (kind === 'disposal') {
        await removal().run(sequence);
        taken.push(sequence);
      } else if (kind === 'hold') await this.#lay(sequence);
      else if (kind === 'hold-release') await this.#end(sequence);
    }
    await this.#removeFiles();
    if (taken.length > 0) await this.#purge(taken);
  }

  /** The files of messages whose content is gone: also those that an earlier run did not come to. */
  async #removeFiles(): Promise<void> {
    const { ledger, files } = this.#options;
    for await (const [key, sealed] of ledger.iterate(ledger.keys.within('goneFile'))) {
      if (this.#stopped) return;
      files.remove(sealed);
      await ledger.log.dispose([], 0, [del(key)]);
    }
  }

  /** What was taken away leaves the database's files as well. */
  async #purge(certificates: readonly number[]): Promise<void> {
    const { ledger } = this.#options;
    for (const certificate of certificates) {
      const sequences =
        ledger.record('disposal', certificate)?.disposed.map(({ sequence }) => sequence) ?? [];
      if (sequences.length > 0) await ledger.log.purge(Math.min(...sequences), Math.max(...sequences) + 1);
    }
  }

  /** Lays a hold on every message that was there before it, and is under it. */
  async #lay(sequence: number): Promise<void> {
    const { ledger } = this.#options;
    const hold = { ...ledger.record('hold', sequence), sequence } as Hold;
    const { log } = ledger;
    for await (const { sequence: message } of log.keptUntil(0)) {
      if (message >= sequence) break;
      if (this.#stopped) return;
      if (message % STEP === 0) await new Promise((resolve) => setImmediate(resolve));
      if (this.#isUnder(hold, message))
        await log.keep({ from: message, to: message + 1 }, { matters: [matterOf(sequence)] });
    }
    await this.#done(sequence);
  }

  #isUnder(hold: Hold, message: number): boolean {
    const { ledger } = this.#options;
    const entry = ledger.log.entry(message);
    if (entry?.kind !== 'message' || ledger.isDisposed(message)) return false;
    const header = ledger.header('message', message);
    return (
      header !== undefined &&
      holdsOn([hold], ledger, header, { sequence: message, time: entry.time }, () => this.#text(message))
        .length > 0
    );
  }

  #text(message: number): string | undefined {
    const { ledger } = this.#options;
    try {
      const record = ledger.message(message);
      return record && textOf(record);
    } catch (error) {
      if (isSealed(error)) return undefined;
      throw error;
    }
  }

  async #end(sequence: number): Promise<void> {
    const { ledger } = this.#options;
    const { log } = ledger;
    const record = ledger.record('hold-release', sequence);
    for (const hold of record?.holds ?? [])
      for await (const message of log.heldFor(matterOf(hold)))
        await log.release({ from: message, to: message + 1 }, matterOf(hold));
    await this.#done(sequence);
  }

  async #done(sequence: number): Promise<void> {
    const { ledger } = this.#options;
    await ledger.log.dispose([], 0, [del(ledger.keys.pendingEffect(sequence))]);
  }
}
