/**
 * Frames that are written in the same turn go out in one piece: for each piece a stream pays an encryption, a packet and
 * a call of the system, and a node answers many requests at once. Guarantees: frames go out in the order of the calls; a
 * write resolves once its piece is out, and rejects with what the stream says.
 */

/** Frames that wait are sent at once where they are this many bytes together. */
const PIECE_BYTES = 64 * 1024;

export interface JoinedWritesOptions {
  /** Writes frames to the stream in one piece, in order; resolves when the stream takes more. */
  readonly send: (frames: Uint8Array[]) => Promise<void>;
  /** Calls back when this turn is over. */
  readonly soon: (run: () => void) => void;
}

/** Frames that go out together. */
interface Piece {
  readonly frames: Uint8Array[];
  readonly sent: PromiseWithResolvers<void>;
  bytes: number;
}

export class JoinedWrites {
  readonly #options: JoinedWritesOptions;
  #piece: Piece | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(options: JoinedWritesOptions) {
    this.#options = options;
  }

  write(frame: Uint8Array): Promise<void> {
    const piece = (this.#piece ??= this.#begin());
    piece.frames.push(frame);
    piece.bytes += frame.length;
    if (piece.bytes >= PIECE_BYTES) this.#send();
    return piece.sent.promise;
  }

  /** Sends what waits. Resolves when all that was written is out; rejects as the last piece did. */
  flush(): Promise<void> {
    this.#send();
    return this.#last;
  }

  #begin(): Piece {
    const piece: Piece = { frames: [], bytes: 0, sent: Promise.withResolvers() };
    this.#options.soon(() => {
      if (this.#piece === piece) this.#send();
    });
    return piece;
  }

  #send(): void {
    const piece = this.#piece;
    if (piece === undefined) return;
    this.#piece = undefined;
    this.#last = this.#options.send(piece.frames);
    this.#last.then(piece.sent.resolve, piece.sent.reject);
  }
}
