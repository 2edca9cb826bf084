/**
 * The background verifier of the sealed files: walks them at an even pace, again and again, like the archive's own does the
 * log. What is missing or was changed is named by sequence number, once, as an alarm, and had again from another archive node
 * of ours, which is asked until one has it. Guarantees: what is put in a file's place has its hash.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import { Messages, type Ledger } from '../ledger/index.ts';
import { checkFiles, fileOf, type FileFinding } from './check-files.ts';
import type { SealedFiles } from './sealed-files.ts';

/** Milliseconds after which the other nodes are asked again for what is wrong: one may be back. */
const MEND_EVERY_MS = 30_000;

/** Milliseconds of one rest at the most, so that a stop is heard. */
const REST_MS = 1_000;

/** Findings that are kept: more are a disk that is to be replaced, and are found by the next walk. */
const MAX_FINDINGS = 10_000;

export interface FilesVerifierOptions {
  readonly ledger: Ledger;
  readonly files: SealedFiles;
  /** How many entries are to have their files here, where those come after their messages. */
  readonly upTo?: () => Promise<number>;
  /** Seconds that one walk over all files is to take; longer where that is not enough. */
  readonly cycleSeconds: number;
  /** Has a file from another archive node, if it is wanted when it has come; whether one had it. */
  readonly fetch: (sealed: Uint8Array, isWanted: () => boolean, signal: AbortSignal) => Promise<boolean>;
  /** Milliseconds since some time; never goes back. */
  readonly clock: () => number;
  readonly logger: Logger;
}

export class FilesVerifier {
  readonly #options: FilesVerifierOptions;
  readonly #stop = new AbortController();
  readonly #wrong = new Map<number, FileFinding>();
  #timer: NodeJS.Timeout | undefined;
  #mending: Promise<unknown> = Promise.resolve();
  #running: Promise<void> | undefined;

  constructor(options: FilesVerifierOptions) {
    this.#options = options;
  }

  /** What is wrong as far as is known, by rising sequence number. */
  get findings(): readonly FileFinding[] {
    return [...this.#wrong.values()].toSorted((a, b) => a.sequence - b.sequence);
  }

  start(): void {
    this.#running ??= this.#run();
    this.#timer ??= setInterval(() => void this.mend(), MEND_EVERY_MS).unref();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    clearInterval(this.#timer);
    await this.#running;
    await this.#mending;
  }

  /** Reads every file now, and names what is wrong; then asks the other nodes for it, which is not waited for. */
  async verify(): Promise<{ readonly checked: number; readonly findings: readonly FileFinding[] }> {
    const found: FileFinding[] = [];
    const checked = await this.#walk((finding) => found.push(finding));
    void this.mend();
    return { checked, findings: found };
  }

  /** Asks the other nodes for what is wrong. What was put right, by sequence number. Never throws. */
  mend(): Promise<readonly number[]> {
    const mended = this.#mending.then(() => this.#mend());
    this.#mending = mended.catch(() => undefined);
    return mended;
  }

  async #run(): Promise<void> {
    const { logger, clock, cycleSeconds } = this.#options;
    await this.#findMissing().catch(() => undefined);
    void this.mend();
    while (!this.#isStopped()) {
      const began = clock();
      const pause = (share: number): Promise<void> => this.#rest(began + share * cycleSeconds * 1000);
      try {
        await this.#walk(() => undefined, pause);
        if (this.#wrong.size > 0) void this.mend();
        await pause(1);
      } catch (error) {
        if (this.#isStopped()) return;
        logger.error({ err: error, alarm: true }, 'the files of messages could not be verified');
        await pause(1).catch(() => undefined);
      }
    }
  }

  /** A method, since a stop can come while another is awaited. */
  #isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  /** What a restored archive lacks, or a disk that was replaced, is found at once: nothing is read for it. */
  async #findMissing(): Promise<void> {
    const { ledger, files } = this.#options;
    const size = await this.#size();
    for await (const { sequence, sealed } of new Messages(ledger).files()) {
      if (this.#isStopped() || sequence >= size) return;
      if (files.has(sealed) || fileOf(ledger, sequence) === undefined) continue;
      this.#found({ sequence, sealed, problem: 'the file that the message brought along is missing' });
    }
  }

  async #size(): Promise<number> {
    const { ledger, upTo } = this.#options;
    const { size } = ledger.log;
    return upTo === undefined ? size : Math.min(size, await upTo());
  }

  async #walk(
    onFinding: (finding: FileFinding) => void,
    pause?: (share: number) => Promise<void>,
  ): Promise<number> {
    const { ledger, files } = this.#options;
    const before = new Set(this.#wrong.keys());
    const checked = await checkFiles({
      ledger,
      files,
      size: await this.#size(),
      onFinding: (finding) => {
        before.delete(finding.sequence);
        this.#found(finding);
        onFinding(finding);
      },
      pause: async (share) => {
        this.#stop.signal.throwIfAborted();
        await pause?.(share);
      },
    });
    for (const sequence of before) this.#wrong.delete(sequence); // right by now, or gone
    return checked;
  }

  #found(finding: FileFinding): void {
    const { sequence, problem } = finding;
    const known = this.#wrong.get(sequence);
    if (known === undefined && this.#wrong.size >= MAX_FINDINGS) return;
    this.#wrong.set(sequence, finding);
    if (known?.problem !== problem)
      this.#options.logger.error({ sequence, alarm: true }, `the archive is damaged: ${problem}`);
  }

  async #mend(): Promise<readonly number[]> {
    const { ledger, files, fetch, logger } = this.#options;
    const mended: number[] = [];
    for (const { sequence, sealed } of this.findings) {
      if (this.#isStopped()) break;
      const isWanted = (): boolean => fileOf(ledger, sequence) !== undefined;
      if (!isWanted()) this.#wrong.delete(sequence);
      else if (await this.#isRight(sealed))
        continue; // it is the row that is wrong
      else if (await fetch(sealed, isWanted, this.#stop.signal).catch(() => false)) {
        mended.push(sequence);
        if (files.has(sealed)) this.#wrong.delete(sequence);
      }
    }
    if (mended.length > 0) logger.info({ mended }, 'files of messages were mended from another copy');
    return mended;
  }

  async #isRight(sealed: Uint8Array): Promise<boolean> {
    return this.#options.files.isWhole(sealed).catch(() => false);
  }

  /** Lets others go first, and rests until a time. */
  async #rest(due: number): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#stop;
    for (let left = due - clock(); left > 0 && !this.#isStopped(); left = due - clock())
      await wait(Math.min(left, REST_MS), undefined, { signal, ref: false }).catch(() => undefined);
    signal.throwIfAborted();
  }
}
