/** Two ends of a channel of frames in memory. */
import type { FrameChannel } from '../../protocol/wire/index.ts';

export function channelPair(): [FrameChannel, FrameChannel] {
  const there = new Pipe();
  const back = new Pipe();
  return [end(there, back), end(back, there)];
}

function end(outgoing: Pipe, incoming: Pipe): FrameChannel {
  return {
    read: () => incoming.take(),
    async write(frame) {
      await Promise.resolve();
      outgoing.put(frame);
    },
    async close() {
      await Promise.resolve();
      outgoing.end();
      incoming.end();
    },
    abort(reason) {
      outgoing.fail(reason);
      incoming.fail(reason);
    },
  };
}

class Pipe {
  readonly #frames: Uint8Array[] = [];
  #wake = Promise.withResolvers<undefined>();
  #ended = false;
  #failure: Error | undefined;

  put(frame: Uint8Array): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#ended) throw new Error('the channel is closed');
    this.#frames.push(frame);
    this.#signal();
  }

  end(): void {
    this.#ended = true;
    this.#signal();
  }

  fail(reason: Error): void {
    this.#failure ??= reason;
    this.#signal();
  }

  async take(): Promise<Uint8Array | null> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      const frame = this.#frames.shift();
      if (frame !== undefined) return frame;
      if (this.#ended) return null;
      await this.#wake.promise;
    }
  }

  #signal(): void {
    this.#wake.resolve(undefined);
    this.#wake = Promise.withResolvers<undefined>();
  }
}
