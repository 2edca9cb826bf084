/** A connection to a scanner for one question. Guarantees: over when its time is; never more read than was asked for. */
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import type { ScannerAddress } from './scanner.ts';

/** Bytes written at a time: small enough that an answer that comes early is noticed. */
const PIECE_BYTES = 64 * 1024;

export class ScannerSocket {
  readonly #socket: Socket;
  #received = Buffer.alloc(0);
  #isOver = false;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => {
      this.#received = Buffer.concat([this.#received, bytes]);
      socket.pause();
      this.#wake?.();
    });
    socket.on('error', (error) => (this.#failure ??= error));
    socket.on('close', () => {
      this.#isOver = true;
      this.#wake?.();
    });
  }

  /** Asks something over a connection of its own. Rejects as `ask` does, where nobody listens, and when the time is over. */
  static async ask<T>(
    address: ScannerAddress,
    withinMs: number,
    ask: (socket: ScannerSocket) => Promise<T>,
  ): Promise<T> {
    const socket = createConnection(address);
    const connection = new ScannerSocket(socket);
    const timer = setTimeout(() => socket.destroy(new Error(`no answer within ${withinMs} ms`)), withinMs);
    try {
      return await ask(connection);
    } finally {
      clearTimeout(timer);
      socket.destroy();
    }
  }

  /** Writes as fast as it is taken; false where the other side takes no more, and may have said why. */
  async write(bytes: Uint8Array): Promise<boolean> {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      if (this.#isOver || this.#failure !== undefined) return false;
      if (this.#socket.write(bytes.subarray(at, at + PIECE_BYTES))) continue;
      const stop = new AbortController();
      const ended = once(this.#socket, 'close', { signal: stop.signal });
      const drained = once(this.#socket, 'drain', { signal: stop.signal });
      await Promise.race([ended, drained].map((event) => event.catch(() => undefined)));
      stop.abort();
    }
    return !this.#isOver;
  }

  /** Bytes up to and without a mark. Rejects where there are more than a limit, or the connection ends before. */
  async readUntil(mark: string, maxBytes: number): Promise<Buffer> {
    for (;;) {
      const at = this.#received.indexOf(mark, 0, 'latin1');
      if (at >= 0 && at <= maxBytes) return this.#take(at, mark.length);
      if (at > maxBytes || this.#received.length > maxBytes + mark.length)
        throw new Error('the answer is too long');
      await this.#more();
    }
  }

  /** Exactly so many bytes. */
  async readBytes(length: number): Promise<Buffer> {
    while (this.#received.length < length) await this.#more();
    return this.#take(length, 0);
  }

  #take(length: number, skipped: number): Buffer {
    const taken = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length + skipped);
    return taken;
  }

  async #more(): Promise<void> {
    if (this.#isOver) throw this.#failure ?? new Error('the connection ended before the answer did');
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#wake = () => resolve(undefined);
    this.#socket.resume();
    await promise;
    this.#wake = undefined;
  }
}
