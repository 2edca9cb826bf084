/** How long to wait before connecting again: not at all at first, then doubling to a minute, with jitter. */
import type { After } from '../platform.ts';

const FIRST_MS = 250;
const LONGEST_MS = 60_000;

export class Backoff {
  readonly #after: After;
  readonly #random: () => number;
  #limit = 0;
  #skip: (() => void) | undefined;
  #skipped = false;

  /** @param random uniform in [0, 1) */
  constructor(after: After, random: () => number) {
    this.#after = after;
    this.#random = random;
  }

  /** Waits between half and all of the current limit, and doubles it. */
  async wait(): Promise<void> {
    const limit = this.#limit;
    this.#limit = Math.min(Math.max(FIRST_MS, limit * 2), LONGEST_MS);
    if (limit === 0 || this.#skipped) {
      this.#skipped = false;
      return;
    }
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const cancel = this.#after((limit * (1 + this.#random())) / 2, () => resolve(undefined));
    this.#skip = () => resolve(undefined);
    await promise;
    cancel();
    this.#skip = undefined;
  }

  /** Ends the wait under way, or the next one before it begins. */
  skip(): void {
    this.#skipped = this.#skip === undefined;
    this.#skip?.();
  }

  reset(): void {
    this.#limit = 0;
  }
}
