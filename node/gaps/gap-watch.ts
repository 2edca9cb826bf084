/**
 * Looks for gaps again and again while the node runs: what is new is logged once, as an alarm where it is critical, and so is
 * what is gone. Guarantees: one look at a time; a look that fails is logged, and the next one comes; since when a gap is there
 * stays the same for as long as it is, over a restart as well.
 */
import type { Logger } from 'pino';
import { findGaps, type GapSources } from './gaps.ts';
import { worstFirst, type Gap } from './gap.ts';

/** Milliseconds between two looks. */
const LOOK_EVERY_MS = 5 * 60_000;

/** Milliseconds after the start before the first: what connects has done so by then. */
const FIRST_AFTER_MS = 60_000;

/**
 * Milliseconds after the start for which it is kept in mind since when a gap was there that is not found: what is away is taken
 * to be away a while later only.
 */
const KEEP_IN_MIND_MS = 15 * 60_000;

/** Since when gaps are there (milliseconds since 1970), by their names, as it outlives the node. */
export interface GapMemory {
  readonly read: () => Promise<ReadonlyMap<string, number>>;
  readonly write: (since: ReadonlyMap<string, number>) => Promise<void>;
}

export interface GapWatchOptions {
  readonly sources: GapSources;
  readonly memory: GapMemory;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly log: Logger;
}

export class GapWatch {
  readonly #options: GapWatchOptions;
  readonly #started: number;
  #known = new Map<string, Gap>();
  /** Undefined until it was read. */
  #since: ReadonlyMap<string, number> | undefined;
  #gaps: readonly Gap[] = [];
  #last: Promise<unknown> = Promise.resolve();
  #waiting: Promise<readonly Gap[]> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: GapWatchOptions) {
    this.#options = options;
    this.#started = options.clock();
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
    const gaps = await this.#dated(await findGaps(clock(), sources));
    this.#tell(gaps);
    this.#gaps = gaps;
    return gaps;
  }

  /** With since when each is there, where nothing but that it was found before tells. */
  async #dated(gaps: readonly Gap[]): Promise<readonly Gap[]> {
    const { clock, memory, log } = this.#options;
    const now = clock();
    this.#since ??= await memory.read().catch((error: unknown) => {
      log.warn({ err: error }, 'since when gaps are there could not be read');
      return new Map<string, number>();
    });
    const before = this.#since;
    const dated = gaps.map((gap) => ({ ...gap, since: gap.since ?? before.get(nameOf(gap)) ?? now }));
    const kept = now - this.#started < KEEP_IN_MIND_MS ? before : [];
    const since = new Map([...kept, ...dated.map((gap) => [nameOf(gap), gap.since] as const)]);
    if (since.size !== before.size || [...since].some(([name, at]) => before.get(name) !== at)) {
      this.#since = since;
      await memory.write(since).catch((error: unknown) => {
        log.warn({ err: error }, 'since when gaps are there could not be kept');
      });
    }
    return worstFirst(dated);
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
