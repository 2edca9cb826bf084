/**
 * The ids of what this process wrote and has not yet seen come back. An id is the hash of what was signed, so what
 * comes back under one of them needs no second look at its signature.
 */

/** Ids remembered; a message whose id is no longer here is verified like any other. */
const MAX_IDS = 20_000;

export class Written {
  readonly #ids = new Set<string>();

  add(id: string): void {
    if (this.#ids.size >= MAX_IDS) this.#ids.clear();
    this.#ids.add(id);
  }

  /** Whether this process wrote it; true once. */
  take(id: string): boolean {
    return this.#ids.delete(id);
  }
}
