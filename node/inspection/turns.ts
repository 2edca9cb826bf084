/** Turns for work that takes up memory: a few at a time, a few that wait, and the rest turned away. */
export class Turns {
  readonly #atATime: number;
  readonly #maxWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  constructor(atATime: number, maxWaiting: number) {
    this.#atATime = atATime;
    this.#maxWaiting = maxWaiting;
  }

  /** Does something when its turn comes, and resolves or rejects as it does; undefined at once where too many wait. */
  async take<T>(run: () => Promise<T>): Promise<T | undefined> {
    if (this.#taken >= this.#atATime) {
      if (this.#waiting.length >= this.#maxWaiting) return undefined;
      await new Promise<void>((resolve) => this.#waiting.push(resolve)); // whoever is done hands over the turn
    } else {
      this.#taken += 1;
    }
    try {
      return await run();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#taken -= 1;
      else next();
    }
  }
}
