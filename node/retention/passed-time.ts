/**
 * How much time has passed for certain. Guarantees: no jump of the clock brings anything forward. While the node runs, the
 * clock counts no more than a clock that cannot be set; of the log, a stretch in which nothing was recorded counts a day at
 * most, however long it is said to have been. What is uncertain makes things stay, never go.
 */
import type { ArchiveLog } from '../archive/index.ts';

/**
 * The longest stretch between two entries that counts in full, in milliseconds: a node that runs records a roster twice a
 * day. After a longer one the clock may have been set, or the node was away.
 */
const STRETCH_MS: number = 24 * 60 * 60 * 1000;

/** Entries looked at before others go first. */
const STEP = 256;

export interface PassedTimeOptions {
  readonly log: Pick<ArchiveLog, 'entry' | 'size' | 'head'>;
  /** Milliseconds since 1970; may jump. */
  readonly clock: () => number;
  /** Milliseconds since some time; cannot be set. */
  readonly steady: () => number;
}

interface Stretch {
  /** The receipt time at its end. */
  readonly until: number;
  /** What of it does not count. */
  readonly excess: number;
}

export class PassedTime {
  readonly #options: PassedTimeOptions;
  readonly #began: { readonly clock: number; readonly steady: number };
  #stretches: readonly Stretch[] = [];
  /** Entries below it were looked at. */
  #looked = 0;
  #steps = 0;

  constructor(options: PassedTimeOptions) {
    this.#options = options;
    this.#began = { clock: options.clock(), steady: options.steady() };
  }

  /** Takes in what the log recorded since. Throws `archive.damaged` where that cannot be read: then nothing is certain. */
  async look(): Promise<void> {
    const { size } = this.#options.log;
    const from = Math.max(0, this.#looked - 1);
    if (size - from < 2) return;
    const found: Stretch[] = [];
    await this.#find(from, size - 1, found);
    this.#stretches = [...this.#stretches, ...found];
    this.#looked = size;
  }

  /**
   * The time, in milliseconds since 1970, that has come for certain for what was received at `time`: what of the log counts
   * since then, and no more than the clocks say.
   */
  since(time: number): number {
    const { clock, steady, log } = this.#options;
    // whole milliseconds: what is decided by it goes on record, where nothing else can be read again
    const ran = Math.floor(this.#began.clock + (steady() - this.#began.steady));
    const later = this.#stretches.filter(({ until }) => until > time);
    const recorded = later.reduce((sum, { excess }) => sum - excess, log.head.time);
    return Math.min(clock(), ran, recorded);
  }

  /** Halves what lies between two entries until each part is short, or is two entries that follow each other. */
  async #find(from: number, to: number, found: Stretch[]): Promise<void> {
    const between = this.#time(to) - this.#time(from);
    if (between <= STRETCH_MS) return;
    if (to - from === 1) {
      found.push({ until: this.#time(to), excess: between - STRETCH_MS });
      return;
    }
    this.#steps += 1;
    if (this.#steps % STEP === 0) await new Promise((resolve) => setImmediate(resolve));
    const middle = from + Math.floor((to - from) / 2);
    await this.#find(from, middle, found);
    await this.#find(middle, to, found);
  }

  #time(sequence: number): number {
    return this.#options.log.entry(sequence)?.time ?? 0;
  }
}
