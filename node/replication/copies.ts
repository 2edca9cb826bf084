/** Which nodes hold how much of the log, and who waits until enough of them hold more. */

interface Waiting {
  readonly size: number;
  readonly resolve: () => void;
}

export class Copies {
  readonly #needed: number;
  readonly #held = new Map<string, number>();
  #waiting: Waiting[] = [];
  #silent: { readonly peers: readonly string[]; readonly resolve: () => void }[] = [];

  /** @param needed how many nodes are to hold an entry besides this one */
  constructor(needed: number) {
    this.#needed = needed;
  }

  /** A node holds the log up to a size: for good, whether it is connected or not. */
  hold(peerId: string, size: number): void {
    this.#held.set(peerId, size);
    this.#silent = this.#silent.filter(({ peers, resolve }) => {
      if (!peers.every((peer) => this.#held.has(peer))) return true;
      resolve();
      return false;
    });
    this.#waiting = this.#waiting.filter((waiting) => {
      if (!this.#enough(waiting.size)) return true;
      waiting.resolve();
      return false;
    });
  }

  /** A node that is no longer of the organisation counts no more. */
  forget(peerId: string): void {
    this.#held.delete(peerId);
  }

  /** How far a node holds the log, as far as it said since the start. */
  heldBy(peerId: string): number | undefined {
    return this.#held.get(peerId);
  }

  /** Resolves once each of these nodes has said how far it holds the log, and so holds no more than there is here. */
  async heardFrom(peers: readonly string[]): Promise<void> {
    const silent = peers.filter((peer) => !this.#held.has(peer));
    if (silent.length === 0) return;
    await new Promise<void>((resolve) => this.#silent.push({ peers: silent, resolve }));
  }

  /** Resolves once enough nodes hold the log up to this size. */
  confirmed(size: number): Promise<void> {
    if (this.#enough(size)) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ size, resolve }));
  }

  #enough(size: number): boolean {
    return [...this.#held.values()].filter((held) => held >= size).length >= this.#needed;
  }
}
