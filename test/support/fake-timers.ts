/** Timers that elapse when a test says so. */
import type { After } from '../../client/index.ts';

export interface FakeTimer {
  readonly milliseconds: number;
  readonly run: () => void;
}

export class FakeTimers {
  readonly #pending = new Set<FakeTimer>();
  #wake = Promise.withResolvers<undefined>();

  readonly after: After = (milliseconds, run) => {
    const timer = { milliseconds, run };
    this.#pending.add(timer);
    this.#wake.resolve(undefined);
    this.#wake = Promise.withResolvers<undefined>();
    return () => void this.#pending.delete(timer);
  };

  /** How many timers of a length are set. */
  count(milliseconds: number): number {
    return [...this.#pending].filter((timer) => timer.milliseconds === milliseconds).length;
  }

  /** Waits for a timer within the bounds to be set, lets it elapse, and says how long it was. */
  async elapse(atLeast: number, atMost: number): Promise<number> {
    for (;;) {
      for (const timer of this.#pending) {
        if (timer.milliseconds < atLeast || timer.milliseconds > atMost) continue;
        this.#pending.delete(timer);
        timer.run();
        return timer.milliseconds;
      }
      await this.#wake.promise;
    }
  }
}
