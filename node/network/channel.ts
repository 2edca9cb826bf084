/** A libp2p stream as a channel of frames: a varint length, then that many bytes. */
import type { Stream } from '@libp2p/interface';
import { lpStream } from '@libp2p/utils';
import type { FrameChannel } from '../../protocol/wire/index.ts';

/**
 * Wraps a stream; a frame over `limit` bytes ends it. What a peer may send ahead is bounded by libp2p's read
 * buffer of 4 MiB, beyond which the stream is dropped, so every window of the protocols stays well below that.
 */
export function streamChannel(stream: Stream, limit: number): FrameChannel {
  const frames = lpStream(stream, { maxDataLength: limit });
  return {
    async read() {
      try {
        return (await frames.read()).slice(); // a copy, and so never a Buffer, whose slice() shares memory
      } catch (error) {
        if ((error as Error).name === 'UnexpectedEOFError') return null;
        throw error;
      }
    },
    write: (frame) => frames.write(frame),
    close: () => stream.close(),
    abort: (reason) => stream.abort(reason),
  };
}
