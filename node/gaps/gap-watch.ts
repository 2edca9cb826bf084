/**
 * Looks for gaps again and again while the node runs: what is new is logged once, as an alarm where it is critical, and so is
 * what is gone. Guarantees: one look at a time; a look that fails is logged, and the next one comes.
 */
import type { Logger } from 'pino';
import { findGaps, type GapSources } from './gaps.ts';
import type { Gap } from './gap.ts';

/** Milliseconds between two looks. */
const LOOK_EVERY_MS = 5 * 60_000;

/** Milliseconds after the start before the first: what connects has done so by then. */
const FIRST_AFTER_MS = 60_000;

export interface GapWatchOptions {
  readonly sources: GapSources;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly log: Logger;
}

export class GapWatch {
  readonly #options: GapWatchOptions;
  #known = new Map<string, Gap>();
  #gaps: readonly Gap[] = [];
  #last: Promise<unknown> = Promise.resolve();
  #waiting: Promise<readonly Gap[]> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: GapWatchOptions) {
    this.#options = options;
  }

  /** As the last look found them, the worst first; none before the first look. */
  get last(): readonly Gap[] {
    return this.#gaps;
  }

  start(): void {
    this.#later(FIRST_AFTER_MS);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#last;
  }

  /** Looks anew, after the look that is under way; whoever asks meanwhile is told what that one look finds. */
  look(): Promise<readonly Gap[]> {
    if (this.#waiting !== undefined) return this.#waiting;
    const looked = this.#last.then(() => {
      this.#waiting = undefined;
      return this.#look();
    });
    this.#waiting = looked;
    this.#last = looked.catch(() => undefined);
    return looked;
  }

  #later(milliseconds: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#lookAgain(), milliseconds);
    this.#timer.unref();
  }

  async #lookAgain(): Promise<void> {
    await this.look().catch((error: unknown) => {
      this.#options.log.error({ err: error }, 'gaps could not be looked for');
    });
    this.#later(LOOK_EVERY_MS);
  }

  async #look(): Promise<readonly Gap[]> {
    const { sources, clock } = this.#options;
    const gaps = await findGaps(clock(), sources);
    this.#tell(gaps);
    this.#gaps = gaps;
    return gaps;
  }

  #tell(gaps: readonly Gap[]): void {
    const { log } = this.#options;
    const now = new Map(gaps.map((gap) => [nameOf(gap), gap] as const));
    for (const [name, { kind, severity, text, mend }] of now) {
      if (this.#known.get(name)?.severity === severity) continue;
      const said = { gap: kind, severity, mend, ...(severity === 'critical' ? { alarm: true } : {}) };
      const level = severity === 'critical' ? 'error' : severity === 'warning' ? 'warn' : 'info';
      log[level](said, `gap: ${text}`);
    }
    for (const [name, { kind, text }] of this.#known)
      if (!now.has(name)) log.info({ gap: kind }, `gap is gone: ${text}`);
    this.#known = now;
  }
}

function nameOf({ kind, subject }: Gap): string {
  return `${kind} ${subject}`;
}
