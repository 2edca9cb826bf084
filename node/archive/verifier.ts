/**
 * The background verifier: walks the files of the database and the log at an even pace, and again when it is done. What
 * is wrong is named by sequence number within one cycle, once, as an alarm; and put right from another copy where one
 * can be reached. Guarantees: it never holds up what is being appended or read for longer than one window of the log.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { ArchiveLog } from './archive-log.ts';
import type { ArchiveLogger } from './archive-logger.ts';
import type { Finding } from './check.ts';
import { checkFiles } from './files/database-files.ts';
import { spanText, type FileFinding } from './files/file-finding.ts';
import { bytesOfFiles } from './files/size.ts';
import type { Mender } from './mend.ts';

/** The shares of a cycle that the files take, and the log; the rest is left over. */
const FILES_SHARE = 0.3;
const LOG_SHARE = 0.6;

/** Bytes of files that are read in one go. */
const READ_STEP_BYTES = 1024 * 1024;

/** Seconds of a walk at most while something is wrong: a copy to mend it from may be back. */
const DAMAGED_CYCLE_SECONDS = 30;

/** Milliseconds of one rest at the most, so that a stop is heard. */
const REST_MS = 1_000;

export interface VerifierOptions {
  readonly log: Pick<ArchiveLog, 'verify' | 'mend' | 'settle' | 'findings' | 'size' | 'lostViews'>;
  /** The directory of the database. */
  readonly location: string;
  /** Seconds that one walk over everything is to take; longer where that is not enough. */
  readonly cycleSeconds: number;
  readonly mender: Mender;
  /** The log is whole, but rows of its views were lost on the way: whoever has it open is to open it anew. */
  readonly onLostViews?: () => void;
  /** Milliseconds since some time; never goes back. */
  readonly clock: () => number;
  readonly logger: ArchiveLogger & { info(facts: object, message: string): void };
}

/** What the last walk found, and put right. */
export interface CycleReport {
  readonly entries: number;
  readonly seconds: number;
  readonly findings: readonly Finding[];
  readonly files: readonly FileFinding[];
  readonly mended: readonly number[];
}

export class Verifier {
  readonly #options: VerifierOptions;
  readonly #stop = new AbortController();
  readonly #told = new Set<string>();
  #running: Promise<void> | undefined;
  #last: CycleReport | undefined;

  constructor(options: VerifierOptions) {
    this.#options = options;
  }

  /** Undefined before the first walk is over. */
  get last(): CycleReport | undefined {
    return this.#last;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** One walk over everything. Throws what the archive throws where it cannot be read at all. */
  async cycle(): Promise<CycleReport> {
    const { log, location, clock, mender, logger } = this.#options;
    const began = clock();
    const isKnown = log.findings.length > 0;
    const mended = isKnown ? [...(await log.mend(mender))] : [];
    const files = await checkFiles(location, {
      isOpen: true,
      tables: true,
      pause: await this.#filePause(began),
    });
    for (const { file, problem, span } of files) this.#tell({ file, hit: spanText(span) }, problem);
    mended.push(...(await this.#mendFiles(files)));
    const { findings, checked } = await log.verify({
      pause: (share) => this.#rest(began, FILES_SHARE + share * LOG_SHARE),
    });
    for (const { sequence, problem } of findings) this.#tell({ sequence }, problem);
    const isWrong = log.findings.length > 0;
    if (isWrong) mended.push(...(await log.mend(mender)));
    if (mended.length > 0) logger.info({ mended }, 'the archive was mended from another copy');
    await this.#rest(began, 1);
    const seconds = (clock() - began) / 1000;
    this.#last = { entries: checked, seconds, findings: log.findings, files, mended };
    if ((isWrong || isKnown) && log.findings.length === 0) this.#told.clear();
    if (log.findings.length === 0 && log.lostViews !== undefined) this.#options.onLostViews?.();
    return this.#last;
  }

  /** Before LevelDB comes upon them, since it dies of what it makes no sense of. What was mended, by sequence number. */
  async #mendFiles(files: readonly FileFinding[]): Promise<readonly number[]> {
    const { log, mender } = this.#options;
    if (files.length === 0) return [];
    if (files.some(({ file }) => !file.endsWith('.log'))) return log.mend(mender, { files: true });
    await log.settle(); // all that is in a log file is in memory as well
    return [];
  }

  async #run(): Promise<void> {
    while (!this.#isStopped()) {
      try {
        await this.cycle();
      } catch (error) {
        if (this.#isStopped()) return;
        this.#options.logger.error({ err: error, alarm: true }, 'the archive could not be verified');
        await this.#rest(this.#options.clock(), 1).catch(() => undefined);
      }
    }
  }

  /** A method, since a stop can come while another is awaited. */
  #isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  async #filePause(began: number): Promise<(bytes: number) => Promise<void>> {
    const all = Math.max(1, await bytesOfFiles(this.#options.location));
    let read = 0;
    let step = 0;
    return async (bytes) => {
      read += bytes;
      step += bytes;
      if (step < READ_STEP_BYTES) return;
      step = 0;
      await this.#rest(began, FILES_SHARE * Math.min(1, read / all));
    };
  }

  /** Lets others go first, and rests until as much of the cycle's time is over as of its work. */
  async #rest(began: number, share: number): Promise<void> {
    const { clock, cycleSeconds, log } = this.#options;
    const seconds = log.findings.length > 0 ? Math.min(cycleSeconds, DAMAGED_CYCLE_SECONDS) : cycleSeconds;
    const due = began + share * seconds * 1000;
    await new Promise((resolve) => setImmediate(resolve));
    for (let left = due - clock(); left > 0; left = due - clock()) {
      if (this.#isStopped()) break;
      const { signal } = this.#stop;
      await wait(Math.min(left, REST_MS), undefined, { signal, ref: false }).catch(() => undefined);
    }
    this.#stop.signal.throwIfAborted();
  }

  /** Once, however often it is found. */
  #tell(where: { sequence: number } | { file: string; hit: string }, problem: string): void {
    const name = `${JSON.stringify(where)} ${problem}`;
    if (this.#told.has(name)) return;
    if (this.#told.size >= TOLD_MAX) this.#told.clear();
    this.#told.add(name);
    this.#options.logger.error({ ...where, alarm: true }, `the archive is damaged: ${problem}`);
  }
}

/** Findings remembered as told: as many as one walk lists. */
const TOLD_MAX = 2_000;
