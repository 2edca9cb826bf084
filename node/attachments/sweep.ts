/**
 * Takes away sealed files that no message of the log brought along: the node died between placing one and appending its
 * message, or the message never came. Guarantees: a file whose message is in the log stays, also where its row of the views is
 * lost; so does one that waits for its message, or that is younger than a day by the log's own time, whatever the clock says;
 * where anything is wrong with the log nothing is taken away.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { hasCode } from '../home/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { SealedFiles } from './sealed-files.ts';

/** Milliseconds between two sweeps. */
const SWEEP_EVERY_MS = 60 * 60 * 1000;

/** Milliseconds of the log's time after which a file is old enough: a message that is on its way does not take a day. */
export const LEFT_AFTER_MS: number = 24 * 60 * 60 * 1000;

/** Files that one sweep looks at: some tens of milliseconds a thousand, and some megabytes of their names. */
const MAX_LOOKED_AT = 65_536;

/** Entries looked at before others go first. */
const STEP = 128;

/** The names of files lie in as many folders: by the first byte of their hash. */
const FOLDERS = 256;

export interface SweepOptions {
  readonly ledger: Ledger;
  readonly files: SealedFiles;
  /** Those that wait for their message, in hex, and lets go of what has waited since before a time of the log. */
  readonly incoming?: { waiting(): ReadonlySet<string>; abandon(before: number): Promise<void> };
  readonly logger: Logger;
}

export class Sweep {
  readonly #options: SweepOptions;
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<unknown> = Promise.resolve();
  #folder = 0;
  #stopped = false;

  constructor(options: SweepOptions) {
    this.#options = options;
  }

  /** Sweeps now, and from then on every hour. */
  start(): void {
    const sweep = (): void => {
      this.sweep().catch((error: unknown) => {
        this.#options.logger.error({ err: error }, 'files without a message could not be looked for');
      });
    };
    this.#timer ??= setInterval(sweep, SWEEP_EVERY_MS).unref();
    sweep();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#sweeping.catch(() => undefined);
  }

  /** One sweep: how many files were taken away. Throws what the file system and the archive throw. */
  sweep(): Promise<number> {
    const done = this.#sweeping.then(() => this.#sweep());
    this.#sweeping = done.catch(() => undefined);
    return done;
  }

  /** A method, since both can come while something else is awaited. */
  #isOver(): boolean {
    return this.#stopped || this.#options.ledger.log.stopped !== undefined;
  }

  async #sweep(): Promise<number> {
    const { ledger, files, incoming, logger } = this.#options;
    const { log } = ledger;
    if (this.#isOver()) return 0;
    const before = log.head.time - LEFT_AFTER_MS;
    await incoming?.abandon(before);
    // in this order: what is placed after this is not looked at, and what waits no longer after that has its row by then
    const left = await this.#namesBefore(before);
    for (const name of incoming?.waiting() ?? []) left.delete(name);
    for await (const [, sealed] of log.iterate(ledger.keys.within('file'))) left.delete(hex(sealed));
    if (left.size > 0) await this.#spareCommitted(left);
    if (this.#isOver()) return 0;
    for (const name of left) files.remove(Buffer.from(name, 'hex'));
    if (left.size > 0)
      logger.info({ files: left.size }, 'files that no message brought along were taken away');
    return left.size;
  }

  /** Names of files that were written before a time: some, each time those of the folders after the ones before. */
  async #namesBefore(time: number): Promise<Set<string>> {
    const { files } = this.#options;
    const names = new Set<string>();
    const add = async (folder: string, own: (name: string) => boolean): Promise<void> => {
      for (const name of (await readdir(folder).catch(orNone)).filter(own)) {
        const found = await stat(join(folder, name)).catch(orAbsent);
        if (found !== undefined && found.mtimeMs < time) names.add(name);
      }
    };
    await add(files.fetching, isName);
    for (let folders = 0; folders < FOLDERS && names.size < MAX_LOOKED_AT; folders += 1) {
      const folder = this.#folder.toString(16).padStart(2, '0');
      await add(files.folder(folder), (name) => isName(name) && name.startsWith(folder));
      this.#folder = (this.#folder + 1) % FOLDERS;
    }
    return names;
  }

  /** What an entry commits to is no such file, whatever the views say. Throws where an entry cannot be read. */
  async #spareCommitted(left: Set<string>): Promise<void> {
    const { ledger } = this.#options;
    const { size } = ledger.log.durable.state.head;
    for (let sequence = 0; sequence < size && left.size > 0; sequence += 1) {
      if (sequence % STEP === 0) await new Promise((resolve) => setImmediate(resolve));
      if (this.#stopped) return;
      // what is durable and does not count yet may be such a message as well
      const { durable } = ledger.log;
      if (durable.entry(sequence)?.kind !== 'message' || ledger.isDisposed(sequence)) continue;
      if (sequence >= ledger.log.size)
        throw new ChanceryError('archive.unavailable', 'the log is just being written; it is tried again');
      const file = ledger.header('message', sequence)?.file;
      if (file !== undefined) left.delete(hex(file));
    }
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function isName(name: string): boolean {
  return /^[0-9a-f]{64}$/.test(name);
}

function orNone(error: unknown): string[] {
  if (hasCode(error, 'ENOENT')) return [];
  throw error;
}

function orAbsent(error: unknown): undefined {
  if (!hasCode(error, 'ENOENT')) throw error;
}
