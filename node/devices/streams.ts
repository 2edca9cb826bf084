/** The device streams open now, by peer id: so that one can be told that it is over before its connection is dropped. */
import { encodeCbor } from '../../protocol/encoding/index.ts';
import { ChanceryError, type Refusal } from '../../protocol/errors/index.ts';
import type { FrameChannel } from '../../protocol/wire/index.ts';

/** Milliseconds a device has to close a stream that it was told is over. */
export const LINGER_MS = 5_000;

export class DeviceStream {
  readonly #channel: FrameChannel;
  readonly #over = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(channel: FrameChannel) {
    this.#channel = channel;
  }

  /** Aborted when nothing more is answered. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** Tells the device why the stream is over, and drops it if it does not close it. */
  end({ code, message }: Pick<Refusal, 'code' | 'message'>): void {
    if (this.#over.signal.aborted) return;
    this.#over.abort();
    clearTimeout(this.#timer);
    const reason = new ChanceryError(code, message);
    this.#channel
      .write(encodeCbor({ type: 'refused', id: 0, code, message }))
      .catch((error: unknown) => this.#channel.abort(error as Error));
    this.#timer = setTimeout(() => this.#channel.abort(reason), LINGER_MS);
    this.#timer.unref();
  }

  /** Ends it after so many milliseconds, unless that was set before. */
  endAfter(milliseconds: number, refusal: Pick<Refusal, 'code' | 'message'>): void {
    if (this.#timer !== undefined || this.#over.signal.aborted) return;
    this.#timer = setTimeout(() => this.end(refusal), milliseconds);
    this.#timer.unref();
  }

  /** The device is gone. */
  closed(): void {
    this.#over.abort();
    clearTimeout(this.#timer);
  }
}

export class DeviceStreams {
  readonly #streams = new Map<string, Set<DeviceStream>>();

  add(peerId: string, stream: DeviceStream): void {
    const streams = this.#streams.get(peerId) ?? new Set();
    this.#streams.set(peerId, streams.add(stream));
  }

  delete(peerId: string, stream: DeviceStream): void {
    const streams = this.#streams.get(peerId);
    streams?.delete(stream);
    if (streams?.size === 0) this.#streams.delete(peerId);
  }

  of(peerId: string): DeviceStream[] {
    return [...(this.#streams.get(peerId) ?? [])];
  }
}
