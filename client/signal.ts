/** Wakes whoever waits. A wait begun before the fire sees it, so nothing is missed between a look and the wait. */
export class Signal {
  #waiting = Promise.withResolvers<undefined>();

  wait(): Promise<undefined> {
    return this.#waiting.promise;
  }

  fire(): void {
    this.#waiting.resolve(undefined);
    this.#waiting = Promise.withResolvers<undefined>();
  }
}
