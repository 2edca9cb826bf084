/**
 * How long to wait before trying again: doubling from a tenth of a second to a minute, with full jitter, for ever;
 * cut short when the other side is seen to be back.
 */
const FIRST_MS = 100;
const LONGEST_MS = 60_000;

export class Backoff {
  readonly #random: () => number;
  #limit = FIRST_MS;
  #skip: (() => void) | undefined;

  /** @param random uniform in [0, 1) */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** Waits between half and all of the current limit, in milliseconds, and doubles it; less when skipped. */
  async wait(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(resolve, (this.#limit * (1 + this.#random())) / 2, undefined);
    this.#skip = () => resolve(undefined);
    this.#limit = Math.min(this.#limit * 2, LONGEST_MS);
    await promise;
    clearTimeout(timer);
    this.#skip = undefined;
  }

  /** Ends a wait under way. */
  skip(): void {
    this.#limit = FIRST_MS;
    this.#skip?.();
  }

  reset(): void {
    this.#limit = FIRST_MS;
  }
}
