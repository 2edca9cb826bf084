/** A libp2p stream as a channel of frames: a varint length, then that many bytes. */
import type { Stream } from '@libp2p/interface';
import { lpStream } from '@libp2p/utils';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { JoinedWrites, type FrameChannel } from '../../protocol/wire/index.ts';

/**
 * Wraps a stream; a frame over `limit` bytes ends it. What a peer may send ahead is bounded by libp2p's read
 * buffer of 4 MiB, beyond which the stream is dropped, so every window of the protocols stays well below that.
 */
export function streamChannel(stream: Stream, limit: number): FrameChannel {
  const frames = lpStream(stream, { maxDataLength: limit });
  const writes = new JoinedWrites({ send: (piece) => frames.writeV(piece), soon: setImmediate });
  return {
    async read() {
      try {
        return (await frames.read()).slice(); // a copy, and so never a Buffer, whose slice() shares memory
      } catch (error) {
        if ((error as Error).name === 'UnexpectedEOFError') return null;
        if ((error as Error).name === 'InvalidDataLengthError') {
          const message = `a frame of more than ${limit} bytes was sent; at most these are accepted`;
          throw new ChanceryError('encoding.too-large', message, { cause: error });
        }
        throw error;
      }
    },
    write: (frame) => writes.write(frame),
    async close() {
      await writes.flush().finally(() => stream.close());
    },
    abort: (reason) => stream.abort(reason),
  };
}
