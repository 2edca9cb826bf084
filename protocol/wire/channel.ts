/**
 * A two-way channel of whole frames, whatever carries it: a libp2p stream, a relay, a pair in memory.
 * `read` ends in null when the other side has closed; both throw when the channel broke.
 */
import type { z } from 'zod';
import { decodeCbor, encodeCbor } from '../encoding/index.ts';
import { refuse, type Result } from '../errors/index.ts';

export interface FrameChannel {
  read(): Promise<Uint8Array | null>;
  write(frame: Uint8Array): Promise<void>;
  /** Lets what was written go out, then closes. */
  close(): Promise<void>;
  /** Drops the channel at once. */
  abort(reason: Error): void;
}

/** Reads one frame as a value of the given shape. Refuses with `encoding.*`, or `encoding.malformed` when it ended. */
export async function readFrame<T>(
  channel: FrameChannel,
  shape: z.ZodType<T>,
  limit: number,
  what: string,
): Promise<Result<T>> {
  const frame = await channel.read();
  if (frame === null) return refuse('encoding.malformed', `the peer closed before sending its ${what}`);
  return decodeCbor(frame, limit, shape, what);
}

/** Writes one value as a frame of canonical CBOR. */
export function writeFrame(channel: FrameChannel, value: unknown): Promise<void> {
  return channel.write(encodeCbor(value));
}
