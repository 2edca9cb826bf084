/** Those who are told of something. One that fails keeps nobody else from being told. */
export class Listeners<T> {
  readonly #listeners = new Set<(told: T) => void>();
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Returns how to stop it. */
  add(listener: (told: T) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  tell(told: T): void {
    for (const listener of this.#listeners) {
      try {
        listener(told);
      } catch (error) {
        this.#onError(error);
      }
    }
  }
}
